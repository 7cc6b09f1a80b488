package windows

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/internal/winetest"
)

func TestMain(m *testing.M) { os.Exit(winetest.Main(m)) }

const (
	first  = "架空リーダー R-1 0"
	second = "架空リーダー R-1 1"
	hello  = "Windows Hello for Business 1"
	born   = "1980-02-17" // docs/facts/my-number-card.md#secrets-and-tries
)

// codes are the exit codes of bridge check, a written contract (bridge check --help).
var codes = map[string]int{"confirmed": 0, "unverified": 3, "refused": 1, "error": 2}

// verdict is what bridge check prints, as far as it is looked at.
type verdict struct {
	Result   string `json:"result"`
	Key      string `json:"key"`
	Reason   string `json:"reason"`
	ReasonEn string `json:"reasonEn"`
	Reader   string `json:"reader"`
}

// chip makes a virtual card of a person who was born on that day.
func chip(t *testing.T, d virtual.Description) *virtual.Card {
	t.Helper()
	d.BirthDate = eligibility.MustDate(born)
	c, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// issuerKeys writes the keys of virtual cards' issuer in the form that bridge check --help names, and returns
// the file's path on Windows.
func issuerKeys(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "発行者の鍵.json")
	if err := os.WriteFile(file, keysJSON(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return winetest.WindowsPath(file)
}

func keysJSON(t *testing.T) []byte {
	t.Helper()
	type entry struct {
		ID string `json:"keyId"`
		N  string `json:"n"`
		E  string `json:"e"`
	}
	var all []entry
	for _, k := range virtual.TestIssuerKeys() {
		key, ok := k.Key.(*rsa.PublicKey)
		if !ok {
			t.Fatalf("an issuer's key is a %T", k.Key)
		}
		all = append(all, entry{
			ID: k.ID,
			N:  base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
			E:  base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// check runs bridge check; its one answer must be JSON and its exit code that of the contract.
func check(t *testing.T, w *winetest.Windows, env []string, args ...string) verdict {
	t.Helper()
	settings := winetest.WindowsPath(filepath.Join(t.TempDir(), "bridge.json"))
	out, errs, code := w.Run(t, winetest.Command{
		Program: winetest.Bridge,
		Args:    append([]string{"check", "--birth-date", born, "--settings", settings}, args...),
		Env:     env,
	})
	var v verdict
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	if want, known := codes[v.Result]; !known || code != want || errs != "" {
		t.Errorf("%s with exit code %d\n%s", v.Result, code, errs)
	}
	if v.Reason == "" || v.ReasonEn == "" || strings.Contains(v.Reason, "0x") {
		t.Errorf("%s: %q %q", v.Key, v.Reason, v.ReasonEn)
	}
	return v
}

// scene is what lies on the desk when bridge check is run.
type scene struct {
	name   string
	set    func(t *testing.T, s *winetest.SmartCards)
	args   []string
	noKeys bool
	result string
	key    string
	reader string // in which the card was
}

// lies is a scene with one reader and a card in it.
func lies(d virtual.Description) func(*testing.T, *winetest.SmartCards) {
	return func(t *testing.T, s *winetest.SmartCards) {
		s.Plug(first)
		s.Insert(first, chip(t, d))
	}
}

// fails is a genuine card, and calls that fail.
func fails(call winetest.Call, with ...winetest.Code) func(*testing.T, *winetest.SmartCards) {
	return func(t *testing.T, s *winetest.SmartCards) {
		lies(virtual.Description{})(t, s)
		s.Fail(call, with...)
	}
}

func always(c winetest.Code) []winetest.Code { return []winetest.Code{c, c, c, c, c, c} }

func tries(n int) *int { return &n }

// What each result of winscard means to people is docs/readers.md#what-happens-when; what each card is, that
// of bridge check --help.
func scenes() []scene {
	return []scene{
		{name: "a genuine card", set: lies(virtual.Description{}), result: "confirmed", key: "card.confirmed",
			reader: first},
		{name: "no issuer keys", set: lies(virtual.Description{}), noKeys: true, result: "unverified",
			key: "card.unverified", reader: first},
		{name: "another date of birth", set: lies(virtual.Description{}),
			args: []string{"--birth-date", "昭和55年2月18日"}, result: "refused", key: "card.birthdate_mismatch",
			reader: first},
		{name: "a copied chip", set: lies(virtual.Description{Variant: virtual.Copied}), result: "refused",
			key: "card.copied", reader: first},
		{name: "a forged issuer", set: lies(virtual.Description{Variant: virtual.ForgedIssuer}),
			result: "refused", key: "card.not_genuine", reader: first},
		{name: "an altered record", set: lies(virtual.Description{Variant: virtual.Altered}),
			result: "refused", key: "card.not_genuine", reader: first},
		{name: "an Android phone", set: lies(virtual.Description{Variant: virtual.Phone}), result: "refused",
			key: "card.phone", reader: first},
		{name: "an iPhone", set: lies(virtual.Description{Variant: virtual.IPhone}), result: "refused",
			key: "card.phone", reader: first},
		{name: "a 住基カード", set: lies(virtual.Description{Variant: virtual.OldCard}), result: "refused",
			key: "card.juki", reader: first},
		{name: "some other card", set: lies(virtual.Description{Variant: virtual.OtherCard}),
			result: "refused", key: "card.not_my_number_card", reader: first},
		{name: "two tries left", set: lies(virtual.Description{Tries: tries(2)}), result: "refused",
			key: "card.few_tries", reader: first},
		{name: "blocked", set: lies(virtual.Description{Tries: tries(0)}), result: "refused",
			key: "card.blocked", reader: first},
		{name: "pulled in mid-flow", set: lies(virtual.Description{Faults: virtual.Faults{PulledAt: 5}}),
			result: "error", key: "card.removed", reader: first},
		{name: "unplugged in mid-flow",
			set:    lies(virtual.Description{Faults: virtual.Faults{ReaderGoneAt: 5}}),
			result: "error", key: "reader.unplugged", reader: first},
		{name: "nonsense", set: lies(virtual.Description{Faults: virtual.Faults{GarbageAt: 5}}),
			result: "error", key: "card.unexpected", reader: first},
		{name: "no answer in time", set: lies(virtual.Description{Faults: virtual.Faults{MuteAt: 5}}),
			args: []string{"--timeout", "4s"}, result: "error", key: "card.timeout", reader: first},
		{name: "no reader", set: func(*testing.T, *winetest.SmartCards) {}, result: "error",
			key: "card.no_reader"},
		{name: "no card", set: func(_ *testing.T, s *winetest.SmartCards) { s.Plug(first) }, result: "error",
			key: "card.none"},
		{name: "in use", set: func(t *testing.T, s *winetest.SmartCards) {
			lies(virtual.Description{})(t, s)
			s.Hold(first, true)
		}, result: "error", key: "reader.shared"},
		{name: "another program lets go while it is asked", set: fails(winetest.Connect, winetest.Sharing),
			result: "confirmed", key: "card.confirmed", reader: first},
		{name: "service stopped", set: func(t *testing.T, s *winetest.SmartCards) {
			lies(virtual.Description{})(t, s)
			s.Stop()
		}, result: "error", key: "reader.service"},
		{name: "service stopped in mid-flow",
			set: fails(winetest.Transmit, 0, 0, 0, winetest.ServiceStopped), result: "error",
			key: "reader.service", reader: first},
		{name: "handle lost in mid-flow, as after a restart of the service",
			set: fails(winetest.Transmit, 0, 0, winetest.InvalidHandle), result: "error", key: "reader.lost",
			reader: first},
		{name: "reset by another program", set: fails(winetest.Transmit, 0, 0, winetest.Reset),
			result: "error", key: "reader.reset", reader: first},
		{name: "a driver that says nothing of use, and all is still there",
			set: fails(winetest.Transmit, 0, 0, winetest.Internal), result: "error", key: "reader.fault",
			reader: first},
		{name: "upside down", set: fails(winetest.Connect, always(winetest.Unresponsive)...),
			result: "error", key: "reader.mute"},
		{name: "no access", set: fails(winetest.Establish, always(winetest.NoAccess)...), result: "error",
			key: "reader.access"},
		{name: "the list of readers grows between its two calls",
			set: fails(winetest.List, 0, winetest.InsufficientBuffer), result: "confirmed",
			key: "card.confirmed", reader: first},
		{name: "two readers, the first empty", set: func(t *testing.T, s *winetest.SmartCards) {
			s.Plug(first)
			s.Plug(second)
			s.Insert(second, chip(t, virtual.Description{}))
		}, result: "confirmed", key: "card.confirmed", reader: second},
		{name: "two readers, two cards, the second chosen", set: func(t *testing.T, s *winetest.SmartCards) {
			lies(virtual.Description{Variant: virtual.Copied})(t, s)
			s.Plug(second)
			s.Insert(second, chip(t, virtual.Description{}))
		}, args: []string{"--reader", second}, result: "confirmed", key: "card.confirmed", reader: second},
		{name: "two readers, and the chosen one is a third", set: func(t *testing.T, s *winetest.SmartCards) {
			lies(virtual.Description{})(t, s)
			s.Plug(second)
		}, args: []string{"--reader", "SONY FeliCa Port/PaSoRi 4.0 0"}, result: "error",
			key: "reader.choice"},
		{name: "Windows' own reader before the one on the desk",
			set: func(t *testing.T, s *winetest.SmartCards) {
				s.Plug(hello)
				s.Insert(hello, chip(t, virtual.Description{Variant: virtual.OtherCard}))
				lies(virtual.Description{})(t, s)
			}, result: "confirmed", key: "card.confirmed", reader: first},
	}
}

func TestTheCheckThroughWinscardSaysWhatLiesOnTheDesk(t *testing.T) {
	w := winetest.Start(t)
	for _, c := range scenes() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := winetest.NewSmartCards(t)
			c.set(t, s)
			args := c.args
			if !c.noKeys {
				args = append([]string{"--issuer-keys", issuerKeys(t)}, args...)
			}
			v := check(t, w, []string{s.Env()}, args...)
			if v.Result != c.result || v.Key != c.key || v.Reader != c.reader {
				t.Errorf("%+v; want %s, %s, %q", v, c.result, c.key, c.reader)
			}
		})
	}
	t.Run("nobody is the service", func(t *testing.T) {
		v := check(t, w, nil)
		if v.Result != "error" || v.Key != "reader.service" {
			t.Errorf("%+v", v)
		}
	})
}

// The counter of tries is the card's only loss, and a card that was asked is given back reset: nobody else
// finds it opened (card/pcsc).
func TestACardLosesOneTryAtMostAndIsGivenBackReset(t *testing.T) {
	w := winetest.Start(t)
	s := winetest.NewSmartCards(t)
	c := chip(t, virtual.Description{})
	s.Plug(first)
	s.Insert(first, c)
	full := c.TriesLeft()
	if v := check(t, w, []string{s.Env()}, "--birth-date", "1980-02-18"); v.Key != "card.birthdate_mismatch" {
		t.Errorf("%+v", v)
	}
	once := full
	once.BirthDate--
	if left := c.TriesLeft(); left != once {
		t.Errorf("%+v are left of %+v", left, full)
	}
	if s.Resets(first) != 1 || s.Connected(first) {
		t.Errorf("%d resets, connected %v", s.Resets(first), s.Connected(first))
	}
	if v := check(t, w, []string{s.Env()}, "--issuer-keys", issuerKeys(t)); v.Result != "confirmed" {
		t.Errorf("%+v", v)
	}
	if left := c.TriesLeft(); left != full {
		t.Errorf("after the right date %+v are left of %+v", left, full)
	}
}

func TestAWindowsWithoutWinscardHasItsSentenceEverywhere(t *testing.T) {
	w := winetest.Start(t)
	env := []string{winetest.WithoutWinscard()}
	settings := winetest.WindowsPath(filepath.Join(t.TempDir(), "bridge.json"))
	run := func(args ...string) (string, string, int) {
		t.Helper()
		out, errs, code := w.Run(t, winetest.Command{Program: winetest.Bridge, Args: args, Env: env})
		if strings.Contains(out+errs, "goroutine") || strings.Contains(out+errs, "panic") {
			t.Errorf("%v panics:\n%s%s", args, out, errs)
		}
		return out, errs, code
	}
	if out, errs, code := run("--help"); code != 0 || !strings.Contains(out, "カードリーダーを受付の画面につなぐ") {
		t.Errorf("--help: %d\n%s%s", code, out, errs)
	}
	if _, errs, code := run("readers", "--settings", settings); code != 2 ||
		!strings.Contains(errs, "winscard.dll") || !strings.Contains(errs, "sfc /scannow") {
		t.Errorf("readers: %d\n%s", code, errs)
	}
	if v := check(t, w, env); v.Result != "error" || v.Key != "reader.winscard" {
		t.Errorf("check: %+v", v)
	}
	card := filepath.Join(t.TempDir(), "仮想カード.json")
	if err := os.WriteFile(card, []byte(`{"birthDate": "`+born+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	v := check(t, w, env, "--virtual", winetest.WindowsPath(card), "--test-keys")
	if v.Result != "confirmed" {
		t.Errorf("a virtual card: %+v", v)
	}
}

// Without --settings the choice is kept where Windows keeps a user's settings, %AppData%.
func TestTheUsersOwnSettingsFolderIsUsed(t *testing.T) {
	w := winetest.Start(t)
	s := winetest.NewSmartCards(t)
	s.Plug(first)
	s.Insert(first, chip(t, virtual.Description{}))
	s.Plug(second)
	run := func(args ...string) (string, string, int) {
		t.Helper()
		return w.Run(t, winetest.Command{Program: winetest.Bridge, Env: []string{s.Env()}, Args: args})
	}
	if _, errs, code := run("readers", "--remember", second); code != 0 {
		t.Errorf("%d %s", code, errs)
	}
	kept := filepath.Join(w.AppData(t), "madoguchi", "bridge.json")
	if data, err := os.ReadFile(kept); err != nil || !strings.Contains(string(data), second) {
		t.Errorf("%q %v", data, err)
	}
	if out, _, _ := run("check", "--birth-date", born); !strings.Contains(out, `"card.none"`) {
		t.Errorf("the remembered reader is empty, and check says\n%s", out)
	}
	if _, errs, code := run("readers", "--forget"); code != 0 {
		t.Errorf("%d %s", code, errs)
	}
	if out, _, _ := run("check", "--birth-date", born); !strings.Contains(out, `"card.unverified"`) {
		t.Errorf("no reader is remembered, and check says\n%s", out)
	}
}

func TestReadersAreListedAndOneIsRemembered(t *testing.T) {
	w := winetest.Start(t)
	s := winetest.NewSmartCards(t)
	s.Plug(first)
	s.Plug(second)
	s.Insert(first, chip(t, virtual.Description{}))
	s.Hold(first, true)
	settings := winetest.WindowsPath(filepath.Join(t.TempDir(), "受付 の 設定.json"))
	list := func(args ...string) string {
		t.Helper()
		out, errs, code := w.Run(t, winetest.Command{Program: winetest.Bridge, Env: []string{s.Env()},
			Args: append([]string{"readers", "--settings", settings}, args...)})
		if code != 0 || errs != "" {
			t.Errorf("%d %s", code, errs)
		}
		return out
	}
	if out, want := list(), "→ 使用中　　  "+first+"\n  カードなし  "+second+"\n"; out != want {
		t.Errorf("%q, want %q", out, want)
	}
	s.Hold(first, false)
	if out, want := list("--remember", second), "  カードあり  "+first+"\n→ カードなし  "+second+"\n"; out != want {
		t.Errorf("%q, want %q", out, want)
	}
	v := check(t, w, []string{s.Env()}, "--settings", settings)
	if v.Key != "card.none" {
		t.Errorf("the remembered reader is empty: %+v", v)
	}
}
