package insurer

import (
	"context"
	"slices"

	"madoguchi/eligibility"
	"madoguchi/pdf/font"
	"madoguchi/server/audit"
)

// rareTexts are those of a screen's texts that hold a character outside JIS X 0208, or a variant by a
// selector: what a phone's own fonts may lack. They are called as the screen's details are.
func rareTexts(p eligibility.Person, in Insurer) (details, texts []string) {
	kana := eligibility.NFKC(p.Kana)
	for _, detail := range [...]struct{ name, text string }{
		{"name", p.Name},
		{"kana", kana},
		{"alias", p.Alias},
		{"subscriberName", p.SubscriberName},
		{"insurerName", in.Name},
		{"address", p.Address},
	} {
		if len(eligibility.ReceiptRejects(detail.text)) > 0 {
			details, texts = append(details, detail.name), append(texts, detail.text)
		}
	}
	return details, texts
}

// RareTexts returns which details of the screen need the font of NameFont, which draws all of each: name,
// kana, alias, subscriberName, insurerName, address. It also reports whether the fonts here lack a shape that
// they ask for: a character, or its variant.
func (s Screen) RareTexts() (details []string, lacksShapes bool) {
	details, texts := rareTexts(s.Person, s.Insurer)
	lacks := func(text string) bool { return !font.Complete(text) }
	return details, slices.ContainsFunc(texts, lacks)
}

// NameFont cuts a TrueType font with the names of a person whom this login may show; nil where every phone
// can draw them, and where no font here has a shape of them.
func (d *Documents) NameFont(ctx context.Context, viewer Viewer, id audit.PersonID) ([]byte, error) {
	record, in, err := d.Enrolment.shownPerson(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	_, texts := rareTexts(record.Person, in)
	return font.ForScreen(texts...), nil
}
