package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/durable"
)

// Checkpoint is the file of the key that signs checkpoints of the audit chain, where no other place is named:
// P-256, PKCS #8 PEM.
const Checkpoint = "checkpoint.pem"

// CheckpointKey verifies the checkpoints of the audit chain, and signs them where its private half is at
// hand.
type CheckpointKey struct {
	Public credential.PublicKey
	Signer *credential.Key // nil: another process signs
}

var (
	errCheckpointKey = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "audit.key",
		Field: "MADOGUCHI_AUDIT_KEY",
	}
	errCheckpointKeyThere = &eligibility.Error{
		Code:  eligibility.Conflict,
		Key:   "audit.key_there",
		Field: "--out",
	}
)

// CheckpointKey returns the key of this folder, made on the first call, or the errors of Secret; where path
// is not empty, the one that ReadCheckpointKey reads there.
func (s *Secrets) CheckpointKey(path string) (CheckpointKey, error) {
	if path != "" {
		return ReadCheckpointKey(path)
	}
	key, err := s.SigningKey(Checkpoint)
	return CheckpointKey{key.Public(), &key}, err
}

// ReadCheckpointKey reads a key that stands elsewhere than in a key folder: PEM, private (PKCS #8, for its
// owner alone) or public.
func ReadCheckpointKey(path string) (CheckpointKey, error) {
	folder := disk{dir: filepath.Dir(path)}
	data, err := durable.ReadFile(path)
	if err != nil {
		return CheckpointKey{}, aboutCheckpointKey(path).Because(err)
	}
	block, _ := pem.Decode(data)
	if block != nil && block.Type == "PUBLIC KEY" {
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		public, ok := parsed.(*ecdsa.PublicKey)
		if err == nil && (!ok || public.Curve != elliptic.P256()) {
			err = errors.New("not on P-256")
		}
		if err != nil {
			return CheckpointKey{}, aboutCheckpointKey(path).Because(err)
		}
		id, err := credential.Thumbprint(public)
		return CheckpointKey{Public: credential.PublicKey{ID: id, Key: public}}, err
	}
	if data, err = folder.read(filepath.Base(path)); err != nil { // open to others is refused
		return CheckpointKey{}, err
	}
	private, err := readP256(path, data)
	if err != nil {
		return CheckpointKey{}, aboutCheckpointKey(path).Because(err)
	}
	key, err := credential.NewKey(private)
	return CheckpointKey{key.Public(), &key}, err
}

func aboutCheckpointKey(path string) *eligibility.Error {
	return errCheckpointKey.With(message.Args{"file": message.Text(path)})
}

// MakeCheckpointKey makes a key for a signer of its own: path is the private half, for its owner alone, and
// path with .pub behind it the public half, for everybody. It never replaces a key.
func MakeCheckpointKey(path string) error {
	data, err := newPEM()
	if err != nil {
		return err
	}
	private, err := readP256(path, data)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return fmt.Errorf("writing a public key: %w", err)
	}
	err = durable.WriteFile(path, data, durable.Options{New: true})
	if errors.Is(err, fs.ErrExist) {
		return errCheckpointKeyThere.With(message.Args{"file": message.Text(path)})
	}
	if err == nil {
		public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		err = durable.WriteFile(path+".pub", public, durable.Options{Mode: os.FileMode(0o644)})
	}
	if err != nil {
		return fmt.Errorf("storing a checkpoint key: %w", err)
	}
	return nil
}
