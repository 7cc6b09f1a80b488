package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// FlowSeal encrypts a flow for the browser of somebody who has no session yet (AES-256-GCM), so that a login
// that is begun and never finished leaves nothing on the server. That a flow is used only once is up to the
// caller.
type FlowSeal struct{ Key []byte } // secret of this server, 32 bytes

const flowPurpose = "madoguchi-login-flow-1"

func (s FlowSeal) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.Key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal returns a flow as a cookie's value.
func (s FlowSeal) Seal(flow Flow) (string, error) {
	plain, err := json.Marshal(flow)
	if err != nil {
		return "", fmt.Errorf("sealing a login: %w", err)
	}
	aead, err := s.aead()
	if err != nil {
		return "", fmt.Errorf("sealing a login: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, plain, []byte(flowPurpose))), nil
}

// Open returns the flow in a cookie's value, or ErrFlow for anything that this server has not sealed.
// Login.Finish checks how old it is.
func (s FlowSeal) Open(text string) (Flow, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return Flow{}, ErrFlow.Because(err)
	}
	aead, err := s.aead()
	if err != nil {
		return Flow{}, fmt.Errorf("opening a login: %w", err)
	}
	plain, err := aead.Open(nil, nil, sealed, []byte(flowPurpose))
	if err != nil {
		return Flow{}, ErrFlow.Because(err)
	}
	var flow Flow
	if err := json.Unmarshal(plain, &flow); err != nil || flow.State == "" {
		return Flow{}, ErrFlow.Because(errors.Join(err, errors.New("no flow")))
	}
	return flow, nil
}
