package credential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file reads JSON in such a way that no other reader can understand something else. encoding/json alone
// takes "ISS" for "iss", the last of two members of one name, and U+FFFD for what is not UTF-8; a verifier
// written in another language does none of these (RFC 8259 sections 4 and 8, RFC 7493).
//
// github.com/go-json-experiment/json was tried in its place, with RejectUnknownMembers where readExactly
// stands. It refuses duplicate names, invalid UTF-8, half of a surrogate pair and trailing bytes as this file
// does, but it ignores a member whose name differs from one of ours in case only. Where unknown members are
// allowed, a text then means one thing here and another to a reader that folds case, such as encoding/json.
// These attacks passed: "D" (a private key), "X" beside "x" and "KEYS" beside "keys" in a key set
// (TestKeySetsThatAreNotSetsOfSigningKeysAreRefused), "LST" beside "lst" in a status list
// (TestStatusListsThatAreNotTheIssuersAreRefused), and "RIDS" beside "rids" in a SMART Health Card revocation
// file (TestRevokedCopyIsRefusedAndAnOldListSaysSo). It serves as the other reader of the fuzz tests instead.

const (
	// maxDepth is above the deepest object of a payload, 11.
	maxDepth = 32
	// maxMembers bounds the members of one object, since each name is compared with all others.
	maxMembers = 64
)

// readStrict decodes one JSON value. It refuses two members of one name, a name that differs from one of ours
// in case only, bytes that are not UTF-8, half of a surrogate pair, and anything behind the value. Members
// that are not ours are ignored.
func readStrict(data []byte, into any) error {
	return readJSON(data, into, false)
}

// readExactly is readStrict for what only this program writes: a member that is not ours is refused too,
// since it might change what the others say (FHIR's modifierExtension).
func readExactly(data []byte, into any) error {
	return readJSON(data, into, true)
}

func readJSON(data []byte, into any, exactly bool) error {
	if !utf8.Valid(data) {
		return fmt.Errorf("%w: not UTF-8", errJSON)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if exactly {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", errJSON, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: bytes behind the value", errJSON)
	}
	return checkNames(data)
}

// checkNames looks at every string of a text that is known to be well-formed JSON.
func checkNames(data []byte) error {
	names := make([][]byte, 0, maxMembers) // of all open objects, the innermost last
	opened := make([]int, 0, maxDepth)     // where each open object's names begin
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			if len(opened) == maxDepth {
				return fmt.Errorf("%w: too deep", errJSON)
			}
			opened = append(opened, len(names))
		case '}', ']':
			names, opened = names[:opened[len(opened)-1]], opened[:len(opened)-1]
		case '"':
			text, after, err := stringAt(data, i)
			if err != nil {
				return err
			}
			i = after - 1
			if !isName(data[after:]) {
				continue
			}
			siblings := names[opened[len(opened)-1]:]
			if len(siblings) == maxMembers {
				return fmt.Errorf("%w: too many members", errJSON)
			}
			for _, sibling := range siblings {
				if bytes.Equal(sibling, text) {
					return fmt.Errorf("%w: %q twice", errJSON, text)
				}
			}
			if !ownNames[string(text)] && differsInCaseOnly(string(text)) {
				return fmt.Errorf("%w: %q is one of our names in another case", errJSON, text)
			}
			names = append(names, text)
		}
	}
	return nil
}

// stringAt returns the string that begins with the quote at data[i], without its escapes, and the place
// behind it.
func stringAt(data []byte, i int) (text []byte, after int, err error) {
	escaped := false
	end := i + 1
	for ; data[end] != '"'; end++ {
		if data[end] == '\\' {
			escaped = true
			end++
		}
	}
	if !escaped {
		return data[i+1 : end], end + 1, nil
	}
	if loneSurrogate(data[i+1 : end]) {
		return nil, 0, fmt.Errorf("%w: half of a surrogate pair", errJSON)
	}
	var s string
	if err := json.Unmarshal(data[i:end+1], &s); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errJSON, err)
	}
	return []byte(s), end + 1, nil
}

// loneSurrogate reports whether the inside of a JSON string escapes half of a surrogate pair: Go reads U+FFFD
// for it, JavaScript keeps it.
func loneSurrogate(s []byte) bool {
	wantLow := false
	for i := 0; i < len(s); i++ {
		low, high := false, false
		if s[i] == '\\' {
			i++
			if s[i] == 'u' {
				b := s[i+1] | 0x20 // lower case
				high = b == 'd' && strings.IndexByte("89abAB", s[i+2]) >= 0
				low = b == 'd' && strings.IndexByte("cdefCDEF", s[i+2]) >= 0
				i += 4
			}
		}
		if low != wantLow {
			return true
		}
		wantLow = high
	}
	return wantLow
}

// isName reports whether what follows a string makes it the name of a member.
func isName(after []byte) bool {
	after = bytes.TrimLeft(after, " \t\r\n")
	return len(after) > 0 && after[0] == ':'
}

// differsInCaseOnly reports whether a name is none of ours but encoding/json would read it as one.
func differsInCaseOnly(name string) bool { return !ownNames[name] && ownNamesFolded[foldCase(name)] }

// foldCase maps the runes that encoding/json holds for equal to one of them.
func foldCase(name string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next // the orbit's smallest
			}
			r = next
		}
	}, name)
}

// ownNames holds the member names of every JSON that this package reads, ownNamesFolded the same after
// foldCase.
var ownNames, ownNamesFolded = func() (map[string]bool, map[string]bool) {
	names, foldedNames := map[string]bool{}, map[string]bool{}
	seen := map[reflect.Type]bool{}
	var collect func(reflect.Type)
	collect = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
				names[name], foldedNames[foldCase(name)] = true, true
			}
			collect(t.Field(i).Type)
		}
	}
	for _, v := range []any{header{}, payload{}, proofHeader{}, proofClaims{}, statusClaims{}, TrustList{},
		jwkSet{}, jwk{}, cardFile{}, revocationFile{}, endorsementClaims{}, timeClaims{}} {
		collect(reflect.TypeOf(v))
	}
	return names, foldedNames
}()
