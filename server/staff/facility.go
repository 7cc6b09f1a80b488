package staff

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
)

// Facility is a hospital, clinic or pharmacy whose counter works on this server.
type Facility struct {
	Code      string // 医療機関コード, 10 digits: prefecture 2, fee table 1, facility 7
	Name      string
	Address   string // may be empty
	Telephone string // may be empty
	// Blanking is after how long without use a patient's data are taken off the counter's page: from 30 s to
	// 10 min; one touch brings them back.
	Blanking time.Duration
	// CopyByYear: what the counter copies for the receipt computer has birth dates by the western year, not
	// by era. A counter PC may be set otherwise.
	CopyByYear bool
	// Retention is for how many years its counter's records are kept (retention.go).
	Retention int
}

// Bounds of Facility.Blanking, and what a facility has that sets none.
const (
	LeastBlanking   = 30 * time.Second
	MostBlanking    = 10 * time.Minute
	DefaultBlanking = time.Minute
)

// Refusals of a facility.
var (
	ErrNoFacility    = &eligibility.Error{Code: eligibility.NotFound, Key: "facility.none"}
	ErrKnownFacility = &eligibility.Error{Code: eligibility.Conflict, Key: "facility.known", Field: "code"}
	errNoChange      = &eligibility.Error{Code: eligibility.Invalid, Key: "facility.no_change"}

	errFacilityCode = &eligibility.Error{Code: eligibility.Invalid, Key: "facility.code", Field: "code"}
	errFacilityText = &eligibility.Error{Code: eligibility.Invalid, Key: "facility.text"}
	errBlanking     = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "facility.blanking",
		Field: "blanking",
	}
)

// clean is the facility as it is stored. The seventh digit of a facility's own number is a check digit, but
// no public standard says how it is made, so it is not checked.
func (f Facility) clean() (Facility, error) {
	digits := func(r rune) bool { return r < '0' || r > '9' }
	if len(f.Code) != 10 || strings.ContainsFunc(f.Code, digits) {
		return f, errFacilityCode
	}
	for _, text := range []struct {
		field string
		value *string
		most  int // characters
		empty bool
	}{
		{"name", &f.Name, 60, false},
		{"address", &f.Address, 120, true},
		{"telephone", &f.Telephone, 20, true},
	} {
		*text.value = strings.TrimSpace(*text.value)
		unprinted := func(r rune) bool { return !unicode.IsPrint(r) && r != '　' }
		if n := utf8.RuneCountInString(*text.value); n > text.most || n == 0 && !text.empty ||
			!utf8.ValidString(*text.value) || strings.ContainsFunc(*text.value, unprinted) {
			return f, errFacilityText.In(text.field)
		}
		// behind a + a telephone has twelve digits, too
		if !strings.HasPrefix(*text.value, "+") && eligibility.HoldsMyNumber(*text.value) {
			return f, eligibility.ErrMyNumberTyped.In(text.field)
		}
	}
	if strings.ContainsFunc(
		f.Telephone,
		func(r rune) bool { return !strings.ContainsRune("0123456789-+() ", r) },
	) {
		return f, errFacilityText.In("telephone")
	}
	if f.Blanking == 0 {
		f.Blanking = DefaultBlanking
	}
	if f.Blanking < LeastBlanking || f.Blanking > MostBlanking || f.Blanking%time.Second != 0 {
		return f, errBlanking
	}
	if f.Retention == 0 {
		f.Retention = DefaultRetention
	}
	if f.Retention < LeastRetention || f.Retention > MostRetention {
		return f, errRetention
	}
	return f, nil
}

// FacilityStore keeps facilities. What there is not is NotFound.
type FacilityStore interface {
	// Members returns an organisation's members, also those who are locked or removed.
	Members(ctx context.Context, of Organisation) ([]Member, error)
	// Facilities returns all facilities in the order of their codes.
	Facilities(ctx context.Context) ([]Facility, error)
	Facility(ctx context.Context, code string) (Facility, error)
	// AddFacility stores a new facility, or returns ErrKnownFacility.
	AddFacility(ctx context.Context, f Facility, e audit.Entry) error
	// SetFacility changes a facility to what change makes of it, unless that returns an error for the
	// facility, its members and those of the operator as they are.
	SetFacility(
		ctx context.Context, code string, change func(FacilityRow) (Facility, error), e audit.Entry,
	) error
}

// FacilityRow is a facility as it is stored, with those who may be its administrators.
type FacilityRow struct {
	Facility
	Members, Operators []Member // also those who are locked or removed
}

// Facilities are those whose counters work on this server.
type Facilities struct {
	store FacilityStore
	now   func() time.Time
}

// Add makes a facility known: for a member of the operator's staff, or a command.
func (s *Facilities) Add(ctx context.Context, by Principal, f Facility) error {
	if err := s.operates(ctx, by); err != nil {
		return err
	}
	f, err := f.clean()
	if err != nil {
		return err
	}
	return s.store.AddFacility(ctx, f, s.entry(by, "facility.add", f.Code))
}

// List returns all facilities in the order of their codes, for a member of the operator's staff or a command.
func (s *Facilities) List(ctx context.Context, by Principal) ([]Facility, error) {
	if err := s.operates(ctx, by); err != nil {
		return nil, err
	}
	return s.store.Facilities(ctx)
}

// Facility returns a facility, for any of its members, a member of the operator's staff, or a command.
func (s *Facilities) Facility(ctx context.Context, by Principal, code string) (Facility, error) {
	if err := s.operates(ctx, by); err != nil {
		own := OfFacility(code)
		if !by.within().Holds(own) {
			return Facility{}, ErrNoFacility
		}
		all, err := s.store.Members(ctx, own)
		if err == nil {
			err = roster(all).present(by)
		}
		if err != nil {
			return Facility{}, err
		}
	}
	f, err := s.store.Facility(ctx, code)
	return f, notFoundAs(err, ErrNoFacility)
}

// Set changes a facility that is known by its code: for one of its administrators, a member of the operator's
// staff, or a command.
func (s *Facilities) Set(ctx context.Context, by Principal, f Facility) error {
	f, err := f.clean()
	if err != nil {
		return err
	}
	_, err = s.change(ctx, by, f.Code, func(Facility) (Facility, error) { return f, nil })
	return err
}

// GivenFacility is what a command says of a facility: what it does not say stays as it is. Its tags are the
// flags of `madoguchi facility add` and `facility set`.
type GivenFacility struct {
	Name      *string `help:"its name, e.g. 架空医院"`
	Address   *string `help:"所在地"`
	Telephone *string `help:"digits and hyphens"`
	Blanking  *int    `help:"${facility_blanking}"`
	Retention *int    `help:"${facility_retention}"`

	CopyByYear *bool `negatable:"" help:"${facility_copy_by_year}"`
}

// ReadCopyByYear is GivenFacility.CopyByYear as a form gives it, nil where it gives none.
func ReadCopyByYear(calendar *string) *bool {
	if calendar == nil {
		return nil
	}
	byYear := *calendar == "year"
	return &byYear
}

// ReadBlanking is GivenFacility.Blanking as a form gives it, nil where it gives none. What is no number is
// refused as any other number that is not within the bounds.
func ReadBlanking(text *string) *int {
	if text == nil {
		return nil
	}
	seconds, err := strconv.Atoi(strings.TrimSpace(*text))
	if err != nil {
		seconds = -1
	}
	return &seconds
}

// On returns the facility with what is given. Empty text takes away what may be missing.
func (g GivenFacility) On(f Facility) Facility {
	for _, text := range []struct{ given, to *string }{
		{g.Name, &f.Name}, {g.Address, &f.Address}, {g.Telephone, &f.Telephone},
	} {
		if text.given != nil {
			*text.to = *text.given
		}
	}
	if g.Blanking != nil {
		// 0 would be the default, and what overflows a Duration could be anything
		f.Blanking = time.Duration(min(max(*g.Blanking, 1), 1_000_000)) * time.Second
	}
	if g.CopyByYear != nil {
		f.CopyByYear = *g.CopyByYear
	}
	if g.Retention != nil {
		f.Retention = max(*g.Retention, 1) // 0 would be the default
	}
	return f
}

// Change changes what is given of a facility and returns it as it is then: for those who may Set it.
func (s *Facilities) Change(
	ctx context.Context, by Principal, code string, given GivenFacility,
) (Facility, error) {
	if given == (GivenFacility{}) {
		return Facility{}, errNoChange
	}
	return s.change(ctx, by, code, func(f Facility) (Facility, error) { return given.On(f).clean() })
}

func (s *Facilities) change(
	ctx context.Context, by Principal, code string, to func(Facility) (Facility, error),
) (changed Facility, err error) {
	own := OfFacility(code)
	if !by.within().Holds(own) && !by.within().Holds(TheOperator) {
		return Facility{}, ErrNoFacility
	}
	err = s.store.SetFacility(
		ctx,
		code,
		func(row FacilityRow) (Facility, error) {
			administrators := roster(row.Operators)
			if by.within().Holds(own) {
				administrators = roster(row.Members)
			}
			if err := administrators.administers(by); err != nil {
				return Facility{}, err
			}
			changed, err = to(row.Facility)
			return changed, err
		},
		s.entry(by, "facility.set", code),
	)
	return changed, notFoundAs(err, ErrNoFacility)
}

// FacilityReport is a facility as the commands print it.
type FacilityReport struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Address   string `json:"address"`
	Telephone string `json:"telephone"`
	Blanking  int    `json:"blankingSeconds"`
	ByYear    bool   `json:"copyByYear"`
	Retention int    `json:"retentionYears"`
	URL       string `json:"url"` // by which the trust list names it
}

// NewFacilityReport is a facility that the trust list names by url as the commands print it.
func NewFacilityReport(f Facility, url string) FacilityReport {
	return FacilityReport{
		Code:      f.Code,
		Name:      f.Name,
		Address:   f.Address,
		Telephone: f.Telephone,
		Blanking:  int(f.Blanking / time.Second),
		ByYear:    f.CopyByYear,
		Retention: f.Retention,
		URL:       url,
	}
}

// Sentence is what happened to the facility (facility.added, facility.changed) or its line in a list
// (facility.line).
func (r FacilityReport) Sentence(key string) message.Message {
	const none = "-" // in a list, where each has its place
	r.Address, r.Telephone = cmp.Or(r.Address, none), cmp.Or(r.Telephone, none)
	return message.New(key, message.Args{
		"code":      message.Text(r.Code),
		"name":      message.Text(r.Name),
		"address":   message.Text(r.Address),
		"telephone": message.Text(r.Telephone),
		"blanking":  message.Number(r.Blanking),
		"url":       message.Text(r.URL),
	})
}

// operates returns nil for the operator's staff, and for a command that is for no insurer.
func (s *Facilities) operates(ctx context.Context, by Principal) error {
	if !by.within().Holds(TheOperator) {
		return ErrRefused
	}
	all, err := s.store.Members(ctx, TheOperator)
	if err != nil {
		return err
	}
	return roster(all).present(by)
}

func (s *Facilities) entry(by Principal, action, code string) audit.Entry {
	return audit.Entry{At: s.now(), Actor: by.Actor(), Action: action, Detail: code}
}
