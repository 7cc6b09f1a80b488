#!/usr/bin/env bash
# Runs every fuzz target of the module, one after the other, each for the time given (default 5s).
# An input that fails is kept by go test under testdata/fuzz and fails the ordinary tests from then on.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-5s}

count=0
while read -r package; do
  # go test -list prints the targets of one package and then its closing line
  targets=$(go test -list '^Fuzz' "$package" | grep '^Fuzz')
  for target in $targets; do
    echo "fuzz $target ($package) for $time"
    failed=no
    log=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x -parallel 2 \
      "$package" 2>&1) || failed=yes
    # At the end of its time go test now and then gives up on an input that is under way and calls that a
    # failure. A real one names its input.
    if [ $failed = yes ] && { ! grep -q '^ *context deadline exceeded' <<<"$log" ||
      grep -q 'Failing input written' <<<"$log"; }; then
      echo "$log"
      exit 1
    fi
    grep '^fuzz: elapsed' <<<"$log" | tail -1
    count=$((count + 1))
  done
done < <(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u | sed 's|^|./|')
echo "$count fuzz targets ran"
