#!/usr/bin/env bash
# Runs every fuzz target of the module, each for the time given (default 5s), two at a time with one worker
# each. An input that fails is kept by go test under testdata/fuzz and fails the ordinary tests from then on.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-5s}

fuzz() {
  local package=$1 target=$2 log failed=no
  log=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x -parallel 1 \
    "$package" 2>&1) || failed=yes
  # At the end of its time go test now and then gives up on an input that is under way and calls that a
  # failure. A real one names its input.
  if [ $failed = yes ] && { ! grep -q '^ *context deadline exceeded' <<<"$log" ||
    grep -q 'Failing input written' <<<"$log"; }; then
    echo "$log"
    return 255 # xargs starts no other
  fi
  echo "fuzz $target ($package) for $time: $(grep '^fuzz: elapsed' <<<"$log" | tail -1)"
}
export -f fuzz
export time

# go test -list prints the targets of one package and then its closing line
targets=$(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u |
  while read -r folder; do
    go test -list '^Fuzz' "./$folder" | grep '^Fuzz' | sed "s|^|./$folder |"
  done)
xargs -P 2 -L 1 bash -c 'fuzz "$0" "$1"' <<<"$targets"
echo "$(wc -l <<<"$targets") fuzz targets ran"
