#!/usr/bin/env bash
# Installs what `make test` needs: on Debian by apt-get (as root or with sudo), elsewhere it names what is
# missing.
set -euo pipefail
cd "$(dirname "$0")/.."

# a program or file that shows that a package is there, and the Debian package that brings it
needs=(
  "chromium chromium"
  "pdftotext poppler-utils"
  "qpdf qpdf"
  "certutil libnss3-tools"
  "javac default-jdk-headless"
  "/usr/share/java/preflight.jar libpdfbox2-java"
  "/usr/share/java/javax.activation.jar libactivation-java"
  "/usr/share/java/jaxb-api.jar libjaxb-api-java"
  "/usr/share/java/commons-io.jar libcommons-io-java"
  "zbarimg zbar-tools"
  "/usr/lib/python3/dist-packages/fontTools python3-fonttools"
  "gcc gcc"
  "/usr/sbin/pcscd pcscd"
  "/etc/reader.conf.d/vpcd vsmartcard-vpcd"
  "opensc-tool opensc"
  "pcsc_scan pcsc-tools"
  "openssl openssl"
  "curl curl"
  "wine wine"
  "/usr/lib/wine/wine64 wine64"
  "x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64-win32"
  "ip iproute2"
  "/usr/share/doc/postgresql postgresql"
  "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-noto-cjk"
  "/usr/share/doc/fonts-morisawa-bizud-gothic/copyright fonts-morisawa-bizud-gothic"
)

has() { case "$1" in /*) [ -e "$1" ] ;; *) command -v "$1" >/dev/null 2>&1 ;; esac; }
node_ok() {
  command -v node >/dev/null 2>&1 && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]
}

missing=()
for need in "${needs[@]}"; do
  read -r sign package <<<"$need"
  has "$sign" || missing+=("$package")
done
node_ok && has npm || missing+=(nodejs npm)

if [ ${#missing[@]} -gt 0 ]; then
  if ! has apt-get; then
    echo "Please install: ${missing[*]} (Node must be 20 or newer)." >&2
    exit 1
  fi
  sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || { echo "Please install as root: ${missing[*]}" >&2; exit 1; }
    sudo=sudo
  fi
  echo "installing: ${missing[*]}"
  # The tests start servers of their own: no other is to run because of them.
  if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    $sudo mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" |
      $sudo tee /etc/postgresql-common/createcluster.d/madoguchi.conf >/dev/null
  fi
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
fi
node_ok || {
  echo "Node 20 or newer is needed here; this distribution brings an older one." \
    "Please install a newer one." >&2
  exit 1
}

# What the tests run against from npm: independent verifiers, the type checker. Lighthouse is no test's:
# make lighthouse.
while read -r lock; do
  folder=$(dirname "$lock")
  stamp="$folder/node_modules/.installed"
  if [ ! -e "$stamp" ] || [ "$lock" -nt "$stamp" ]; then
    echo "npm ci in $folder"
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
    touch "$stamp"
  fi
done < <(git ls-files '*package-lock.json' ':!scripts/lighthouse')
