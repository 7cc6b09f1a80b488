package counter

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// Codes of the ways for which a patient shows neither a screen nor a paper of the eligibility
// (docs/facts/eligibility-methods.md).
const (
	Declaration eligibility.MethodCode = "A1" // 被保険者資格申立書
	OwnRecords  eligibility.MethodCode = "L0" // the number in the facility's own records
	Outage      eligibility.MethodCode = "L1" // 障害時: the card's four items are noted, and looked up later
	Disaster    eligibility.MethodCode = "D0" // 災害の通知
)

// WayNote is what the case of such a way stands on: what staff were told, and saw. Address, sex and what else
// the way does not need afterwards are not in it.
type WayNote struct {
	Code      eligibility.MethodCode `json:"code"`
	Answers   Answers                `json:"answers"` // to the three questions
	Name      string                 `json:"name,omitempty"`
	BirthDate eligibility.Date       `json:"birthDate,omitzero"`
	ChipName  string                 `json:"chipName,omitempty"` // as the chip told it
	Shares    []int                  `json:"shares,omitempty"`   // A1: possible for now, in percent
	Share     int                    `json:"share,omitempty"`    // A1: billed for now
	Number    string                 `json:"number,omitempty"`   // L0: 診察券番号
	Contact   string                 `json:"contact,omitempty"`  // D0
	Belongs   string                 `json:"belongs,omitempty"`  // D0: insurer, employer or address, as told
	Notice    string                 `json:"notice,omitempty"`   // D0: the title of the notice
}

// Ways opens and records the cases of these ways.
type Ways struct {
	cases      Cases
	readers    CardReaders
	facilities Facilities
	outages    Outages
	disasters  Disasters
	receipts   *Receipts // keeps records for as long as they may be taken back
	now        func() time.Time
}

// NewWays returns the ways of a service's counters.
func NewWays(of *Service) Ways {
	return Ways{
		cases:      of.cases(),
		readers:    of.Readers,
		facilities: of.Facilities,
		outages:    of.Outages,
		disasters:  of.Disasters,
		receipts:   of.Receipts,
		now:        of.Now,
	}
}

func (w Ways) today() eligibility.Date { return eligibility.DateOf(w.now()) }

var (
	errNoWay     = &eligibility.Error{Code: eligibility.Invalid, Key: "way.unknown", Field: "code"}
	errNotAWay   = &eligibility.Error{Code: eligibility.Conflict, Key: "way.other_case"}
	errWayAnew   = &eligibility.Error{Code: eligibility.Conflict, Key: "way.anew", Field: "outcome"}
	errNoForm    = &eligibility.Error{Code: eligibility.Conflict, Key: "way.no_form", Field: "form"}
	errNoShare   = &eligibility.Error{Code: eligibility.Invalid, Key: "way.share", Field: "share"}
	errNoticeOff = &eligibility.Error{Code: eligibility.Conflict, Key: "way.notice_off", Field: "notice"}
)

// Open opens a case for a way that the answers open today.
func (w Ways) Open(
	ctx context.Context, reception staff.Reception, code eligibility.MethodCode, answers Answers,
) (CaseView, error) {
	switch code {
	case Declaration, OwnRecords, Outage, Disaster:
	default:
		return CaseView{}, errNoWay
	}
	if _, err := facilityOf(ctx, w.facilities, reception); err != nil {
		return CaseView{}, err
	}
	if _, err := w.accepted(ctx, reception, &WayNote{Code: code, Answers: answers}); err != nil {
		return CaseView{}, err
	}
	view := CaseView{ID: rand.Text(), At: w.now(), caseBody: caseBody{
		Staff: reception.Staff,
		Way:   &WayNote{Code: code, Answers: answers},
	}}
	return view, w.cases.put(ctx, reception, view, "case.way", string(code))
}

// accepted returns the answer of today's rules to a way's answers, or errNoMethod where they do not open it.
func (w Ways) accepted(
	ctx context.Context, reception staff.Reception, way *WayNote,
) (eligibility.Outcome, error) {
	known := Known{Answers: way.Answers, BirthDate: way.BirthDate}
	outcome, _, err := w.Judge(ctx, reception, known)
	if err != nil {
		return outcome, err
	}
	for _, m := range outcome.Methods {
		if m.Code == way.Code && m.Accepted {
			return outcome, nil
		}
	}
	return outcome, errNoMethod
}

// edit changes an open case of a way.
func (w Ways) edit(
	ctx context.Context, reception staff.Reception, what caseChange,
) (CaseView, error) {
	apply := what.apply
	what.apply = func(view *CaseView) (string, error) {
		if view.Way == nil {
			return "", errNotAWay
		}
		return apply(view)
	}
	return w.cases.edit(ctx, reception, what)
}

// WayRecord is what staff record of a case of a way.
type WayRecord struct {
	Person WayPerson
	Checks []string // photo, name, birthDate: compared by eye
	Form   FormGiven
	Share  int // A1: billed for now; 0 where only one is possible
	Notice string
	Reason string
}

// FormGiven says of A1 what the declaration is.
type FormGiven string

const (
	FormSigned    FormGiven = "signed"    // it lies here, signed
	FormUnchanged FormGiven = "unchanged" // earlier records, and the patient's word that all is as before
)

// Record accepts a case by its way: the rules of the day open it, and it stands on a Ground; D0 stands on its
// notice. Whoever comes in an outage is put on the list of people to look up.
func (w Ways) Record(
	ctx context.Context, reception staff.Reception, id string, record WayRecord,
) (CaseView, error) {
	reason, err := readReason(record.Reason)
	if err != nil {
		return CaseView{}, err
	}
	apply := func(view *CaseView) (string, error) {
		person, err := record.Person.read(view.Way.Code, w.today())
		if err != nil {
			return "", err
		}
		if view.CardRefused() {
			return "", errCardRefused
		}
		if err := view.readVisual(record.Checks); err != nil {
			return "", err
		}
		view.tellWay(person)
		view.Visual = record.Checks
		if err := w.complete(ctx, reception, &view.caseBody, record); err != nil {
			return "", err
		}
		if view.Way.Code == Disaster && reason == "" {
			reason = view.Way.Notice
		}
		if view.Ground, err = view.ground(reason); err != nil {
			return "", err
		}
		if view.Way.Code == Outage {
			chip := view.Way.ChipName != "" && view.ChipPassed()
			if err := w.outages.add(ctx, reception, id, person.forList(chip)); err != nil {
				return "", err
			}
		}
		view.Method = view.Way.Code
		view.Checked = slices.Concat([]string{checkOfWay[view.Way.Code]}, view.PassedBy, view.Visual)
		view.Outcome, view.Reason, view.RecordedAt = hostapi.Accepted, reason, w.now()
		view.Correction, view.TakenUp = false, nil // it may have been parked
		return string(view.Outcome) + " by " + string(view.Ground) + ", " + string(view.Method), nil
	}
	view, err := w.edit(ctx, reception, caseChange{id, "case.record", apply})
	if err == nil {
		w.receipts.hold(reception.Facility, view, "")
	}
	return view, err
}

// Close ends a case of a way without accepting it: refused, or parked to be gone on with. It needs a reason;
// of the person it keeps what was typed so far.
func (w Ways) Close(
	ctx context.Context, reception staff.Reception, id string, person WayPerson, end CaseEnd,
) (CaseView, error) {
	reason, err := readReason(end.Reason)
	if err == nil && reason == "" {
		err = errReason
	}
	if err != nil {
		return CaseView{}, err
	}
	told, err := person.readSoFar(w.today())
	if err != nil {
		return CaseView{}, err
	}
	view, err := w.edit(ctx, reception, caseChange{id, "case.record", func(view *CaseView) (string, error) {
		if end.Outcome != hostapi.Refused && end.Outcome != hostapi.Parked {
			return "", errNotAWay
		}
		view.tellWay(told)
		view.Outcome, view.Reason, view.RecordedAt = end.Outcome, reason, w.now()
		view.Correction, view.TakenUp = false, nil
		return string(view.Outcome) + ", " + string(view.Way.Code), nil
	}})
	if err == nil {
		w.receipts.hold(reception.Facility, view, "")
	}
	return view, err
}

// checkOfWay is what a record says was checked by the way itself, beside card and person.
var checkOfWay = map[eligibility.MethodCode]string{
	Declaration: "declaration",
	OwnRecords:  "records",
	Outage:      "list",
	Disaster:    "notice",
}

// tellWay notes the person. What a card said of another birth date does not stand for this person, and the
// name is compared with the chip's as it is now.
func (b *CaseView) tellWay(person readPerson) {
	if person.BirthDate != b.Way.BirthDate {
		b.PassedBy = nil
	}
	if b.Text != nil && b.Way.ChipName != "" {
		for i, f := range b.Text.Fields {
			if f.Name == "name" {
				match := eligibility.MatchNames(person.Name, b.Way.ChipName).Match
				b.Text.Fields[i].Result, b.Text.Fields[i].Match = wire.NameAgreement(match), match
			}
		}
	}
	b.Way.Name, b.Way.BirthDate = person.Name, person.BirthDate
	switch b.Way.Code { // what a way does not need is not kept
	case OwnRecords:
		b.Way.Number = person.Number
	case Disaster:
		b.Way.Contact, b.Way.Belongs = person.Contact, person.Belongs
	}
}

// complete asks the rules with what is known of the person now, and notes what belongs to the way alone.
func (w Ways) complete(
	ctx context.Context, reception staff.Reception, b *caseBody, record WayRecord,
) error {
	outcome, err := w.accepted(ctx, reception, b.Way)
	if err != nil {
		return err
	}
	switch b.Way.Code {
	case Declaration:
		if record.Form != FormSigned && record.Form != FormUnchanged {
			return errNoForm
		}
		return b.Way.chooseShare(outcome.Provisional, record.Share)
	case Disaster:
		notices, err := w.disasters.On(ctx, reception.Facility, w.today())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(notices, func(n DisasterNotice) bool { return n.ID == record.Notice })
		if i < 0 {
			return errNoticeOff
		}
		b.Way.Notice = notices[i].Title
	}
	return nil
}

// chooseShare notes the share that is billed until the insurer is known: the only one, or that of several
// which the patient declares.
func (n *WayNote) chooseShare(possible []int, chosen int) error {
	n.Shares, n.Share = possible, 0
	switch {
	case len(possible) == 1:
		n.Share = possible[0]
	case len(possible) > 1 && !slices.Contains(possible, chosen):
		said := message.Args{"shares": eligibility.SharesValue(possible)}
		return errNoShare.With(said)
	default:
		n.Share = chosen
	}
	return nil
}

// String says of a way what the log may hold.
func (n *WayNote) String() string { return fmt.Sprintf("way %s", n.Code) }
