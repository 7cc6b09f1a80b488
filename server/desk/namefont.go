package desk

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
	"madoguchi/pdf/font"
)

// rareTexts are those of a screen's texts that hold a character outside JIS X 0208, or a variant by a selector: what a phone's
// own fonts may lack.
func rareTexts(p eligibility.Person, in Insurer) []string {
	var rare []string
	for _, text := range []string{p.Name, norm.NFKC.String(p.Kana), p.Alias, p.SubscriberName, in.Name, p.Address} {
		if len(eligibility.ReceiptRejects(text)) > 0 {
			rare = append(rare, text)
		}
	}
	return rare
}

// HasRareText reports whether the screen's names need the font of NameFont.
func (s Screen) HasRareText() bool { return len(rareTexts(s.Person, s.Insurer)) > 0 }

// NameFont cuts a TrueType font with the names of a person whom this login may show; nil where every phone can draw them.
func (o *Office) NameFont(ctx context.Context, subject string, id PersonID) ([]byte, error) {
	record, in, err := o.shown(ctx, subject, id)
	if err != nil {
		return nil, err
	}
	rare := rareTexts(record.Person, in)
	if len(rare) == 0 {
		return nil, nil
	}
	return font.ForScreen(rare...), nil
}
