package auditing

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/durable"
	"madoguchi/server/keys"
	"madoguchi/server/output"
	"madoguchi/server/settings"
	"madoguchi/server/store"
)

// Sign signs a checkpoint: for a timer of another user than the server's, whose key the server cannot read.
type Sign struct{ Place }

// Signed is how far the chain is signed.
type Signed struct {
	Sequence int64 `json:"seq"`
	New      bool  `json:"new"` // false: nothing was added since the last
}

// Sentence implements output.Reported.
func (r Signed) Sentence(key string) message.Message {
	return message.New(key, message.Args{"seq": message.Ordinal(int(r.Sequence))})
}

// Do signs.
func (c *Sign) Do(ctx context.Context, s *settings.Settings, now func() time.Time) (output.Told, error) {
	chain, err := read(ctx, s)
	if err != nil {
		return output.Told{}, err
	}
	defer chain.Close()
	witness, err := c.witness(s, chain, now)
	if err != nil {
		return output.Told{}, err
	}
	if witness.Signer == nil {
		return output.Told{}, errPublic
	}
	r := Signed{}
	if r.New, err = witness.Sign(ctx); err != nil {
		return output.Told{}, err
	}
	head, err := witness.Newest()
	r.Sequence = head.Sequence
	if !r.New {
		return output.One("audit.signed_before", r), err
	}
	return output.One("audit.signed", r), err
}

// Key makes a key for a signer of its own.
type Key struct {
	Out  string `required:"" type:"path" help:"${audit_key_out}"`
	JSON bool   `name:"json" help:"answer as one JSON object"`
}

// Made is a key that was made.
type Made struct {
	Private string `json:"private"`
	Public  string `json:"public"`
}

// Sentence implements output.Reported.
func (m Made) Sentence(key string) message.Message {
	return message.New(key, message.Args{
		"file":   message.Text(m.Private),
		"public": message.Text(m.Public),
	})
}

// Do makes it.
func (c *Key) Do() (output.Told, error) {
	if err := keys.MakeCheckpointKey(c.Out); err != nil {
		return output.Told{}, unwritten(err, "--out")
	}
	return output.One("audit.key_made", Made{c.Out, c.Out + ".pub"}), nil
}

// Accept takes the chain as it is, after a backup was restored or a checkpoint file was lost.
type Accept struct{ Place }

// Accepted is where the checkpoints before stand now.
type Accepted struct {
	File string `json:"file,omitempty"`
}

// Sentence implements output.Reported.
func (a Accepted) Sentence(key string) message.Message {
	return message.New(key, message.Args{"file": message.Text(a.File)})
}

// Do puts the checkpoint file aside and lets the database forget it; the chain tells that it was done. It
// needs the data folder of a server that is stopped.
func (c *Accept) Do(
	ctx context.Context, s *settings.Settings, all *store.Store, now func() time.Time,
) (output.Told, error) {
	path, _ := c.files(s)
	aside := Accepted{File: path + ".before-" + now().UTC().Format("20060102T150405")}
	err := durable.Move(path, aside.File)
	if errors.Is(err, fs.ErrNotExist) {
		aside.File, err = "", nil
	}
	if err != nil {
		return output.Told{}, unwritten(err, "--checkpoint")
	}
	if err := all.AuditChain().ForgetCheckpoints(ctx, audit.Entry{
		At:     now(),
		Actor:  audit.ActorOperator,
		Action: "audit.accept",
		Detail: filepath.Base(aside.File),
	}); err != nil {
		return output.Told{}, err
	}
	if aside.File == "" {
		return output.One("audit.accepted_none", aside), nil
	}
	return output.One("audit.accepted", aside), nil
}
