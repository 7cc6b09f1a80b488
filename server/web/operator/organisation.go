package operator

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// organisations are those of one kind that this server works for.
type organisations interface {
	path() string // of their pages
	kind() staff.Kind
	list(ctx context.Context, by staff.Member) ([]organisation, error)
	find(ctx context.Context, by staff.Member, number string) (organisation, error)
	// add and set take what the form gives. What is Invalid is of one of its fields.
	add(ctx context.Context, by staff.Member, number string, form values) (organisation, error)
	set(ctx context.Context, by staff.Member, number string, form values) (organisation, error)
	fields() []field
}

// organisation is one insurer or facility as the pages show it.
type organisation struct {
	staff.Organisation
	Paper string // the number as printed
	Name  string
	facts []Fact
	now   map[string]string // the fields' values
}

// values returns what a form gives for a field, nil where it has none of that name.
type values func(name string) *string

// field is one of a form.
type field struct {
	name, label string
	kind        string // of the input; empty: text
	most        int    // characters
	needed      bool
	help        string // key; empty: none
}

// numberField is the one that makes an organisation, and never changes.
const numberField = "number"

type insurers struct {
	directory *insurer.Directory
	host      string // Office.Host
}

func (insurers) path() string     { return "/operator/insurers" }
func (insurers) kind() staff.Kind { return staff.KindInsurer }

func (insurers) fields() []field {
	return []field{
		{name: "name", label: "staff.papersettings.name", most: 60, needed: true},
		{name: "issuer", label: "staff.papersettings.issuerAsItSignsPapers", most: 60, needed: true},
		{
			name:   "telephone",
			label:  "staff.papersettings.telephoneOnEveryPageAnd",
			kind:   "tel",
			most:   60,
			needed: true,
		},
		{name: "unit", label: "staff.papersettings.unit", most: 60},
		{name: "address", label: "staff.papersettings.returnAddress", most: 60},
		{name: "hours", label: "staff.papersettings.whenItIsAnswered", most: 60},
		{name: "colour", label: "staff.papersettings.colourOfCertificates", most: 7, help: "operator.colour"},
		{name: "state", label: "staff.papersettings.codeOfNoticesBeginningWith", kind: "url", most: 100},
	}
}

func (s insurers) entry(in insurer.Insurer) organisation {
	report := insurer.NewReport(in, s.host)
	return organisation{
		Organisation: staff.OfInsurer(in.Number),
		Paper:        report.Paper,
		Name:         in.Name,
		facts: []Fact{
			{message.New("operator.insurerNumber", nil), report.Paper},
			{message.New("operator.insurerKind", nil), report.Kind},
			{message.New("operator.issuer", nil), in.Issuer},
			{message.New("operator.telephone", nil), in.Telephone},
			{message.New("operator.trustName", nil), report.ISS},
		},
		now: map[string]string{
			"name": in.Name, "issuer": in.Issuer, "telephone": in.Telephone, "unit": in.Branding.Unit,
			"address": in.Branding.Address, "hours": in.Branding.Hours, "colour": in.Branding.Colour,
			"state": in.Branding.State,
		},
	}
}

func (s insurers) list(ctx context.Context, _ staff.Member) (all []organisation, err error) {
	known, err := s.directory.All(ctx)
	for _, in := range known {
		all = append(all, s.entry(in))
	}
	return all, err
}

func (s insurers) find(ctx context.Context, _ staff.Member, number string) (organisation, error) {
	in, err := s.directory.Insurer(ctx, eligibility.InsurerNumber(number))
	if err != nil {
		return organisation{}, err
	}
	return s.entry(in), nil
}

func givenInsurer(form values) insurer.Given {
	return insurer.Given{
		Name:      form("name"),
		Issuer:    form("issuer"),
		Telephone: form("telephone"),
		Unit:      form("unit"),
		Address:   form("address"),
		Hours:     form("hours"),
		Colour:    form("colour"),
		State:     form("state"),
	}
}

func (s insurers) add(
	ctx context.Context, by staff.Member, text string, form values,
) (organisation, error) {
	number, err := insurer.ReadNumber(text)
	if err != nil {
		return organisation{}, err
	}
	in, err := s.directory.AddInsurer(ctx, by, number, givenInsurer(form))
	if err != nil {
		return organisation{}, err
	}
	return s.entry(in), nil
}

func (s insurers) set(
	ctx context.Context, by staff.Member, number string, form values,
) (organisation, error) {
	in, err := s.directory.SetInsurer(ctx, by, eligibility.InsurerNumber(number), givenInsurer(form))
	if err != nil {
		return organisation{}, err
	}
	return s.entry(in), nil
}

type facilities struct {
	known   *staff.Facilities
	readers func(facility string) int                              // Office.Readers
	url     func(ctx context.Context, code string) (string, error) // Office.FacilityURL
}

func (facilities) path() string     { return "/operator/facilities" }
func (facilities) kind() staff.Kind { return staff.KindFacility }

func (facilities) fields() []field {
	return []field{
		{name: "name", label: "operator.facilityName", most: 60, needed: true},
		{name: "address", label: "operator.facilityAddress", most: 120},
		{name: "telephone", label: "operator.telephone", kind: "tel", most: 20},
		{
			name:  "blanking",
			label: "staff.facility.blanking",
			kind:  "number",
			most:  3,
			help:  "staff.facility.blankingWhat",
		},
	}
}

func (s facilities) entry(ctx context.Context, f staff.Facility) (organisation, error) {
	url, err := s.url(ctx, f.Code)
	if err != nil {
		return organisation{}, err
	}
	report := staff.NewFacilityReport(f, url)
	seconds := strconv.Itoa(report.Blanking)
	return organisation{
		Organisation: staff.OfFacility(f.Code),
		Paper:        f.Code,
		Name:         f.Name,
		facts: []Fact{
			{message.New("operator.facilityCode", nil), f.Code},
			{message.New("operator.facilityAddress", nil), f.Address},
			{message.New("operator.telephone", nil), f.Telephone},
			{message.New("staff.facility.blanking", nil), seconds},
			{message.New("operator.readers", nil), strconv.Itoa(s.readers(f.Code))},
			{message.New("operator.trustName", nil), report.URL},
		},
		now: map[string]string{
			"name":      f.Name,
			"address":   f.Address,
			"telephone": f.Telephone,
			"blanking":  seconds,
		},
	}, nil
}

func (s facilities) list(ctx context.Context, by staff.Member) (all []organisation, err error) {
	known, err := s.known.List(ctx, by)
	for _, f := range known {
		o, err := s.entry(ctx, f)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, err
}

func (s facilities) find(ctx context.Context, by staff.Member, code string) (organisation, error) {
	f, err := s.known.Facility(ctx, by, code)
	if err != nil {
		return organisation{}, err
	}
	return s.entry(ctx, f)
}

func givenFacility(form values) staff.GivenFacility {
	return staff.GivenFacility{
		Name:      form("name"),
		Address:   form("address"),
		Telephone: form("telephone"),
		Blanking:  staff.ReadBlanking(form("blanking")),
	}
}

func (s facilities) add(
	ctx context.Context, by staff.Member, code string, form values,
) (organisation, error) {
	f := givenFacility(form).On(staff.Facility{Code: code, Blanking: staff.DefaultBlanking})
	if err := s.known.Add(ctx, by, f); err != nil {
		return organisation{}, err
	}
	return s.find(ctx, by, code)
}

func (s facilities) set(
	ctx context.Context, by staff.Member, code string, form values,
) (organisation, error) {
	f, err := s.known.Change(ctx, by, code, givenFacility(form))
	if err != nil {
		return organisation{}, err
	}
	return s.entry(ctx, f)
}

// defaults are what a form for a new organisation holds.
func defaults(of organisations) map[string]string {
	if of.kind() == staff.KindFacility {
		return map[string]string{"blanking": strconv.Itoa(int(staff.DefaultBlanking / time.Second))}
	}
	return nil
}

// fieldOf is the form's field that an error of a service speaks of.
func fieldOf(named string) string {
	if slices.Contains([]string{"NUMBER", "code"}, named) {
		return numberField
	}
	return strings.ToLower(named)
}
