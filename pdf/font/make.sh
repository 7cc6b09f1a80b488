#!/usr/bin/env bash
# Makes the embedded font from Debian's packages fonts-morisawa-bizud-gothic and python3-fonttools:
# all characters and variation sequences, without hints, layout features and vertical metrics.
set -euo pipefail
cd "$(dirname "$0")"
/usr/bin/python3 -m fontTools.subset /usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Regular.ttf \
  --unicodes='*' --layout-features='' --no-hinting --desubroutinize --notdef-outline --name-IDs='*' \
  --drop-tables+=GSUB,GPOS,vhea,vmtx,DSIG,gasp,BASE,VORG --output-file=BIZUDPGothic-Regular.ttf
sha256sum BIZUDPGothic-Regular.ttf
