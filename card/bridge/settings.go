package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"madoguchi/eligibility"
)

var errSettings = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.settings", Field: "--settings"}

// settingsFile is where the bridge keeps its settings and remembers what a person chose.
type settingsFile struct {
	Settings string `env:"${settings_env}" type:"path" aliases:"config" placeholder:"FILE" help:"${settings}"`
}

// savedSettings is the content of the settings file. Flags and environment take precedence over it. The
// agent's key and its state file lie in the same folder unless Key says otherwise.
type savedSettings struct {
	Server     string `json:"server,omitempty"`     // the counter's server, https://…
	Name       string `json:"name,omitempty"`       // of this PC, as staff know it
	Facility   string `json:"facility,omitempty"`   // name or 医療機関コード that this PC belongs to
	Reader     string `json:"reader,omitempty"`     // the reader to use, by its name
	OQS        string `json:"oqsFolder,omitempty"`  // folder of the OQS connector's answers
	IssuerKeys string `json:"issuerKeys,omitempty"` // file of the issuer's public keys
	UserRoots  string `json:"userRoots,omitempty"`  // file of the CA certificates for 利用者証明用電子証明書 (PEM)
	Key        string `json:"key,omitempty"`        // file of this agent's own key
}

// path returns the settings file, or nothing for a user without a settings folder, as services are.
func (s settingsFile) path() string {
	if s.Settings != "" {
		return s.Settings
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "madoguchi", "bridge.json")
}

func (s settingsFile) load() (savedSettings, error) {
	var r savedSettings
	data, err := readText(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, errSettings.Because(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields() // a misspelt setting would be left out in silence
	if err := d.Decode(&r); err != nil {
		return savedSettings{}, errSettings.Because(err)
	}
	return r, nil
}

func (s settingsFile) store(r savedSettings) error {
	path := s.path()
	if path == "" {
		return errSettings.Because(errors.New("there is no settings folder; name a file with --settings"))
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return errSettings.Because(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return errSettings.Because(err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o600); err != nil {
		return errSettings.Because(err)
	}
	return nil
}

// readerChoice returns the reader to use: the one named now, else the remembered one.
func (s settingsFile) readerChoice(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	r, err := s.load()
	return r.Reader, err
}
