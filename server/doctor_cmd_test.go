package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/datafolder"
	"madoguchi/server/doctor"
	"madoguchi/server/settings"
)

// proxied are a live insurer's whole settings, behind a proxy, at an address where nobody answers.
func proxied(t *testing.T) *settings.Settings {
	t.Helper()
	s := liveSettings(t)
	s.Addr, s.Proxy = "127.0.0.1:0", "10.0.0.5"
	s.URL, s.OIDCIssuer = "https://127.0.0.1:1", "https://127.0.0.1:1" // refused before anybody is called
	return s
}

func TestServeRefusesWithTheDoctorsSentence(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(*testing.T, *settings.Settings)
		key  string
	}{
		{"no https", func(_ *testing.T, s *settings.Settings) { s.Proxy = "" }, "settings.tls"},
		{"a certificate that is not there", func(t *testing.T, s *settings.Settings) {
			s.Proxy = ""
			s.TLSCert, s.TLSKey = filepath.Join(t.TempDir(), "c.pem"), filepath.Join(t.TempDir(), "k.pem")
		}, "settings.certificate"},
		{"a folder that cannot be", func(t *testing.T, s *settings.Settings) {
			s.Data = filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(s.Data, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "data.folder"},
		{"keys that others can read", func(t *testing.T, s *settings.Settings) {
			folder := filepath.Join(s.Folder(), datafolder.KeysDir)
			if err := errors.Join(os.MkdirAll(folder, 0o700), os.Chmod(folder, 0o755)); err != nil {
				t.Fatal(err)
			}
		}, "keys.rights"},
		{"another role's data", func(t *testing.T, s *settings.Settings) {
			h, err := openApp(t.Context(), s, datafolder.RoleCounter)
			if err != nil {
				t.Fatal(err)
			}
			h.Store.Close()
		}, "store.stamp"},
		{"a list that is not there", func(t *testing.T, s *settings.Settings) { s.Trust = t.TempDir() },
			"settings.trust"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := proxied(t)
			c.harm(t, s)
			err := (&serveCmd{Role: datafolder.RoleInsurer}).Run(s)
			var refused *eligibility.Error
			if !errors.As(err, &refused) || refused.Key != c.key {
				t.Fatalf("serve: %v, want %s", err, c.key)
			}
			all := doctor.Doctor{
				Settings: s,
				Role:     datafolder.RoleInsurer,
				Now:      clock,
			}.Examine(
				context.Background(),
			)
			for _, f := range all {
				if f.Level == doctor.Refusal {
					if f.Key != c.key || f.Text("ja") != refused.Ja() || f.Text("en") != refused.En() {
						t.Errorf("the doctor says %s: %s", f.Key, f.Text("en"))
					}
					return
				}
			}
			t.Error("the doctor finds nothing to refuse")
		})
	}
}

// The contract of the exit codes: 0 all good, 1 warnings, 2 something for which serve refuses.
func TestTheDoctorsExitCodes(t *testing.T) {
	run := func(s *settings.Settings, role string) int {
		var code exit
		switch err := (&doctorCmd{Role: role, JSON: true}).Run(s); {
		case err == nil:
			return 0
		case errors.As(err, &code):
			return int(code)
		default:
			t.Fatal(err)
			return -1
		}
	}
	s := &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"}
	serve := &serveCmd{Role: datafolder.RoleAll}
	if _, _, err := serve.site(t.Context(), opened(t, s), "http://localhost:8080"); err != nil {
		t.Fatal(err)
	}
	all := doctor.Doctor{
		Settings: s,
		Role:     datafolder.RoleAll,
		Now:      clock,
		Free:     func(string) (uint64, error) { return 50 << 30, nil },
	}.Examine(t.Context())
	if doctor.Worst(all) != 0 {
		t.Errorf("a demo that was started is not all good: %+v", all)
	}
	if err := os.Chmod(s.Folder(), 0o755); err != nil {
		t.Fatal(err)
	}
	if code := run(s, datafolder.RoleAll); code != 1 {
		t.Errorf("a folder that others can open: %d", code)
	}
	public := &settings.Settings{Data: t.TempDir(), Addr: "0.0.0.0:80"}
	if code := run(public, datafolder.RoleAll); code != exitRefused {
		t.Errorf("a demo for everybody: %d", code)
	}
}

// opened is the app of settings, for role all, until the test ends.
func opened(t *testing.T, s *settings.Settings) *app {
	t.Helper()
	h, err := openApp(t.Context(), s, datafolder.RoleAll)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Store.Close() })
	return h
}
