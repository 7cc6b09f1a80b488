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
echo "vulncheck: database of $(sed -E 's/.*"modified": *"([^"]*)".*/\1/' "$index")"
go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 -db "file://$(dirname "$(dirname "$index")")" ./...
