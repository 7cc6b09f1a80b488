package insurer

import (
	"context"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// branding is how an insurer's papers are signed and coloured.
func (o *Directory) branding(ctx context.Context, in Insurer) (pdf.Branding, error) {
	l := pdf.Branding{
		Name:      in.Name,
		Issuer:    in.Issuer,
		Telephone: in.Telephone,
		Unit:      in.Look.Unit,
		Address:   in.Look.Address,
		Hours:     in.Look.Hours,
	}
	if c, ok := colourOf(in.Look.Colour); ok {
		l.Colour = c
	}
	mark, err := o.store.Logo(ctx, in.Number)
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
func (o *Directory) UpdateSettings(ctx context.Context, clerk staff.Clerk, in Insurer, mark []byte) error {
	if in.Number != clerk.Insurer {
		return errNoInsurer
	}
	for _, f := range []struct {
		field, value string
		needed       bool
	}{
		{"name", in.Name, true}, {"issuer", in.Issuer, true}, {"telephone", in.Telephone, true},
		{"unit", in.Look.Unit, false}, {"address", in.Look.Address, false}, {"hours", in.Look.Hours, false},
	} {
		switch {
		case f.needed && f.value == "":
			return errSettingMissing.In(f.field)
		case utf8.RuneCountInString(f.value) > maxSetting:
			setting := message.Of(message.New("look.setting."+f.field, nil))
			return errSettingLong.With(message.Args{"setting": setting}).In(f.field)
		}
	}
	if _, ok := colourOf(in.Look.Colour); in.Look.Colour != "" && !ok {
		return errSettingColour
	}
	if in.Look.State != "" && !ofTheState(in.Look.State) {
		return errSettingState
	}
	if len(mark) > 0 {
		var err error
		if mark, err = pdf.CleanLogo(mark); err != nil {
			return err
		}
	}
	if _, err := o.Insurer(ctx, in.Number); err != nil {
		return err
	}
	return o.store.PutSettings(ctx, in, mark, audit.Entry{
		At:     o.now(),
		Actor:  clerk.Actor(),
		Action: "insurer.settings",
		Detail: string(in.Number),
	})
}
