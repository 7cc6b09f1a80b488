package windows

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/card/virtual"
	"madoguchi/internal/winetest"
)

// japanese is the code page of a Japanese Windows (Shift_JIS with Microsoft's characters).
const japanese = 932

// The programs write UTF-8 everywhere; a console shows it whatever its code page, since Go's runtime hands a
// console characters and not bytes (WriteConsoleW).
func TestAConsoleOfAJapaneseWindowsShowsJapanese(t *testing.T) {
	w := winetest.Start(t)
	s := winetest.NewSmartCards(t)
	s.Plug(first)
	s.Insert(first, chip(t, virtual.Description{}))
	dir := t.TempDir()
	bridge := winetest.WindowsPath(w.Path(winetest.Bridge))
	madoguchi := winetest.WindowsPath(w.Path(winetest.Madoguchi))
	settings := " --settings " + winetest.WindowsPath(filepath.Join(dir, "bridge.json"))
	utf8 := filepath.Join(dir, "utf8.txt")
	if err := os.WriteFile(utf8, []byte("カードなし\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	show := func(t *testing.T, line string) string {
		t.Helper()
		text, _ := w.OpenConsole(t, []string{s.Env()}, winetest.InCodePage(japanese, line)...).End(t)
		return text
	}
	if shown := show(t, "type "+winetest.WindowsPath(utf8)); strings.Contains(shown, "カードなし") {
		t.Fatalf("this console shows bytes of UTF-8, so it shows nothing about code page 932: %q", shown)
	}
	for _, c := range []struct{ name, line, want string }{
		{"the list of readers", bridge + " readers" + settings, "→ カードあり  " + first},
		{"a check", bridge + " check --birth-date " + born + settings, `"key": "card.unverified"`},
		{"the manual", bridge + " --help", "カードリーダーを受付の画面につなぐプログラムです。"},
		{"wrong usage", bridge + " readers --pin 1234", "書き方"},
		{"the server's manual", madoguchi + " --help", "保険者が発行し、医療機関の窓口で確かめられる資格情報画面"},
		{"an answer", madoguchi + " names 髙橋 高橋", "髙"},
		{"a refusal", madoguchi + " import --insurer 138990 nichts.csv", "ファイル"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if shown := show(t, c.line); !strings.Contains(shown, c.want) {
				t.Errorf("%q is not in\n%s", c.want, shown)
			}
		})
	}
	t.Run("what is redirected stays UTF-8", func(t *testing.T) {
		out := filepath.Join(dir, "list.txt")
		show(t, bridge+" readers"+settings+" > "+winetest.WindowsPath(out))
		data, err := os.ReadFile(out)
		if want := "→ カードあり  " + first + "\n"; err != nil || string(data) != want {
			t.Errorf("%q, want %q, %v", data, want, err)
		}
	})
}

func TestCtrlCInAConsoleEndsTheAgent(t *testing.T) {
	w := winetest.Start(t)
	settings := filepath.Join(t.TempDir(), "bridge.json")
	console := w.OpenConsole(t, nil, w.Path(winetest.Bridge), "run", "--page", "127.0.0.1:0", "--server",
		"http://127.0.0.1:9", "--settings", winetest.WindowsPath(settings))
	console.Await(t, "サーバーとの接続が切れました") // nobody listens on port 9
	state := filepath.Join(filepath.Dir(settings), "bridge-state.json")
	if _, err := os.Stat(state); err != nil {
		t.Error(err)
	}
	console.Type(t, "\x03")
	if text, code := console.End(t); code != 0 {
		t.Errorf("it ends with %d\n%s", code, text)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("it left its state file behind")
	}
}
