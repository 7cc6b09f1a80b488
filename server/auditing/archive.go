package auditing

import (
	"context"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/output"
	"madoguchi/server/settings"
	"madoguchi/server/store"
)

// Archive writes months of the chain to files.
type Archive struct {
	Before string `required:"" placeholder:"YYYY-MM" help:"${audit_before}"`
	To     string `required:"" type:"path" placeholder:"DIR" help:"${audit_to}"`
	Remove bool   `help:"${audit_remove}"`
	Place
}

var (
	errMonth     = &eligibility.Error{Code: eligibility.Invalid, Key: "audit.month", Field: "--before"}
	errMonthOpen = &eligibility.Error{Code: eligibility.Invalid, Key: "audit.month_open", Field: "--before"}
)

// Archived is what was written.
type Archived struct {
	Months  []audit.Archived `json:"months"`
	Removed bool             `json:"removed"`
}

// Do archives.
func (c *Archive) Do(
	ctx context.Context, s *settings.Settings, all *store.Store, now func() time.Time,
) (output.Told, error) {
	out, err := c.write(ctx, s, all, now)
	return out.told(), err
}

func (c *Archive) write(
	ctx context.Context, s *settings.Settings, all *store.Store, now func() time.Time,
) (Archived, error) {
	out := Archived{}
	if _, err := time.Parse("2006-01", c.Before); err != nil {
		return out, errMonth.Because(err)
	}
	if current := now().In(eligibility.Japan).Format("2006-01"); c.Before > current {
		return out, errMonthOpen.With(message.Args{"month": message.Text(current)})
	}
	witness, err := c.witness(s, all.AuditChain(), now)
	if err != nil {
		return out, err
	}
	if witness.Signer == nil {
		return out, errPublic
	}
	manifests, err := witness.Archive(ctx, c.Before, c.To)
	if err != nil {
		return out, unwritten(err, "--to")
	}
	for _, text := range manifests {
		month, err := audit.OpenArchived(witness.File.Key, text)
		if err != nil {
			return out, err
		}
		out.Months = append(out.Months, month)
	}
	if !c.Remove {
		return out, nil
	}
	out.Removed = true
	return out, all.AuditChain().ForgetArchived(ctx, manifests, out.Months, audit.Entry{
		At:     now(),
		Actor:  audit.ActorOperator,
		Action: "audit.archive",
	})
}

func (a Archived) told() output.Told {
	var lines []string
	for _, m := range a.Months {
		lines = append(lines, message.New("audit.archived", message.Args{
			"month": message.Text(m.Month),
			"first": message.Ordinal(int(m.First)),
			"last":  message.Ordinal(int(m.Last)),
			"file":  message.Text(m.File),
		}).Bilingual())
	}
	if a.Removed && len(a.Months) > 0 {
		lines = append(lines, message.New("audit.forgotten", message.Args{
			"last": message.Ordinal(int(a.Months[len(a.Months)-1].Last)),
		}).Bilingual())
	}
	return output.Say(lines, a)
}
