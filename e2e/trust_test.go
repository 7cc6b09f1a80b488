package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTrustListsNeverGoBack(t *testing.T) {
	b := newBench(t)
	first, err := os.ReadFile(filepath.Join(b.dir, "trust", "trust.jwt"))
	if err != nil {
		t.Fatal(err)
	}
	if out, errs, code := b.run(t, "trust", "sign", "draft.json", "--keys", "root", "--out",
		"trust"); code != 0 || !strings.Contains(out, `"version":2,`) {
		t.Fatalf("the next version: %d %s %s", code, out, errs)
	}
	if out, _, code := b.run(t, "trust", "inspect", "trust"); code != 0 ||
		!strings.Contains(out, `"insurerNumbers":["00138990"]`) || !strings.Contains(out, `"state":"valid"`) {
		t.Errorf("inspect: %d %s", code, out)
	}
	draft, err := os.ReadFile(filepath.Join(b.dir, "draft.json"))
	if err != nil {
		t.Fatal(err)
	}
	// What is signed is what somebody read: another file's JSON, or a member that this program does not know,
	// would sign a list that allows nobody, or less than it seems to.
	for _, c := range []struct {
		name, text string
	}{
		{"none.json", `{"issuers":[],"counters":[]}`},
		{"member.json", strings.Replace(string(draft), `"counters"`, `"counter":[],"counters"`, 1)},
		{"case.json", strings.Replace(string(draft), `"issuers"`, `"Issuers"`, 1)},
		{"twice.json", strings.Replace(string(draft), `"issuers"`, `"issuers":[],"issuers"`, 1)},
	} {
		b.write(t, c.name, []byte(c.text))
	}
	for _, c := range []struct {
		name, args string
	}{
		{"a key set for a draft", "trust sign jwks.json --keys root --out trust"},
		{"nobody on the list", "trust sign none.json --keys root --out trust"},
		{"a member that is not ours", "trust sign member.json --keys root --out trust"},
		{"a member in another case", "trust sign case.json --keys root --out trust"},
		{"a member twice", "trust sign twice.json --keys root --out trust"},
		{"no days", "trust sign draft.json --keys root --out trust --days 0"},
		{"too many days", "trust sign draft.json --keys root --out trust --days 31"},
		{"a code with letters", "trust make --counter https://c.example=x=13199999ab=jwks.json"},
		{"an old version", "trust sign draft.json --keys root --out trust --version 2"},
		{"another root in its place", "trust sign draft.json --keys other --out trust"},
		{"no draft", "trust sign nowhere.json --keys root --out elsewhere"},
		{"a foreign root key", "trust inspect trust/trust.jwt --root jwks.json"},
		{"an iss without https", "trust make --issuer http://hoken.example.jp/i/00138990=x=138990=jwks.json"},
		{"an impossible number",
			"trust make --issuer https://hoken.example.jp/i/00138990=x=138991=jwks.json"},
		{"too few parts", "trust make --issuer https://hoken.example.jp"},
		{"a code that is none", "trust make --counter https://c.example=x=12=jwks.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, errs, code := b.run(t, strings.Fields(c.args)...); code != 2 || out != "" || errs == "" {
				t.Errorf("%s: %d %q %q", c.name, code, out, errs)
			}
		})
	}
	if out, _, code := b.run(t, "trust", "inspect", "trust"); code != 0 ||
		!strings.Contains(out, `"version":2,`) || !strings.Contains(out, `"insurerNumbers":["00138990"]`) {
		t.Errorf("what was refused changed the list: %d %s", code, out)
	}
	for _, c := range []struct {
		args, field string
	}{
		{"trust sign nowhere.json --keys root --out trust", "FILE: "},
		{"trust sign draft.json --keys root --out trust --days 31", "--days: "},
		{"trust make --issuer https://hoken.example.jp/i/00138990/=x=138990=jwks.json", "--issuer: "},
	} {
		t.Run(c.args, func(t *testing.T) {
			if _, errs, _ := b.run(t, strings.Fields(c.args)...); !strings.HasPrefix(errs, c.field) {
				t.Errorf("%s: %q, want %q first", c.args, errs, c.field)
			}
		})
	}
	// A counter server that has seen version 2 does not start with version 1 any more.
	data := filepath.Join(b.dir, "data")
	env := []string{"MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DATA=" + data,
		"MADOGUCHI_TRUST=" + filepath.Join(b.dir, "trust")}
	t.Run("version 2", func(t *testing.T) {
		start(t, b.dir, b.program, env, "serve", "--role", "counter").out.await(t, `/counter`)
	})
	b.write(t, "trust/trust.jwt", first)
	out, errs, code := run(t, b.dir, b.program, nil, env, "serve", "--role", "counter")
	if code == 0 || !strings.Contains(errs, "version 1 is older than 2") {
		t.Errorf("rolled back: %d %q %q", code, out, errs)
	}
}
