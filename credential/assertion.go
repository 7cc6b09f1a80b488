package credential

// SignJWT signs claims as a plain JWT of a type, for the calls between servers.
func SignJWT(key Key, typ string, claims any) (string, error) {
	body, err := encodeJSON(claims)
	if err != nil {
		return "", err
	}
	input := b64.EncodeToString([]byte(`{"typ":"`+typ+`","alg":"ES256","kid":"`+key.ID+`"}`)) + "." +
		b64.EncodeToString(body)
	signature, err := key.Sign(input)
	if err != nil {
		return "", err
	}
	return input + "." + signature, nil
}

// OpenJWT reads the claims of a JWT that SignJWT signed with a key: this type, nothing else in its header, no
// member besides those of claims. It says nothing of times.
func OpenJWT(key PublicKey, typ, text string, claims any) error {
	_, body, err := openJWS(text, func(h header) (PublicKey, bool) {
		return key, h.KID == key.ID && h.Type == typ && h.Zip == ""
	})
	if err != nil {
		return err
	}
	return readExactly(body, claims)
}

// ErrOtherKey is returned by OpenJWT for what names another key than the one asked for.
var ErrOtherKey = errKey
