package main

import (
	"context"
	"encoding/json"
	"madoguchi/server/output"
	"os"

	"madoguchi/credential"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
)

// keysClientCmd prints what the sign-in service must know of this server. It makes the key when there is none
// yet: the service wants it before the first start.
type keysClientCmd struct{}

// Run prints a JWKS.
func (*keysClientCmd) Run(s *settings.Settings) error {
	ring, err := firstKeys(s)
	if err != nil {
		return err
	}
	key, err := ring.ClientKey(s.OIDCAlgorithm)
	if err != nil {
		return err
	}
	set, err := key.PublicSet()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(set, '\n'))
	return output.Done(err)
}

// keysCounterCmd prints what whoever signs the trust list must know of this counter server. It makes the key
// when there is none yet: a counter server does not start without a list.
type keysCounterCmd struct{}

// Run prints a JWKS.
func (*keysCounterCmd) Run(s *settings.Settings) error {
	ring, err := firstKeys(s)
	if err != nil {
		return err
	}
	key, err := ring.SigningKey(keys.Counter)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return output.Done(out.Encode(credential.KeySet{key.Public()}))
}

// firstKeys opens the data folder's keys, making the folder where this is its first use.
func firstKeys(s *settings.Settings) (*keys.Folder, error) {
	if err := s.Check(); err != nil {
		return nil, printUsage(err)
	}
	return datafolder.FirstKeys(context.Background(), s.Folder(), database(s))
}
