package counter

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// While the line or オンライン資格確認 is down, staff note 氏名・生年月日・性別・住所 off the card and look the person up after
// the recovery (docs/facts/eligibility-methods.md#outage, L1). The list is a help for that look-up and no
// record: the record is the case.

// How long an entry of the outage list stays. What was looked up is needed no more, but for a question of a
// colleague. What was not is kept until the bill of the month is out: it is due on the 10th of the month
// after, so nobody who came on a 1st is lost before (31 + 10 days).
const (
	TickedLife = 7 * 24 * time.Hour
	OutageLife = 45 * 24 * time.Hour
)

// OutagePerson is what the list has of somebody: what the card's face tells.
type OutagePerson struct {
	Name      string           `json:"name"`
	BirthDate eligibility.Date `json:"birthDate"`
	Sex       eligibility.Sex  `json:"sex,omitempty"`
	Address   string           `json:"address"`
	ByChip    bool             `json:"byChip,omitempty"` // the chip told it, nobody typed it
}

// Tick is how the look-up of somebody ended.
type Tick struct {
	At     time.Time  `json:"at"`
	By     string     `json:"by"`
	Result TickResult `json:"result"`
}

// TickResult is what the look-up after the recovery came to.
type TickResult string

const (
	LookedUpFound TickResult = "found"  // the eligibility holds
	LookedUpNone  TickResult = "none"   // no eligibility that holds was found
	NotNeeded     TickResult = "undone" // taken off the list without a look-up
	TickedAgain   TickResult = "open"   // an earlier tick was a mistake
)

// OutageEntry is somebody on the outage list of a facility.
type OutageEntry struct {
	ID     string // of the case
	At     time.Time
	By     string
	Ends   time.Time // then it is deleted
	Person OutagePerson
	Ticks  []Tick // all of them, the oldest first
}

// Ticked returns the tick that counts, nil while the look-up is open.
func (e OutageEntry) Ticked() *Tick {
	if n := len(e.Ticks); n > 0 && e.Ticks[n-1].Result != TickedAgain {
		return &e.Ticks[n-1]
	}
	return nil
}

// StoredOutage is an entry as it is stored. Body is sealed at rest.
type StoredOutage struct {
	Facility string
	ID       string
	At, Ends time.Time
	Open     bool   // the look-up is open
	Body     []byte // JSON, this package's own
	Version  int    // how often it was stored; 0 before the first time
}

// OutageStore keeps the outage lists of facilities.
type OutageStore interface {
	// PutOutage stores a new entry (version 0), or a change of the version that was read; it returns
	// ErrCaseChanged when somebody else changed the entry since.
	PutOutage(ctx context.Context, o StoredOutage, e audit.Entry) error
	// Outages returns a facility's entries that have not ended, the oldest first.
	Outages(ctx context.Context, facility string, now time.Time) ([]StoredOutage, error)
	// OpenOutages counts those whose look-up is open.
	OpenOutages(ctx context.Context, facility string, now time.Time) (int, error)
	DropOutage(ctx context.Context, facility, id string) error
}

// Outages are the facilities' lists of people to look up.
type Outages struct {
	Store OutageStore
	Now   func() time.Time
}

var (
	errNoOutage = &eligibility.Error{Code: eligibility.NotFound, Key: "outage.none"}
	errTick     = &eligibility.Error{Code: eligibility.Invalid, Key: "outage.tick", Field: "result"}
)

type outageBody struct {
	By     string       `json:"by"`
	Person OutagePerson `json:"person"`
	Ticks  []Tick       `json:"ticks,omitempty"`
}

// add puts somebody on the list under the case's id; whoever is on it already is noted anew.
func (o Outages) add(
	ctx context.Context, reception staff.Reception, id string, person OutagePerson,
) error {
	entry := OutageEntry{ID: id, At: o.Now(), By: reception.Staff, Person: person}
	entry.Ends = entry.At.Add(OutageLife)
	stored, err := o.find(ctx, reception, id)
	if err == nil {
		entry.At, entry.Ends = stored.At, stored.At.Add(OutageLife)
	}
	return o.put(ctx, reception, entry, stored.Version, "outage.add", "")
}

// List returns the list of the reception's facility: who is still to be looked up first, each part the oldest
// first.
func (o Outages) List(ctx context.Context, reception staff.Reception) ([]OutageEntry, error) {
	stored, err := o.Store.Outages(ctx, reception.Facility, o.Now())
	if err != nil {
		return nil, err
	}
	all := make([]OutageEntry, 0, len(stored))
	for _, s := range stored {
		entry, err := readOutage(s)
		if err != nil {
			return nil, err
		}
		all = append(all, entry)
	}
	slices.SortStableFunc(all, func(a, b OutageEntry) int {
		rank := func(e OutageEntry) int {
			if e.Ticked() != nil {
				return 1
			}
			return 0
		}
		return cmp.Compare(rank(a), rank(b))
	})
	return all, nil
}

// Open counts whom the reception's facility still has to look up.
func (o Outages) Open(ctx context.Context, reception staff.Reception) (int, error) {
	return o.Store.OpenOutages(ctx, reception.Facility, o.Now())
}

// Tick notes how the look-up of one of the list ended; TickedAgain takes the last tick back.
func (o Outages) Tick(
	ctx context.Context, reception staff.Reception, id string, result TickResult,
) error {
	switch result {
	case LookedUpFound, LookedUpNone, NotNeeded, TickedAgain:
	default:
		return errTick
	}
	stored, err := o.find(ctx, reception, id)
	if err != nil {
		return err
	}
	entry, err := readOutage(stored)
	if err != nil {
		return err
	}
	entry.Ticks = append(entry.Ticks, Tick{At: o.Now(), By: reception.Staff, Result: result})
	if entry.Ends = entry.At.Add(OutageLife); entry.Ticked() != nil {
		entry.Ends = o.Now().Add(TickedLife)
	}
	return o.put(ctx, reception, entry, stored.Version, "outage.tick", string(result))
}

func (o Outages) find(ctx context.Context, reception staff.Reception, id string) (StoredOutage, error) {
	all, err := o.Store.Outages(ctx, reception.Facility, o.Now())
	if err != nil {
		return StoredOutage{}, err
	}
	for _, one := range all {
		if one.ID == id {
			return one, nil
		}
	}
	return StoredOutage{}, errNoOutage
}

// drop takes somebody off the list whose case was taken back.
func (o Outages) drop(ctx context.Context, reception staff.Reception, id string) error {
	return o.Store.DropOutage(ctx, reception.Facility, id)
}

func (o Outages) put(
	ctx context.Context, reception staff.Reception, entry OutageEntry, version int, action, detail string,
) error {
	body, err := json.Marshal(outageBody{entry.By, entry.Person, entry.Ticks})
	if err != nil {
		return fmt.Errorf("writing an entry of the outage list: %w", err)
	}
	stored := StoredOutage{
		Facility: reception.Facility,
		ID:       entry.ID,
		At:       entry.At,
		Ends:     entry.Ends,
		Open:     entry.Ticked() == nil,
		Body:     body,
		Version:  version,
	}
	noted := audit.Entry{At: o.Now(), Actor: reception.Actor(), Action: action, Detail: detail}
	return o.Store.PutOutage(ctx, stored, noted)
}

func readOutage(stored StoredOutage) (OutageEntry, error) {
	var body outageBody
	if err := json.Unmarshal(stored.Body, &body); err != nil {
		return OutageEntry{}, fmt.Errorf("reading entry %s of the outage list: %w", stored.ID, err)
	}
	return OutageEntry{
		ID:     stored.ID,
		At:     stored.At,
		By:     body.By,
		Ends:   stored.Ends,
		Person: body.Person,
		Ticks:  body.Ticks,
	}, nil
}
