package auditing

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/output"
	"madoguchi/server/settings"
	"madoguchi/server/store"
)

// Export lists the entries about one person, for a request to be told.
type Export struct {
	Insurer string `required:"" help:"保険者番号"`
	Person  string `required:"" help:"${audit_person}"`
	Archive string `type:"path" placeholder:"DIR" help:"${audit_archive}"`
	Place
}

// Exported is what the chain says of a person.
type Exported struct {
	Name    string  `json:"name"`
	Number  string  `json:"number"`
	Entries []Entry `json:"entries"` // oldest first
}

// Entry is a line in words. Details are not told: they may name others.
type Entry struct {
	At  string `json:"at"` // RFC 3339
	Who string `json:"who"`
	Did string `json:"did"`

	when time.Time
	did  message.Message
}

// Do lists, and notes that it did.
func (c *Export) Do(
	ctx context.Context, s *settings.Settings, all *store.Store, services *insurer.Services,
) (output.Told, error) {
	number, err := eligibility.ParseInsurerNumber(c.Insurer)
	if err != nil {
		return output.Told{}, eligibility.ErrInsurerNumber.In("--insurer")
	}
	operator, err := services.Directory.Operator(ctx, insurer.RequestTarget{Insurer: number})
	if err != nil {
		return output.Told{}, err
	}
	person, entries, err := services.Register.Disclosure(ctx, operator, c.Person)
	if errors.Is(err, insurer.ErrNoPerson) {
		return output.Told{}, errPerson
	}
	if err != nil {
		return output.Told{}, err
	}
	older, err := c.archived(ctx, s, all, person.ID)
	if err != nil {
		return output.Told{}, err
	}
	out := Exported{Name: person.Person.Name, Number: person.Person.Number, Entries: []Entry{}}
	for _, e := range slices.Concat(older, entries) {
		did := insurer.Did(e.Action)
		out.Entries = append(out.Entries, Entry{
			At:   e.At.In(eligibility.Japan).Format(time.RFC3339),
			Who:  e.Actor.Words(),
			Did:  did.Text("ja"),
			when: e.At,
			did:  did,
		})
	}
	return out.told(), nil
}

// archived are a person's entries that have left the database, from the folder that is named.
func (c *Export) archived(
	ctx context.Context, s *settings.Settings, all *store.Store, id audit.PersonID,
) (older []audit.Entry, err error) {
	if c.Archive == "" {
		return nil, nil
	}
	who, err := all.AuditChain().Pseudonym(ctx, id)
	if err != nil {
		return nil, err
	}
	witness, err := c.witness(s, all.AuditChain(), nil)
	if err != nil {
		return nil, err
	}
	return older, witness.Archived(ctx, c.Archive, func(r audit.Row) error {
		if bytes.Equal(r.Person, who) {
			older = append(older, audit.Entry{
				At:     time.UnixMilli(r.At),
				Actor:  audit.ReadActor(r.Actor),
				Action: r.Action,
				Person: id,
			})
		}
		return nil
	})
}

func (e Exported) told() output.Told {
	lines := []string{message.New("audit.entries", message.Args{
		"name":    message.Text(e.Name),
		"number":  message.Text(e.Number),
		"entries": message.Number(len(e.Entries)),
	}).Text("ja")}
	for _, one := range e.Entries {
		lines = append(lines, message.New("audit.entry", message.Args{
			"at":  message.Text(keys.Japan(one.when)),
			"who": message.Text(one.Who),
			"did": message.Nested(one.did),
		}).Text("ja"))
	}
	return output.Say(lines, e)
}
