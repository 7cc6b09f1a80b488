package backup

import (
	"time"

	"madoguchi/eligibility"
)

// format is the version of the manifest.
const format = 1

// Part says what a file of a backup holds.
type Part string

// The parts.
const (
	Whole Part = "whole"
	Data  Part = "data" // without the keys
	Keys  Part = "keys"
)

// Manifest is manifest.json.
type Manifest struct {
	Format int       `json:"format"`
	Set    string    `json:"set"` // the same in both files of a backup whose keys went apart
	Part   Part      `json:"part"`
	MadeAt time.Time `json:"madeAt"`
	Stamp  string    `json:"stamp"` // mode/role of the database
	Schema int64     `json:"schema"`
	Audit  Head      `json:"audit"`
	Files  []File    `json:"files"`
}

// Head is the newest entry of the audit chain in the backup.
type Head struct {
	Sequence int64  `json:"sequence"`
	Hash     []byte `json:"hash"`
}

// File is one file of a backup.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 []byte `json:"sha256"`
}

// Names in a backup.
const (
	manifestName = "manifest.json"
	dataDir      = "data"
	settingsDir  = "settings"
)

var (
	errExists = &eligibility.Error{Code: eligibility.Conflict, Key: "backup.exists", Field: "FILE"}
	// pg_dump copies what stands on a server
	errElsewhere = &eligibility.Error{Code: eligibility.Conflict, Key: "backup.elsewhere"}
	errWrite     = &eligibility.Error{Code: eligibility.Unavailable, Key: "backup.write", Field: "FILE"}
	errNotEmpty  = &eligibility.Error{Code: eligibility.Conflict, Key: "restore.not_empty", Field: "--data"}
	errDamaged   = &eligibility.Error{Code: eligibility.Invalid, Key: "restore.damaged", Field: "FILE"}
	errNoKeys    = &eligibility.Error{Code: eligibility.Invalid, Key: "restore.keys_missing", Field: "--keys"}
	errOthers    = &eligibility.Error{Code: eligibility.Invalid, Key: "restore.keys_other", Field: "--keys"}
	errNewer     = &eligibility.Error{Code: eligibility.Invalid, Key: "restore.newer", Field: "FILE"}
	errFails     = &eligibility.Error{Code: eligibility.Invalid, Key: "restore.fails", Field: "FILE"}
)
