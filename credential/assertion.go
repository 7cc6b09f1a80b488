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
