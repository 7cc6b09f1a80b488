package counter

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter/paper"
	"madoguchi/server/staff"
)

// Papers are the cases of papers and screens without a signature, which staff see and type.
type Papers struct {
	cases      Cases
	store      PaperStore
	facilityOf func(ctx context.Context, reception staff.Reception) (Facility, error)
	now        func() time.Time
}

// NewPapers returns the papers of a service's cases.
func NewPapers(of *Service) Papers {
	return Papers{of.cases(), of.Store, of.FacilityOf, of.Now}
}

// PaperStore finds what was typed before.
type PaperStore interface {
	// PaperCases returns the newest accepted cases of a person (Case.Person) at a facility since a day, at
	// most limit.
	PaperCases(ctx context.Context, q PaperQuery) ([]Case, error)
}

// PaperQuery asks for the cases of a person.
type PaperQuery struct {
	Facility, Person string
	Since            eligibility.Date
	Limit            int
}

// Correction is what was typed before staff corrected it, and what the card said of it.
type Correction struct {
	Was   paper.Paper `json:"was"`
	Card  string      `json:"card,omitempty"` // key of what the check of the card came to, if one was made
	Staff string      `json:"staff"`
	At    time.Time   `json:"at"`
}

// Open starts a case with what staff typed. A field that cannot be right comes back as an Error that names
// it; what the rules do not accept, and what is unfinished, is a case all the same, which cannot be accepted.
func (p Papers) Open(ctx context.Context, reception staff.Reception, typed paper.Typed) (CaseView, error) {
	if _, err := p.facilityOf(ctx, reception); err != nil {
		return CaseView{}, err
	}
	day := eligibility.DateOf(p.now())
	read, err := paper.Read(typed, day)
	if err != nil {
		return CaseView{}, err
	}
	view := CaseView{ID: rand.Text(), At: p.now(), caseBody: caseBody{
		Paper:  &read,
		Judged: paper.Judge(read, day),
		Staff:  reception.Staff,
	}}
	return view, p.cases.put(ctx, reception, view, "case.paper", view.paperDetail())
}

// paperDetail is what the audit says of a paper: no word of what stands on it.
func (b *CaseView) paperDetail() string {
	if !b.Judged.Accepted {
		return string(b.Paper.Kind) + ", not accepted"
	}
	return string(b.Paper.Kind)
}

var errNoPaper = &eligibility.Error{Code: eligibility.Conflict, Key: "paper.none"}

// Correct changes what was typed in an open case; what stood there before stays in it. What the card and the
// eye said of what is changed counts no more.
func (p Papers) Correct(
	ctx context.Context, reception staff.Reception, id string, typed paper.Typed,
) (CaseView, error) {
	day := eligibility.DateOf(p.now())
	read, err := paper.Read(typed, day)
	if err != nil {
		return CaseView{}, err
	}
	return p.cases.edit(ctx, reception, caseChange{id, "case.correct", func(view *CaseView) (string, error) {
		if view.Paper == nil {
			return "", errNoPaper
		}
		changed := changedFields(*view.Paper, read)
		if len(changed) == 0 {
			return "nothing", nil
		}
		was := Correction{Was: *view.Paper, Staff: reception.Staff, At: p.now()}
		if view.Card != nil {
			was.Card = view.Card.Key
		}
		view.Corrected = append(view.Corrected, was)
		view.forget(changed)
		view.Paper, view.Judged = &read, paper.Judge(read, day)
		return view.paperDetail() + ": " + strings.Join(changed, " "), nil
	}})
}

// changedFields names what differs between two papers, as paper.Typed does.
func changedFields(a, b paper.Paper) (changed []string) {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"kind", a.Kind == b.Kind},
		{"insurerNumber", a.Shows.Insurer == b.Shows.Insurer},
		{"symbol", a.Shows.Symbol == b.Shows.Symbol},
		{"number", a.Shows.Number == b.Shows.Number},
		{"branch", a.Shows.BranchNumber == b.Shows.BranchNumber},
		{"birthDate", a.Shows.BirthDate == b.Shows.BirthDate},
		{"name", a.Shows.Name == b.Shows.Name},
		{"kana", a.Shows.Kana == b.Shows.Kana},
		{"until", a.Shows.ValidUntil == b.Shows.ValidUntil},
		{"share", a.Shows.Share == b.Shows.Share},
		{"medicalExpense", a.MedicalExpense == b.MedicalExpense},
	} {
		if !f.same {
			changed = append(changed, f.name)
		}
	}
	return changed
}

// forget drops the checks of what is changed. A card that was refused for its birth date alone may be the
// right one of a digit typed wrongly; one that is not genuine stays refused.
func (b *CaseView) forget(changed []string) {
	b.OQS = nil // it compared everything
	if slices.Contains(changed, "birthDate") {
		b.RefusedBy = slices.DeleteFunc(b.RefusedBy, b.wasMismatch)
		b.Card, b.Face, b.Dates, b.PassedBy = nil, nil, nil, nil
	}
	for _, field := range []string{"kind", "name", "birthDate"} {
		if slices.Contains(changed, field) {
			b.Visual, b.Text, b.PassedBy = nil, nil, without(b.PassedBy, "text")
		}
	}
}

// wasMismatch reports whether a kind of check refused the card for another birth date, and for nothing else.
func (b *CaseView) wasMismatch(kind string) bool {
	key := ""
	switch {
	case kind == "card" && b.Card != nil:
		key = b.Card.Key
	case kind == "text" && b.Text != nil:
		key = b.Text.Key
	case kind == "face" && b.Face != nil:
		key = b.Face.Key
	}
	return key == card.ErrBirthDate.Key
}

func without(kinds []string, kind string) []string {
	return slices.DeleteFunc(kinds, func(k string) bool { return k == kind })
}

// Bounds of what is offered: how old, how many records are looked at, how many people are named.
const (
	offeredMonths = 13
	maxLookedAt   = 24
	maxOffered    = 4
)

// Offer is what was typed at this facility before.
type Offer struct {
	paper.Paper
	At time.Time
}

// Noted is what can be said of a form while it is being typed.
type Noted struct {
	Wrong   map[string]*eligibility.Error // by field
	Insurer eligibility.InsurerNumber     // empty while it is not typed or wrong
	Birth   eligibility.Date              // zero, the same
	Ask     message.Sentences             // what is odd of the whole, once nothing is wrong
	Offers  []Offer                       // the newest first, one a person
}

// Note says what is wrong of a form so far, and offers what was typed for people of this 保険者番号 and 番号 at this
// facility before. Nothing is stored.
func (p Papers) Note(ctx context.Context, reception staff.Reception, typed paper.Typed) (Noted, error) {
	if _, err := p.facilityOf(ctx, reception); err != nil {
		return Noted{}, err
	}
	day := eligibility.DateOf(p.now())
	form := paper.ReadSoFar(typed, day)
	noted := Noted{Wrong: form.Wrong, Insurer: form.Shows.Insurer, Birth: form.Shows.BirthDate}
	if form.Whole() {
		if j := paper.Judge(form.Paper, day); j.Accepted {
			noted.Ask = j.Ask
		} else {
			noted.Ask = j.Reason
		}
	}
	var err error
	if form.Shows.Insurer != "" && form.Shows.Number != "" {
		noted.Offers, err = p.offers(ctx, reception, form.SamePerson())
	}
	return noted, err
}

// offers returns what was typed for a person, or for several of a family.
func (p Papers) offers(ctx context.Context, reception staff.Reception, person string) ([]Offer, error) {
	stored, err := p.store.PaperCases(ctx, PaperQuery{
		Facility: reception.Facility,
		Person:   person,
		Since:    eligibility.DateOf(p.now()).AddMonths(-offeredMonths),
		Limit:    maxLookedAt,
	})
	if err != nil {
		return nil, err
	}
	var offers []Offer
	for _, one := range stored {
		view, err := readCase(one)
		if err != nil {
			return nil, err
		}
		if view.Paper == nil || view.Paper.SamePerson() != person { // the hash is not sealed, the paper is
			continue
		}
		same := func(o Offer) bool {
			return o.Shows.BirthDate == view.Paper.Shows.BirthDate &&
				o.Shows.BranchNumber == view.Paper.Shows.BranchNumber &&
				o.Shows.Name == view.Paper.Shows.Name
		}
		if len(offers) < maxOffered && !slices.ContainsFunc(offers, same) {
			offers = append(offers, Offer{*view.Paper, view.At})
		}
	}
	return offers, nil
}
