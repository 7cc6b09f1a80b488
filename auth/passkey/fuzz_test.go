package passkey_test

import (
	"bytes"
	"testing"

	"madoguchi/internal/passkeytest"
)

// Whatever a browser answers, nothing but an answer by 鈴木's own passkey lets in, and every passkey that is
// registered has an id and a key. (A changed answer may be good where only its JSON is written otherwise.)
func FuzzAnswers(f *testing.F) {
	s := open(f, origin)
	options, state, err := s.BeginLogin()
	if err != nil {
		f.Fatal(err)
	}
	answer, err := s.device.Get(options)
	if err != nil {
		f.Fatal(err)
	}
	made, registration, err := s.BeginRegistration(s.suzuki)
	if err != nil {
		f.Fatal(err)
	}
	next := &passkeytest.Authenticator{Origin: origin}
	created, err := next.Create(made)
	if err != nil {
		f.Fatal(err)
	}
	asked, proof, err := s.BeginProof(s.suzuki)
	if err != nil {
		f.Fatal(err)
	}
	proven, err := s.device.Get(asked)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{answer, created, proven, nil, []byte("{}")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		if who, key, err := s.FinishLogin(state, answer, s.find); err == nil &&
			(who.Name != "鈴木" || !bytes.Equal(key.ID, s.suzuki.Keys[0].ID)) {
			t.Errorf("%+v %+v", who, key)
		}
		if key, err := s.FinishProof(s.suzuki, proof, answer); err == nil &&
			!bytes.Equal(key.ID, s.suzuki.Keys[0].ID) {
			t.Errorf("%+v", key)
		}
		// with attestation "none" an authenticator says of itself what it likes
		if key, err := s.FinishRegistration(s.suzuki, registration, answer); err == nil &&
			(len(key.ID) == 0 || len(key.Public) == 0) {
			t.Errorf("%+v", key)
		}
	})
}
