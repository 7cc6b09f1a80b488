package doctor

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/store"
)

// checkKeys finds whether the keys are those of the data and nobody else's to read. It makes none.
func (v *visit) checkKeys(ctx context.Context) []Finding {
	folder := filepath.Join(v.Settings.Folder(), datafolder.KeysDir)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return []Finding{v.withoutKeys(ctx)}
	}
	ring, err := keys.Open(folder)
	if err == nil {
		err = ring.CheckRights()
	}
	if err == nil {
		err = datafolder.Guard(ctx, ring, databaseName(v.Settings))
	}
	if err == nil {
		err = ring.Verify()
	}
	if err != nil {
		return []Finding{refuse(err)}
	}
	v.ring = ring
	return []Finding{good(message.New("doctor.keys", text("folder", folder)))}
}

// withoutKeys is what is found where no key folder is: the first start makes it, unless there are data that a
// key of it opens.
func (v *visit) withoutKeys(ctx context.Context) Finding {
	known, err := store.ReadKeyChecks(ctx, databaseName(v.Settings))
	if err != nil {
		return refuse(err)
	}
	for _, file := range slices.Sorted(maps.Keys(known.Known)) {
		return refuse(keys.Gone(file))
	}
	v.noKeysYet = true
	return good(message.New("doctor.keys_new", nil))
}

// checkClientKey finds whether there is the key that proves this server to the sign-in service, which must
// know its public half before a patient can sign in.
func (v *visit) checkClientKey(context.Context) []Finding {
	s := v.Settings
	if !v.live() || v.Role != datafolder.RoleInsurer || v.ring == nil && !v.noKeysYet {
		return nil
	}
	file := keys.ClientFile(s.OIDCAlgorithm)
	there, err := false, error(nil)
	if v.ring != nil {
		there, err = v.ring.Has(file)
	}
	if err == nil && !there {
		return []Finding{warn(message.New("doctor.client_key_none", text("file", file)), nil)}
	}
	var key keys.ClientKey
	if err == nil {
		key, err = v.ring.ClientKey(s.OIDCAlgorithm)
	}
	if err != nil {
		return []Finding{refuse(err)}
	}
	return []Finding{good(message.New("doctor.client_key", message.Args{
		"file": message.Text(file),
		"kid":  message.Text(key.ID),
	}))}
}
