#!/usr/bin/python3
"""Cuts the two fonts that draw a text of which BIZ UDPGothic has not every shape (README.md).

Usage: rare.py IPAMJ.ttf HANAMINA.ttf, in the folder of the embedded fonts. Needs python3-fonttools.
"""
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem


def characters(font):
    return set(font.getBestCmap())


def sequences(font):
    return {(base, selector) for table in font["cmap"].tables if table.format == 14
            for selector, pairs in table.uvsDict.items() for base, _ in pairs}


def keep_sequences(font, wanted):
    for table in font["cmap"].tables:
        if table.format == 14:
            table.uvsDict = {selector: kept for selector, pairs in table.uvsDict.items()
                             if (kept := [p for p in pairs if (p[0], selector) in wanted])}


def cut(font, wanted_characters, wanted_sequences, name, notice, path):
    keep_sequences(font, wanted_sequences)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.name_languages = ["*"]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "vhea", "vmtx", "VORG", "BASE", "gasp", "DSIG", "JSTF"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted_characters | {base for base, _ in wanted_sequences})
    cutter.subset(font)
    if font["head"].unitsPerEm != 2048:
        scale_upem(font, 2048)
    # A cut is a derived work and must not bear the original's name; what it comes from is told in the
    # description.
    kept = [r for r in font["name"].names if r.nameID in (0, 13, 14)]
    font["name"].names = kept
    names = (
        (1, name),
        (2, "Regular"),
        (3, name + " 1"),
        (4, name),
        (5, "Version 1.0"),
        (6, name.replace(" ", "")),
        (10, notice),
    )
    for name_id, text in names:
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(path)
    print(path, len(font.getGlyphOrder()), "glyphs")


def main():
    main_font = TTFont("BIZUDPGothic-Regular.ttf")
    ipa, hana = TTFont(sys.argv[1]), TTFont(sys.argv[2])
    have = characters(main_font)

    def kanji(c):
        return 0x3400 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF

    # 𠮷 and its like: the supplementary kanji that names use (JIS X 0213 has the rest, and the main font has
    # those).
    common_beyond_bmp = {0x20BB7}
    gap = {c for c in characters(ipa) - have if kanji(c) or c in common_beyond_bmp}

    def of_names(sequence):
        return sequence[0] in have or sequence[0] in gap

    # Each has what the main font has too: a name is drawn in one typeface.
    ipa_sequences = set(filter(of_names, sequences(ipa)))
    hana_sequences = {s for s in filter(of_names, sequences(hana)) if s[1] <= 0xE0105 and
                      (s[0] in have or s not in ipa_sequences)}
    cut(ipa, gap | have & characters(ipa), ipa_sequences, "Madoguchi Rare Mincho",
        "Cut from IPAmj Mincho 005.01 for Madoguchi; the original is published by the Character Information "
        "Technology Promotion Council.", "rare-mincho.ttf")
    cut(hana, (have | common_beyond_bmp) & characters(hana), hana_sequences, "Madoguchi Sequences",
        "Cut from HanaMinA (Hanazono Mincho) for Madoguchi and scaled to 2,048 units.",
        "sequences-mincho.ttf")


main()
