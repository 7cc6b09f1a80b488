package credential

import "time"

// SignProof makes a proof as a phone does (internal/phonetest for other rooms).
func SignProof(jws string, holder Key, at time.Time, nonce string) (string, error) {
	x, y, err := coordinates(holder.public)
	if err != nil {
		return "", err
	}
	head, err := encodeJSON(proofHeader{proofType, "ES256", jwk{
		KTY: "EC",
		CRV: "P-256",
		X:   x,
		Y:   y,
	}})
	if err != nil {
		return "", err
	}
	body, err := encodeJSON(proofClaims{at.Unix(), cardHash(jws), nonce})
	if err != nil {
		return "", err
	}
	input := b64.EncodeToString(head) + "." + b64.EncodeToString(body)
	signature, err := holder.Sign(input)
	return input + "." + signature, err
}
