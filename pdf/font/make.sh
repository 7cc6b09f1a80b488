#!/usr/bin/env bash
# Makes the embedded fonts from Debian's packages fonts-morisawa-bizud-gothic, fonts-ipamj-mincho,
# fonts-hanazono and python3-fonttools, and packs them with zstd: of the first all characters and variation
# sequences, without hints, layout features and vertical metrics; of the others see rare.py.
set -euo pipefail
cd "$(dirname "$0")"
/usr/bin/python3 -m fontTools.subset /usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Regular.ttf \
  --unicodes='*' --layout-features='' --no-hinting --desubroutinize --notdef-outline --name-IDs='*' \
  --drop-tables+=GSUB,GPOS,vhea,vmtx,DSIG,gasp,BASE,VORG --output-file=BIZUDPGothic-Regular.ttf
/usr/bin/python3 rare.py /usr/share/fonts/truetype/ipamj/ipamjm.ttf \
  /usr/share/fonts/truetype/hanazono/HanaMinA.ttf
for font in BIZUDPGothic-Regular rare-mincho sequences-mincho; do
  zstd -q -f --ultra -22 --long=27 --rm "$font.ttf"
done
sha256sum *.zst
