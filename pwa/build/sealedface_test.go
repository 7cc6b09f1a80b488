package main

import (
	"bufio"
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/internal/testenv"
)

//go:embed testdata/sealedface.mjs
var runSealedFace string

// facePage is the page's part of the sealing, in Node.
type facePage struct {
	in  io.Writer
	out *bufio.Scanner
}

func newFacePage(t *testing.T) *facePage {
	t.Helper()
	testenv.Need(t, "node")
	dir := t.TempDir()
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{filepath.Join("..", "src", "counter", "sealedface.ts")},
		Outfile:     filepath.Join(dir, "sealedface.mjs"),
		Bundle:      true,
		Format:      api.FormatESModule,
		Write:       true,
	})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors)
	}
	program := filepath.Join(dir, "run.mjs")
	if err := os.WriteFile(program, []byte(runSealedFace), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", program)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	p := &facePage{in, bufio.NewScanner(out)}
	p.out.Buffer(nil, 1<<20)
	return p
}

func (p *facePage) ask(t *testing.T, question map[string]any) map[string]any {
	t.Helper()
	if err := json.NewEncoder(p.in).Encode(question); err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if !p.out.Scan() {
		t.Fatalf("no answer: %v", p.out.Err())
	}
	if err := json.Unmarshal(p.out.Bytes(), &answer); err != nil {
		t.Fatalf("%v: %s", err, p.out.Bytes())
	}
	return answer
}

func base64url(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func unbase64url(t *testing.T, text any) []byte {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(text.(string))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// berObject is an object of the visual application: tag DF and another byte, a length of two bytes.
func berObject(tag byte, value []byte) []byte {
	return append([]byte{0xDF, tag, 0x82, byte(len(value) >> 8), byte(len(value))}, value...)
}

// What the agent seals in Go, the page opens by WebCrypto, and nothing else.
func TestThePageOpensWhatTheAgentSealedForIt(t *testing.T) {
	page := newFacePage(t)
	made := page.ask(t, map[string]any{"make": "mine"})
	page.ask(t, map[string]any{"make": "another"})
	if made["exported"] != false {
		t.Error("the page's private key can be exported")
	}
	q := &wire.Face{
		Binding: wire.Binding{ID: "OPERATION", Case: "CASE"},
		Page:    unbase64url(t, made["page"]),
	}
	pictures := card.FacePictures{
		Texts: append(berObject(0x25, []byte("\x89PNG name")), berObject(0x26, make([]byte, 300))...),
		Photo: berObject(0x27, bytes.Repeat([]byte{0xFF}, 4000)),
	}
	sealed, err := wire.SealFace(q, pictures)
	if err != nil {
		t.Fatal(err)
	}
	next, err := wire.SealFace(q, pictures)
	if err != nil {
		t.Fatal(err)
	}
	other := pictures
	other.Photo = berObject(0x27, []byte("somebody else"))
	forged, err := wire.SealFace(q, other)
	if err != nil {
		t.Fatal(err)
	}
	question := func(change map[string]any) map[string]any {
		q := map[string]any{
			"open":      "mine",
			"operation": "OPERATION",
			"case":      "CASE",
			"key":       base64url(sealed.Key),
			"data":      base64url(sealed.Data),
			"texts":     base64url(pictures.Digests().Texts),
			"photo":     base64url(pictures.Digests().Photo),
		}
		for name, value := range change {
			q[name] = value
		}
		return q
	}
	shown, _ := page.ask(t, question(nil))["shown"].(map[string]any)
	for name, want := range map[string][]byte{
		"name":    []byte("\x89PNG name"),
		"address": make([]byte, 300),
		"photo":   bytes.Repeat([]byte{0xFF}, 4000),
	} {
		if got, _ := shown[name].(string); got != base64.StdEncoding.EncodeToString(want) {
			t.Errorf("%s is %.40q", name, got)
		}
	}
	flip := func(data []byte, at int) string {
		data = append([]byte{}, data...)
		data[at] ^= 1
		return base64url(data)
	}
	cases := []struct {
		name   string
		change map[string]any
	}{
		{"replayed to another reading's key", map[string]any{"open": "another"}},
		{"another operation", map[string]any{"operation": "OPERATIOM"}},
		{"another case", map[string]any{"case": "CASF"}},
		{"a letter moved", map[string]any{"operation": "OPERATIO", "case": "NCASE"}},
		{"the key of the next reading", map[string]any{"key": base64url(next.Key)}},
		{"the data of the next reading", map[string]any{"data": base64url(next.Data)}},
		{"the first bit changed", map[string]any{"data": flip(sealed.Data, 0)}},
		{"the last bit changed", map[string]any{"data": flip(sealed.Data, len(sealed.Data)-1)}},
		{"cut off", map[string]any{"data": base64url(sealed.Data[:len(sealed.Data)-1])}},
		{"empty", map[string]any{"data": ""}},
		{"a point off the curve", map[string]any{"key": flip(sealed.Key, 64)}},
		{"no key", map[string]any{"key": ""}},
		// sealed by an agent that lies: the issuer signed the digests of other pictures
		{"another photo than the issuer signed", map[string]any{"key": base64url(forged.Key),
			"data": base64url(forged.Data)}},
		{"other texts than the issuer signed", map[string]any{"texts": base64url(make([]byte, 32))}},
		{"no digests", map[string]any{"texts": "", "photo": ""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if answer := page.ask(t, question(c.change)); answer["refused"] == nil {
				t.Errorf("it opened: %v", answer)
			}
		})
	}
	testenv.Refused(t, testenv.Card, len(cases))
}

// The other way round: what WebCrypto seals is opened in Go, so both write the same protocol.
func TestGoOpensWhatWebCryptoSealed(t *testing.T) {
	page := newFacePage(t)
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const text = `{"result":"confirmed"} 顔`
	answer := page.ask(t, map[string]any{
		"seal":      true,
		"page":      base64url(own.PublicKey().Bytes()),
		"operation": "OPERATION",
		"case":      "CASE",
		"text":      text,
	})
	sealed := testenv.SealedFace{
		Operation: "OPERATION",
		Case:      "CASE",
		Key:       unbase64url(t, answer["key"]),
		Data:      unbase64url(t, answer["data"]),
	}
	if plain, err := sealed.Open(own); err != nil || string(plain) != text {
		t.Errorf("%v: %s", err, plain)
	}
	sealed.Case = "ANOTHER"
	if plain, err := sealed.Open(own); err == nil {
		t.Errorf("for another case it opened: %s", plain)
	}
}
