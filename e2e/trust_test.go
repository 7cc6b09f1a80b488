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
	if out, errs, code := b.run(t, "trust", "sign", "draft.json", "--keys", "root", "--out", "trust"); code != 0 || !strings.Contains(out, `"version":2,`) {
		t.Fatalf("the next version: %d %s %s", code, out, errs)
	}
	if out, _, code := b.run(t, "trust", "inspect", "trust"); code != 0 || !strings.Contains(out, `"insurerNumbers":["00138990"]`) || !strings.Contains(out, `"state":"valid"`) {
		t.Errorf("inspect: %d %s", code, out)
	}
	for name, args := range map[string]string{
		"an old version":            "trust sign draft.json --keys root --out trust --version 2",
		"another root in its place": "trust sign draft.json --keys other --out trust",
		"no draft":                  "trust sign jwks.json --keys root --out elsewhere --days 60",
		"a foreign root key":        "trust inspect trust/trust.jwt --root jwks.json",
		"an iss without https":      "trust make --issuer http://hoken.example.jp/i/00138990=x=138990=jwks.json",
		"an impossible number":      "trust make --issuer https://hoken.example.jp/i/00138990=x=138991=jwks.json",
		"too few parts":             "trust make --issuer https://hoken.example.jp",
		"a code that is none":       "trust make --counter https://c.example=x=12=jwks.json",
	} {
		if out, errs, code := b.run(t, strings.Fields(args)...); code != 2 || out != "" || errs == "" {
			t.Errorf("%s: %d %q %q", name, code, out, errs)
		}
	}
	// A counter server that has seen version 2 does not start with version 1 any more.
	data := filepath.Join(b.dir, "data")
	env := []string{"MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DATA=" + data, "MADOGUCHI_TRUST=" + filepath.Join(b.dir, "trust")}
	t.Run("version 2", func(t *testing.T) {
		start(t, b.dir, b.program, env, "serve", "--role", "counter").out.await(t, `/counter`)
	})
	b.write(t, "trust/trust.jwt", first)
	out, errs, code := run(t, b.dir, b.program, nil, env, "serve", "--role", "counter")
	if code == 0 || !strings.Contains(errs, "version 1 is older than 2") {
		t.Errorf("rolled back: %d %q %q", code, out, errs)
	}
}
