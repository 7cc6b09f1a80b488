package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/store"
)

// unsignedTime is how old the newest checkpoint may be while entries wait for one: a server signs each
// minute, a signer of its own when its timer says so (docs/audit.md).
const unsignedTime = 15 * time.Minute

// checkAudit finds whether the checkpoints of the audit chain are there and good, whether the chain reaches
// them, and whether somebody goes on signing. It reads what came after the newest one, as a start does, and
// signs nothing; all of it is read by madoguchi audit verify.
func checkAudit(v *visit, ctx context.Context) []Finding {
	if v.database.Schema == 0 { // there is no chain yet, or the database was refused
		return nil
	}
	place := datafolder.AuditPlace{File: v.Settings.AuditFile, Key: v.Settings.AuditKey}
	keyFile := place.Key
	if keyFile == "" {
		keyFile = filepath.Join(v.Settings.Folder(), datafolder.KeysDir, keys.Checkpoint)
	}
	key, err := keys.ReadCheckpointKey(keyFile)
	keyless := place.Key == "" && errors.Is(err, fs.ErrNotExist) // no server has signed here
	if err != nil && !keyless {
		return []Finding{refuse(err)}
	}
	chain, err := store.ReadAuditChain(ctx, databaseName(v.Settings))
	if err != nil {
		return []Finding{refuse(err)}
	}
	defer chain.Close()
	if noted, err := chain.Noted(ctx); keyless && (err != nil || noted > 0) {
		return nil // its key is lost, which checkKeys says
	}
	file := audit.File{Path: place.In(v.Settings.Folder()), Key: key.Public}
	found, err := (&audit.Witness{Chain: chain, File: file}).Examine(ctx)
	var refused *audit.Fault
	var unread *fs.PathError
	switch {
	case errors.As(err, &refused):
		return []Finding{refuse(err)}
	case errors.As(err, &unread) && !errors.Is(err, os.ErrNotExist):
		f := refuse(err)
		f.Message = message.New("doctor.audit_unreadable", text("file", file.Path))
		return []Finding{f}
	case err != nil:
		return []Finding{refuse(err)}
	}
	return []Finding{standing(v.Now(), found, file.Path, keyless)}
}

// standing says how a chain that fits its checkpoints stands.
func standing(now time.Time, s audit.State, file string, keyless bool) Finding {
	args := message.Args{
		"file":     message.Text(file),
		"at":       message.Text(keys.Japan(s.Signed)),
		"seq":      message.Number(int(s.Checkpoint)),
		"unsigned": message.Number(int(s.Head - s.Checkpoint)),
	}
	switch {
	case s.Checkpoint == 0 && (keyless || s.Head == 0):
		return good(message.New("doctor.audit_new", args))
	case s.Checkpoint == 0:
		return warn(message.New("doctor.audit_none", args), nil)
	case s.Head > s.Checkpoint && now.Sub(s.Signed) > unsignedTime:
		return warn(message.New("doctor.audit_old", args), nil)
	}
	return good(message.New("doctor.audit", args))
}
