package main

import (
	"context"
	"fmt"
	"path/filepath"

	"madoguchi/auth/passkey"
	"madoguchi/message"
	"madoguchi/server/agents"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/hub"
	"madoguchi/server/instances"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/printing"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
	"madoguchi/server/store"
	"madoguchi/server/watching"
	"madoguchi/server/web/kit"
)

// app is what a start has opened: the data folder, and what runs on it.
type app struct {
	*datafolder.DataFolder
	settings *settings.Settings

	word    *kit.DemoWord    // where the demo's port is published
	readers *agents.AgentHub // where a counter's half runs

	changes *hub.Changes       // of the store, to the other instances
	member  *instances.Member  // this process among its installation's; nil for a command
	runs    *insurer.PrintJobs // where an insurer's half runs
	files   *insurer.Importer  // there too
	watched *watching.Watching // of a server; nil for a command
}

// opener is openApp or openExisting.
type opener func(ctx context.Context, s *settings.Settings, role string) (*app, error)

// openExisting is openApp for commands that have nothing to do where nothing is: a mistyped place must not
// look like an empty one.
func openExisting(ctx context.Context, s *settings.Settings, role string) (*app, error) {
	if there, err := store.Exists(ctx, database(s)); err != nil {
		return nil, fmt.Errorf("looking for the database: %w", err)
	} else if !there {
		return nil, datafolder.ErrNoData
	}
	return openApp(ctx, s, role)
}

// database is the name of the settings' database.
func database(s *settings.Settings) string { return datafolder.Database(s.Folder(), s.Database) }

// openApp opens the data folder for a role, making it on the first start.
func openApp(ctx context.Context, s *settings.Settings, role string) (*app, error) {
	changes := &hub.Changes{}
	folder, err := datafolder.Open(ctx, datafolder.Options{
		Path: s.Folder(),
		Mode: s.Mode(),
		Role: s.DataRole(role),
		Host: s.Host(),
		Now:  clock,

		Database: s.Database,
		Readers:  s.DatabaseReaders,
		Writers:  s.DatabaseWriters,
		Changes:  changes,
		Audit:    datafolder.AuditPlace{File: s.AuditFile, Key: s.AuditKey},
	})
	if err != nil {
		return nil, err
	}
	return &app{DataFolder: folder, settings: s, changes: changes}, nil
}

// inFolder opens the data folder for a role, does something with it and closes it.
func inFolder[T any](
	s *settings.Settings, open opener, role string, do func(context.Context, *app) (T, error),
) (T, error) {
	var none T
	if err := s.Check(); err != nil {
		return none, err
	}
	ctx := context.Background()
	a, err := open(ctx, s, role)
	if err != nil {
		return none, err
	}
	defer a.Store.Close()
	return do(ctx, a)
}

// insurerServices assembles the insurer's half.
func (a *app) insurerServices(ctx context.Context, address string) (*insurer.Services, error) {
	derive, err := a.Keys.Secret(keys.Notice)
	if err != nil {
		return nil, err
	}
	index, err := a.Keys.Secret(keys.Index)
	if err != nil {
		return nil, err
	}
	if a.settings.Mode() == settings.Demo {
		if err := demo.PutInsurers(ctx, a.Store.ForInsurer().Directory, a.Now()); err != nil {
			return nil, err
		}
	}
	instance := instances.NewName() // a command
	if a.member != nil {
		instance = a.member.Name
	}
	return insurer.New(insurer.Config{
		Instance:     instance,
		Stores:       a.Store.ForInsurer(),
		Keys:         a.Keys.Rings,
		Certificates: a.Keys.Certificates,
		Notices:      insurer.NoticeKeys{Derive: derive, Index: index},
		Host:         a.settings.Host(),
		Address:      address,
		Runs:         filepath.Join(a.Path, datafolder.RunsDir),
		PDFReader:    printing.FindPoppler(),
		Demo:         a.settings.Mode() == settings.Demo,
		Watch:        a.watched.OfInsurer(),
		Now:          a.Now,
	}), nil
}

// staffServices assembles who works where and signs in; address is where browsers find this server, empty for
// a command, where nobody signs in. The demo has a facility of its own.
func (a *app) staffServices(ctx context.Context, address string) (*staff.Services, error) {
	config := staff.Config{Stores: a.Store.ForStaff(), Now: a.Now}
	if address != "" {
		product := message.New("common.product", nil).Text("ja")
		keys, err := passkey.New(passkey.Config{Address: address, Name: product, Now: a.Now})
		if err != nil {
			return nil, err
		}
		config.Passkeys = keys
	}
	all := staff.New(config)
	if a.settings.Mode() != settings.Demo || a.settings.FacilityCode == "" {
		return all, nil
	}
	return all, demo.PutFacility(ctx, all.Facilities, a.settings.FacilityCode, a.settings.FacilityName)
}
