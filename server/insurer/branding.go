package insurer

import (
	"context"
	"encoding/hex"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// branding is how an insurer's papers are signed and coloured.
func (d *Directory) branding(ctx context.Context, in Insurer) (pdf.Branding, error) {
	l := pdf.Branding{
		Name:      in.Name,
		Issuer:    in.Issuer,
		Telephone: in.Telephone,
		Unit:      in.Branding.Unit,
		Address:   in.Branding.Address,
		Hours:     in.Branding.Hours,
	}
	if c, ok := colourOf(in.Branding.Colour); ok {
		l.Colour = c
	}
	mark, err := d.store.Logo(ctx, in.Number)
	if err != nil || len(mark) == 0 {
		return l, err
	}
	l.Logo, err = pdf.LogoOf(mark)
	return l, err
}

// colourOf reads #rrggbb.
func colourOf(s string) (pdf.Colour, bool) {
	b, err := hex.DecodeString(strings.TrimPrefix(s, "#"))
	if err != nil || len(b) != 3 || !strings.HasPrefix(s, "#") {
		return pdf.Colour{}, false
	}
	return pdf.Colour{R: b[0], G: b[1], B: b[2]}, true
}

// maxSetting is how long a setting may be, in characters: what a paper has room for.
const maxSetting = 60

var (
	errSettingMissing = &eligibility.Error{Code: eligibility.Invalid, Key: "look.missing"}
	errSettingLong    = &eligibility.Error{Code: eligibility.Invalid, Key: "look.long"}
	errSettingColour  = &eligibility.Error{Code: eligibility.Invalid, Key: "look.colour", Field: "colour"}
)

// UpdateSettings changes an insurer's settings; mark is a new PNG, nil to keep the old one, empty to have
// none. Nothing is stored when something is not right. The audit chain keeps what they were and are
// (SettingsChange).
func (d *Directory) UpdateSettings(ctx context.Context, clerk staff.Clerk, in Insurer, mark []byte) error {
	if in.Number != clerk.Insurer {
		return errNoInsurer
	}
	if err := in.check(); err != nil {
		return err
	}
	if len(mark) > 0 {
		var err error
		if mark, err = pdf.CleanLogo(mark); err != nil {
			return err
		}
	}
	if _, err := d.Insurer(ctx, in.Number); err != nil {
		return err
	}
	return d.store.PutSettings(ctx, in, mark, audit.Entry{
		At:     d.now(),
		Actor:  clerk.Actor(),
		Action: "insurer.settings",
		Detail: string(in.Number),
	})
}
