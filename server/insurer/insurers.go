package insurer

import (
	"context"
	"strings"
	"unicode/utf8"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Refusals of the commands that make insurers known.
var (
	ErrKnownInsurer = &eligibility.Error{Code: eligibility.Conflict, Key: "insurer.known", Field: "NUMBER"}
	// ErrNoSystem is returned for a number whose 法別番号 no health insurance has.
	ErrNoSystem = &eligibility.Error{Code: eligibility.Invalid, Key: "import.no_system"}

	errAssistance = &eligibility.Error{Code: eligibility.Invalid, Key: "insurer.assistance", Field: "NUMBER"}
	errNoChange   = &eligibility.Error{Code: eligibility.Invalid, Key: "insurer.no_change"}
)

// Given is what a command says of an insurer: what it does not say stays as it is. Its tags are the flags of
// `madoguchi insurer add` and `insurer set`.
type Given struct {
	Name      *string `help:"保険者名, e.g. 架空市"`
	Issuer    *string `help:"交付者名, who stands behind its documents, e.g. 架空市長"`
	Telephone *string `help:"shown on every page, paper and error"`
	Unit      *string `help:"担当部署"`
	Address   *string `help:"where people write to"`
	Hours     *string `help:"when the telephone is answered"`
	Colour    *string `help:"of certificates, as #1a5fb4"`
	State     *string `help:"what code ① on papers says; empty for マイナポータル's own address"`
}

// on returns the insurer with what is given. Empty text takes away what may be missing.
func (g Given) on(in Insurer) Insurer {
	for _, f := range []struct {
		given *string
		to    *string
	}{
		{g.Name, &in.Name},
		{g.Issuer, &in.Issuer},
		{g.Telephone, &in.Telephone},
		{g.Unit, &in.Branding.Unit},
		{g.Address, &in.Branding.Address},
		{g.Hours, &in.Branding.Hours},
		{g.Colour, &in.Branding.Colour},
		{g.State, &in.Branding.State},
	} {
		if f.given != nil {
			*f.to = strings.TrimSpace(*f.given)
		}
	}
	return in
}

// check returns an error for settings that an insurer's papers cannot have.
func (in Insurer) check() error {
	for _, f := range []struct {
		field, value string
		needed       bool
	}{
		{"name", in.Name, true}, {"issuer", in.Issuer, true}, {"telephone", in.Telephone, true},
		{"unit", in.Branding.Unit, false}, {"address", in.Branding.Address, false},
		{"hours", in.Branding.Hours, false},
	} {
		switch {
		case f.needed && f.value == "":
			return errSettingMissing.In(f.field)
		case utf8.RuneCountInString(f.value) > maxSetting:
			setting := message.Nested(message.New("look.setting."+f.field, nil))
			return errSettingLong.With(message.Args{"setting": setting}).In(f.field)
		// behind a + a telephone has twelve digits, too
		case !strings.HasPrefix(f.value, "+") && eligibility.HoldsMyNumber(f.value):
			return eligibility.ErrMyNumberTyped.In(f.field)
		}
	}
	if _, ok := colourOf(in.Branding.Colour); in.Branding.Colour != "" && !ok {
		return errSettingColour
	}
	if in.Branding.State != "" && !ofTheState(in.Branding.State) {
		return errSettingState
	}
	return nil
}

// ReadNumber reads the 保険者番号 of an insurer that this program can serve: one with a right check digit, of a
// system of health insurance. 医療扶助 (法別番号 12) is refused by its own sentence: it is no insurance.
func ReadNumber(text string) (eligibility.InsurerNumber, error) {
	number, err := eligibility.ParseInsurerNumber(text)
	switch {
	case err != nil:
		return "", eligibility.ErrInsurerNumber.In("NUMBER")
	case number.PublicExpense():
		return "", errAssistance
	case number.Kind() == "":
		return "", ErrNoSystem.In("NUMBER")
	}
	return number, nil
}

// AddInsurer makes an insurer known to this server, with its first signing key, so that a trust list can name
// it and a certificate can be asked for: for a member of the operator's staff, or a command. It returns
// ErrKnownInsurer where it is known already.
func (d *Directory) AddInsurer(
	ctx context.Context, by staff.Principal, number eligibility.InsurerNumber, given Given,
) (Insurer, error) {
	in := given.on(Insurer{Number: number})
	if err := in.check(); err != nil {
		return Insurer{}, err
	}
	may := func(operators []staff.Member) error {
		return staff.LooksAfter(by, staff.OfInsurer(number), operators)
	}
	err := d.store.AddInsurer(ctx, in, may, d.entry(by, "insurer.add"))
	if err != nil {
		return Insurer{}, notFoundAs(err, errNoInsurer)
	}
	_, err = d.keys.Issuer(number, d.now()) // a broken off start makes it later
	return in, err
}

// SetInsurer changes what is given of an insurer: for a member of the operator's staff, or a command that is
// for this one.
func (d *Directory) SetInsurer(
	ctx context.Context, by staff.Principal, number eligibility.InsurerNumber, given Given,
) (Insurer, error) {
	if given == (Given{}) {
		return Insurer{}, errNoChange
	}
	var now Insurer
	err := d.store.SetInsurer(
		ctx,
		number,
		func(in Insurer, operators []staff.Member) (Insurer, error) {
			if err := staff.LooksAfter(by, staff.OfInsurer(number), operators); err != nil {
				return Insurer{}, err
			}
			now = given.on(in)
			return now, now.check()
		},
		d.entry(by, "insurer.settings"),
	)
	return now, notFoundAs(err, errNoInsurer)
}

func (d *Directory) entry(by interface{ Actor() audit.Actor }, action string) audit.Entry {
	return audit.Entry{At: d.now(), Actor: by.Actor(), Action: action}
}

// Choices returns the insurers that a clerk may choose from: the own one, and for the demo's staff, who are
// picked by name, all of this server.
func (d *Directory) Choices(ctx context.Context, clerk staff.Clerk) ([]Insurer, error) {
	if d.demo && clerk.Role == staff.Everything {
		return d.store.Insurers(ctx)
	}
	own, err := d.Insurer(ctx, clerk.Insurer)
	if err != nil {
		return nil, err
	}
	return []Insurer{own}, nil
}

// Report is an insurer as the commands print it.
type Report struct {
	Number    eligibility.InsurerNumber `json:"number"` // eight digits
	Paper     string                    `json:"paper"`  // as printed: six digits for 国民健康保険
	Kind      string                    `json:"kind"`   // 国民健康保険, 後期高齢者医療 …
	Name      string                    `json:"name"`
	Issuer    string                    `json:"issuer"`
	Telephone string                    `json:"telephone"`
	Unit      string                    `json:"unit"`
	Address   string                    `json:"address"`
	Hours     string                    `json:"hours"`
	Colour    string                    `json:"colour"`
	State     string                    `json:"state"`
	ISS       string                    `json:"iss"` // by which trust lists name it
}

// NewReport is an insurer of the server with this HOST as the commands print it.
func NewReport(in Insurer, host string) Report {
	return Report{
		Number:    in.Number,
		Paper:     in.Number.Paper(),
		Kind:      in.Number.Kind(),
		Name:      in.Name,
		Issuer:    in.Issuer,
		Telephone: in.Telephone,
		Unit:      in.Branding.Unit,
		Address:   in.Branding.Address,
		Hours:     in.Branding.Hours,
		Colour:    in.Branding.Colour,
		State:     in.Branding.State,
		ISS:       host + "/i/" + string(in.Number),
	}
}

// Sentence is what happened to the insurer (insurer.added, insurer.changed) or its line in a list
// (insurer.line).
func (r Report) Sentence(key string) message.Message {
	return message.New(key, message.Args{
		"number":    message.Text(r.Paper),
		"name":      message.Text(r.Name),
		"issuer":    message.Text(r.Issuer),
		"telephone": message.Text(r.Telephone),
		"iss":       message.Text(r.ISS),
	})
}
