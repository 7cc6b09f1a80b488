package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"madoguchi/eligibility"
)

var errSettings = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.settings", Field: "--settings",
	Ja: "設定ファイルを読み書きできません。ファイルを直すか消して、もう一度実行してください。",
	En: "The settings file cannot be read or written. Repair or delete it and run again."}

// settingsFile is where the bridge remembers what a person chose.
type settingsFile struct {
	Settings string `env:"MADOGUCHI_BRIDGE_SETTINGS" type:"path" placeholder:"FILE" help:"file in which the choice of a reader is remembered; bridge.json in the user's settings folder by default"`
}

// remembered is the content of the settings file.
type remembered struct {
	Reader string `json:"reader,omitempty"` // the reader to use, by its name
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

func (s settingsFile) load() (remembered, error) {
	var r remembered
	data, err := os.ReadFile(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, errSettings.Because(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return remembered{}, errSettings.Because(err)
	}
	return r, nil
}

func (s settingsFile) store(r remembered) error {
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

// choice returns the reader to use: the one named now, else the remembered one.
func (s settingsFile) choice(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	r, err := s.load()
	return r.Reader, err
}
