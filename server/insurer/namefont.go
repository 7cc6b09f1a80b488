package insurer

import (
	"context"
	"slices"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
	"madoguchi/pdf/font"
	"madoguchi/server/audit"
)

// rareTexts are those of a screen's texts that hold a character outside JIS X 0208, or a variant by a
// selector: what a phone's own fonts may lack.
func rareTexts(p eligibility.Person, in Insurer) []string {
	var rare []string
	kana := norm.NFKC.String(p.Kana)
	for _, text := range []string{p.Name, kana, p.Alias, p.SubscriberName, in.Name, p.Address} {
		if len(eligibility.ReceiptRejects(text)) > 0 {
			rare = append(rare, text)
		}
	}
	return rare
}

// RareText reports whether the screen's names need the font of NameFont, and whether the fonts here lack a
// shape that they ask for: a character, or its variant.
func (s Screen) RareText() (needsFont, lacksShapes bool) {
	rare := rareTexts(s.Person, s.Insurer)
	lacks := func(text string) bool { return !font.Complete(text) }
	return len(rare) > 0, slices.ContainsFunc(rare, lacks)
}

// NameFont cuts a TrueType font with the names of a person whom this login may show; nil where every phone
// can draw them, and where no font here has a shape of them.
func (d *Documents) NameFont(ctx context.Context, viewer Viewer, id audit.PersonID) ([]byte, error) {
	record, in, err := d.Enrolment.shownPerson(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	return font.ForScreen(rareTexts(record.Person, in)...), nil
}
