package demo

import (
	"context"
	"time"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// PutInsurers gives a new demo its fictional insurers, as rows like those of live servers.
func PutInsurers(ctx context.Context, store insurer.DirectoryStore, now time.Time) error {
	known, err := store.Insurers(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	for _, in := range Insurers {
		entry := audit.Entry{
			At:     now,
			Actor:  audit.ActorSystem,
			Action: "insurer.put",
			Detail: string(in.Number),
		}
		if err := store.PutSettings(ctx, in, nil, entry); err != nil {
			return err
		}
	}
	return nil
}

// PutFacility gives a demo the facility of its settings, as a row like those of live servers; a name that the
// settings changed since the last start counts from now on.
func PutFacility(ctx context.Context, facilities *staff.Facilities, code, name string) error {
	settings := staff.Operator{}
	known, err := facilities.List(ctx, settings)
	if err != nil {
		return err
	}
	for _, f := range known {
		if f.Code != code {
			continue
		}
		if f.Name == name {
			return nil
		}
		_, err := facilities.Change(ctx, settings, code, staff.GivenFacility{Name: &name})
		return err
	}
	return facilities.Add(ctx, settings, staff.Facility{Code: code, Name: name})
}
