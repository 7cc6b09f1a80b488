package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"madoguchi/card"
	"madoguchi/eligibility"
)

var errKeys = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.issuer_keys", Field: "--issuer-keys"}

// readIssuerKeys reads the issuer's keys from a file, JSON or PEM.
func readIssuerKeys(file string) (card.IssuerKeys, error) {
	data, err := readText(file)
	if err != nil {
		return nil, errKeys.Because(err)
	}
	keys, err := card.ParseIssuerKeys(hexIDs(data))
	if err != nil {
		return nil, errKeys.Because(err)
	}
	if len(keys) == 0 {
		return nil, errKeys.Because(errors.New("the file holds no key"))
	}
	return keys, nil
}

// hexIDs writes the keyIds of the JSON form, which may be base64url as n and e are, in the hexadecimal that
// package card compares. Anything else is left for its parser to refuse.
func hexIDs(data []byte) []byte {
	var list []map[string]string
	if json.Unmarshal(data, &list) != nil {
		return data
	}
	for _, k := range list {
		id, err := base64.RawURLEncoding.DecodeString(k["keyId"])
		if err == nil && len(id) == 16 {
			k["keyId"] = hex.EncodeToString(id)
		}
		k["keyId"] = strings.ToLower(k["keyId"])
	}
	normal, err := json.Marshal(list)
	if err != nil {
		return data
	}
	return normal
}
