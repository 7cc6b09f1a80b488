package datafolder

import (
	"context"
	"path/filepath"
	"time"

	"madoguchi/server/audit"
)

// AuditPlace says where the audit chain's checkpoints stand: better on another disk, and signed by a key that
// the server cannot read (docs/audit.md).
type AuditPlace struct {
	File string // empty: CheckpointFile in the data folder
	Key  string // PEM, private or public; empty: the key folder's own
}

// In returns the file of the checkpoints of the data folder at path.
func (p AuditPlace) In(path string) string {
	if p.File != "" {
		return p.File
	}
	return filepath.Join(path, CheckpointFile)
}

// Witness returns what compares the audit chain with its checkpoints, and signs them if the key is here.
func (f *DataFolder) Witness() (*audit.Witness, error) {
	key, err := f.Keys.CheckpointKey(f.audit.Key)
	if err != nil {
		return nil, err
	}
	return &audit.Witness{
		Chain:  f.Store.AuditChain(),
		File:   audit.File{Path: f.audit.In(f.Path), Key: key.Public},
		Signer: key.Signer,
		Now:    f.Now,
	}, nil
}

// KeepWitness signs the audit chain's checkpoints beside a server, or watches who does, until stop: that
// waits for a last one of what was answered meanwhile.
func (f *DataFolder) KeepWitness(ctx context.Context, w *audit.Witness) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(time.Second)
		defer ticks.Stop()
		w.Keep(ctx, ticks.C)
	}()
	return func() {
		cancel()
		<-ended
	}
}
