package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/store"
	"madoguchi/server/web/kit"
)

// Roles of a server: which pages, API and jobs it runs.
const (
	roleAll     = "all"
	roleInsurer = "insurer"
	roleCounter = "counter"
)

// house is what a start has opened: the data folder's keys and database.
type house struct {
	folder string
	keys   *keys.Folder
	store  *store.Store
	now    func() time.Time

	word    *kit.DemoWord      // where the demo's port is published
	readers *agents.AgentHub   // where a counter's half runs
	runs    *insurer.PrintJobs // where an insurer's half runs
}

var errNoData = &eligibility.Error{Code: eligibility.NotFound, Key: "data.none", Field: "--data"}

// openExisting is openHouse for commands that have nothing to do where nothing is: a mistyped place must not look like an
// empty one.
func openExisting(ctx context.Context, s *Settings, role string) (*house, error) {
	file := filepath.Join(s.Data, "demo", databaseFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, errNoData.Because(err)
	} else if err != nil {
		return nil, fmt.Errorf("looking for the database: %w", err)
	}
	return openHouse(ctx, s, role)
}

// databaseFile is the store's file in the data folder.
const databaseFile = "madoguchi.db"

// openHouse opens the demo's data folder for a role, making it on the first start. A role loads only the keys that it
// needs.
func openHouse(ctx context.Context, s *Settings, role string) (*house, error) {
	folder := filepath.Join(s.Data, "demo")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	if err := closed(folder); err != nil {
		return nil, err
	}
	ring, err := keys.Open(filepath.Join(folder, "keys"))
	if err != nil {
		return nil, err
	}
	if err := guarded(ctx, ring, folder); err != nil {
		return nil, err
	}
	ring.Host = demoHost
	index, err := ring.Secret(keys.Index)
	if err != nil {
		return nil, err
	}
	masters := map[string][]byte{}
	for _, scope := range []string{"people", "cases", "session"} {
		if scope == "people" && role == roleCounter || scope == "cases" && role == roleInsurer {
			continue
		}
		if masters[scope], err = ring.Secret(keyFiles[scope]); err != nil {
			return nil, err
		}
	}
	kept, err := store.Open(ctx, filepath.Join(folder, databaseFile), store.Options{Mode: "demo", Role: role, Index: index, Masters: masters})
	var other *store.OtherKeyError
	if errors.As(err, &other) {
		return nil, keys.Other(keyFiles[other.Kind]).Because(err)
	}
	if err != nil {
		return nil, err
	}
	h := &house{folder: folder, keys: ring, store: kept, now: clock}
	if err := h.remember(ctx, role); err != nil {
		return nil, errors.Join(err, kept.Close())
	}
	return h, nil
}

// office assembles the insurer's half.
func (h *house) office(ctx context.Context, address string) (*insurer.Services, error) {
	derive, err := h.keys.Secret(keys.Notice)
	if err != nil {
		return nil, err
	}
	index, err := h.keys.Secret(keys.Index)
	if err != nil {
		return nil, err
	}
	known, err := h.store.ForInsurer().Directory.Insurers(ctx)
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		for _, in := range demoInsurers {
			if err := h.store.ForInsurer().Directory.PutSettings(ctx, in, nil, audit.Entry{At: h.now(), Actor: audit.ActorSystem, Action: "insurer.put", Detail: string(in.Number)}); err != nil {
				return nil, err
			}
		}
	}
	return insurer.New(insurer.Config{
		Stores:  h.store.ForInsurer(),
		Keys:    h.keys,
		Notices: insurer.NoticeKeys{Derive: derive, Index: index},
		Host:    demoHost,
		Address: address,
		Demo:    true,
		Now:     h.now,
	}), nil
}
