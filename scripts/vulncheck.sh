#!/usr/bin/env bash
# Looks for known vulnerabilities that this module really calls, with a database from an archive (default
# ../shared/tools/vdb.tgz). A stale database passes silently, so its date is printed.
set -euo pipefail
cd "$(dirname "$0")/.."
archive=${1:-../shared/tools/vdb.tgz}

if [ ! -e "$archive" ]; then
  echo "vulncheck: no database at $archive; nothing was checked" >&2
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar -xzf "$archive" -C "$folder"
index=$(find "$folder" -path '*/index/db.json' | head -1)
# its own date may be unset; the newest entry says how old it is
newest=$(find "$folder" -path '*/ID/*.json' -exec grep -hoE '"published": *"[0-9-]{10}' {} + | grep -oE '[0-9-]{10}$' | sort | tail -1)
echo "vulncheck: the database's newest entry is of $newest"
go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 -db "file://$(dirname "$(dirname "$index")")" ./...
