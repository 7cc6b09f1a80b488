package auditing

import (
	"context"
	"errors"
	"os"
	"time"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/keys"
	"madoguchi/server/output"
	"madoguchi/server/settings"
)

// Verify reads the whole chain and all checkpoints.
type Verify struct {
	Place
	Archive string `type:"path" placeholder:"DIR" help:"${audit_archive}"`
}

// Found is what Verify found, as --json prints it.
type Found struct {
	Whole       bool         `json:"whole"`
	Entries     int64        `json:"entries"`
	Unread      int64        `json:"unread"` // in archives that were not at hand
	Checkpoints int          `json:"checkpoints"`
	Newest      *Newest      `json:"newest,omitempty"`
	Faults      []FoundFault `json:"faults"`
}

// Newest is the newest checkpoint.
type Newest struct {
	Sequence int64  `json:"seq"`
	Hash     string `json:"hash"`
	At       string `json:"at"` // RFC 3339

	at time.Time
}

// FoundFault is what is wrong, with its sentences.
type FoundFault struct {
	Kind string `json:"kind"`
	Row  int64  `json:"row,omitempty"` // the first that is not as it was
	Last int64  `json:"last,omitempty"`
	Line int    `json:"line,omitempty"` // of the file
	File string `json:"file,omitempty"`
	Ja   string `json:"ja"`
	En   string `json:"en"`
}

// Do verifies; the error says that it could not.
func (c *Verify) Do(ctx context.Context, s *settings.Settings, now func() time.Time) (Found, error) {
	chain, err := read(ctx, s)
	if err != nil {
		return Found{}, err
	}
	defer chain.Close()
	witness, err := c.witness(s, chain, now)
	if errors.Is(err, errNoKey) && c.Key == "" && s.AuditKey == "" {
		witness, err = c.unsigned(s, chain)
	}
	if err != nil {
		return Found{}, err
	}
	if err := c.archives(); err != nil {
		return Found{}, err
	}
	v, err := witness.Verify(ctx, c.Archive)
	if err != nil {
		return Found{}, err
	}
	if c.Checkpoint != "" && v.Checkpoints == 0 && len(v.Faults) == 0 {
		return Found{}, errNothing.With(message.Args{"file": message.Text(c.Checkpoint)})
	}
	return found(v), nil
}

// archives looks whether the folder of the archives is one: a name that is wrong must not look like files
// that somebody removed.
func (c *Verify) archives() error {
	if c.Archive == "" {
		return nil
	}
	if _, err := os.ReadDir(c.Archive); err != nil {
		return errArchives.With(message.Args{"folder": message.Text(c.Archive)}).Because(err)
	}
	return nil
}

// unsigned is the witness of a database whose checkpoints nobody signed yet: any line of a file is forged.
func (c *Verify) unsigned(s *settings.Settings, chain audit.Chain) (*audit.Witness, error) {
	checkpoints, _ := c.files(s)
	return &audit.Witness{Chain: chain, File: audit.File{Path: checkpoints}}, nil
}

func found(v audit.Verification) Found {
	f := Found{
		Whole:       len(v.Faults) == 0,
		Entries:     v.Entries,
		Unread:      v.Unread,
		Checkpoints: v.Checkpoints,
		Faults:      []FoundFault{},
	}
	if v.Checkpoints > 0 {
		f.Newest = &Newest{
			Sequence: v.Newest.Sequence,
			Hash:     v.Newest.Hash,
			At:       v.Newest.Time().UTC().Format(time.RFC3339),
			at:       v.Newest.Time(),
		}
	}
	for _, fault := range v.Faults {
		said := fault.Refusal()
		f.Faults = append(f.Faults, FoundFault{
			Kind: fault.Name(),
			Row:  fault.Row,
			Last: fault.Last,
			Line: fault.Line,
			File: fault.File,
			Ja:   said.Ja(),
			En:   said.En(),
		})
	}
	return f
}

// Told says it in Japanese and English.
func (f Found) Told() output.Told {
	key := "audit.whole"
	switch {
	case !f.Whole:
		key = "audit.broken"
	case f.Newest == nil:
		key = "audit.linked"
	}
	lines := []string{message.New(key, message.Args{
		"entries":     message.Number(int(f.Entries)),
		"unread":      message.Number(int(f.Unread)),
		"checkpoints": message.Number(f.Checkpoints),
	}).Bilingual()}
	if f.Newest == nil {
		lines = append(lines, message.New("audit.no_checkpoint", nil).Bilingual())
	} else {
		lines = append(lines, message.New("audit.newest", message.Args{
			"seq": message.Ordinal(int(f.Newest.Sequence)),
			"at":  message.Text(keys.Japan(f.Newest.at)),
		}).Bilingual())
	}
	for _, fault := range f.Faults {
		lines = append(lines, fault.Ja, fault.En)
	}
	return output.Say(lines, f)
}
