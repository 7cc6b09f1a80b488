package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/web/kit"
)

// app is what a start has opened: the data folder, and what runs on it.
type app struct {
	*datafolder.Folder

	word    *kit.DemoWord      // where the demo's port is published
	readers *agents.AgentHub   // where a counter's half runs
	runs    *insurer.PrintJobs // where an insurer's half runs
}

var errNoData = &eligibility.Error{Code: eligibility.NotFound, Key: "data.none", Field: "--data"}

// openExisting is openApp for commands that have nothing to do where nothing is: a mistyped place must not
// look like an empty one.
func openExisting(ctx context.Context, s *Settings, role string) (*app, error) {
	file := filepath.Join(s.Data, "demo", datafolder.Database)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, errNoData.Because(err)
	} else if err != nil {
		return nil, fmt.Errorf("looking for the database: %w", err)
	}
	return openApp(ctx, s, role)
}

// openApp opens the demo's data folder for a role, making it on the first start.
func openApp(ctx context.Context, s *Settings, role string) (*app, error) {
	folder, err := datafolder.Open(ctx, datafolder.Options{
		Path: filepath.Join(s.Data, "demo"),
		Mode: "demo",
		Role: role,
		Host: demo.Host,
		Now:  clock,
	})
	if err != nil {
		return nil, err
	}
	return &app{Folder: folder}, nil
}

// office assembles the insurer's half.
func (h *app) office(ctx context.Context, address string) (*insurer.Services, error) {
	derive, err := h.Keys.Secret(keys.Notice)
	if err != nil {
		return nil, err
	}
	index, err := h.Keys.Secret(keys.Index)
	if err != nil {
		return nil, err
	}
	known, err := h.Store.ForInsurer().Directory.Insurers(ctx)
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		for _, in := range demo.Insurers {
			entry := audit.Entry{
				At:     h.Now(),
				Actor:  audit.ActorSystem,
				Action: "insurer.put",
				Detail: string(in.Number),
			}
			if err := h.Store.ForInsurer().Directory.PutSettings(ctx, in, nil, entry); err != nil {
				return nil, err
			}
		}
	}
	return insurer.New(insurer.Config{
		Stores:       h.Store.ForInsurer(),
		Keys:         h.Keys.Rings,
		Certificates: h.Keys.Certificates,
		Notices:      insurer.NoticeKeys{Derive: derive, Index: index},
		Host:         demo.Host,
		Address:      address,
		Demo:         true,
		Now:          h.Now,
	}), nil
}
