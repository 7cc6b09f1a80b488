// Package backup writes what a server stands on into one file, or into two where the keys go apart, while the
// server runs, and makes a data folder of it again (docs/operator.md).
//
// A backup is a tar of files, each with its SHA-256 in the manifest at its end:
//
//	data/madoguchi.db    the database as it was at one moment
//	data/keys/…          the key folder, unless it goes apart
//	data/…               everything else of the data folder
//	settings/…           the settings file, and what it names: trust list, certificate, card issuers' keys
//	manifest.json        what the files are, and the head of the audit chain
//
// The manifest finds damage, not a forger: whoever can write a backup can write its manifest. A forger is
// found by the keys, which open only what they sealed, and by the audit chain.
//
// Another database engine is backed up by its own means (pg_dump); a Writer takes its Snapshot for SQLite's.
package backup
