package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

//go:embed testdata/offlineverify.mjs
var runOfflineVerify string

// What the console finds of a code without its server is what a server finds, by the codes that package
// credential keeps for other verifiers. What it does not understand it calls neither genuine nor forged.
func TestTheConsoleFindsWithoutItsServerWhatTheServerFinds(t *testing.T) {
	type verdict struct {
		Understood bool `json:"understood"`
		Valid      bool `json:"valid"`
		Awaits     bool `json:"awaits"`
		Headline   string
		Checks     []struct{ Name, Result, Key string }
	}
	file, err := filepath.Abs("../../credential/testdata/verdicts.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var wanted struct {
		Codes []struct {
			Name string
			Want verdict
		}
	}
	if err := json.Unmarshal(data, &wanted); err != nil {
		t.Fatal(err)
	}
	var found []verdict
	out := runNodeBundled(t, "counter/offlineverify.ts", "offlineverify.mjs", runOfflineVerify, file)
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	if len(found) != len(wanted.Codes) || len(found) < 250 {
		t.Fatalf("%d codes, %d verdicts", len(wanted.Codes), len(found))
	}
	foreign := 0
	var genuine []string
	for i, c := range wanted.Codes {
		t.Run(fmt.Sprintf("%d %s", i, c.Name), func(t *testing.T) {
			got := found[i]
			if !got.Understood {
				foreign++
				if c.Want.Valid {
					genuine = append(genuine, c.Name)
				}
				if got.Valid || got.Awaits || got.Headline != "open" {
					t.Errorf("it is not understood, and %+v", got)
				}
				return
			}
			c.Want.Understood = true
			if !reflect.DeepEqual(got, c.Want) {
				t.Errorf("the console finds %+v\nthe server %+v", got, c.Want)
			}
		})
	}
	// blanks mean nothing in JSON, and no issuer of ours writes them
	if want := []string{"TestOrderAndBlanksDoNotMatter"}; !reflect.DeepEqual(genuine, want) {
		t.Errorf("genuine, and not understood: %q", genuine)
	}
	t.Logf("%d codes, %d of them not understood", len(found), foreign)
}

// runNodeBundled is runNode for a module with what it imports.
func runNodeBundled(t *testing.T, source, name, program string, arguments ...string) []byte {
	t.Helper()
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{filepath.Join("..", "src", source)},
		Bundle:      true,
		Format:      api.FormatESModule,
		Target:      api.ES2022,
		Outfile:     filepath.Join(t.TempDir(), name),
		Write:       false,
	})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors)
	}
	return runNodeWith(t, name, built.OutputFiles[0].Contents, program, arguments...)
}
