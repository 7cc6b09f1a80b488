#!/usr/bin/env bash
# Looks for known vulnerabilities that this module really calls, with a database from an archive (default
# ../shared/tools/vdb.tgz). A stale database passes silently, so what tells its age is printed.
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
# entries of a database made from the source files bear no date; their ids count up within a year
count=$(find "$folder" -path '*/ID/*.json' | wc -l)
newest=$(find "$folder" -path '*/ID/*.json' -printf '%f\n' | sort -V | tail -1)
day=$(grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2}' "$index" | head -1) || true
echo "vulncheck: $count entries, the newest ${newest%.json}; the database says it is of $day"
go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 -db "file://$(dirname "$(dirname "$index")")" ./...
