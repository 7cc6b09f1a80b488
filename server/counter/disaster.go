package counter

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// DisasterNotice is a ministry's notice that victims of a disaster may be treated without papers, as a
// facility's administrator has switched it on (docs/facts/eligibility-methods.md#disaster, D0).
type DisasterNotice struct {
	ID          string           `json:"-"`
	Title       string           `json:"title"`
	Area        string           `json:"area"`               // where it holds, in the notice's words
	Insurers    string           `json:"insurers,omitempty"` // whose insured, in its words; empty: all
	From, Until eligibility.Date `json:"-"`                  // days of care
	By          string           `json:"by"`
	At          time.Time        `json:"at"`
	EndedBy     string           `json:"endedBy,omitempty"`
	EndedAt     time.Time        `json:"endedAt,omitzero"` // switched off by hand
}

// Holds reports whether the notice is switched on for care on a day.
func (n DisasterNotice) Holds(day eligibility.Date) bool {
	return n.EndedAt.IsZero() && !day.Before(n.From) && !day.After(n.Until)
}

func (n DisasterNotice) asFact() eligibility.DisasterNotice {
	return eligibility.DisasterNotice{Area: n.Area, Title: n.Title}
}

// StoredNotice is a notice as it is stored. Body is sealed at rest, as everything of a counter.
type StoredNotice struct {
	Facility    string
	ID          string
	From, Until eligibility.Date
	Ended       bool
	Body        []byte // JSON, this package's own
}

// NoticeStore keeps what facilities have switched on.
type NoticeStore interface {
	AddNotice(ctx context.Context, n StoredNotice, e audit.Entry) error
	// EndNotice stores a notice that was switched off; one that already was is errMissing.
	EndNotice(ctx context.Context, n StoredNotice, e audit.Entry) error
	// DisasterNotices returns all of a facility, also those that are over, the newest first.
	DisasterNotices(ctx context.Context, facility string) ([]StoredNotice, error)
}

// Disasters are the notices that facilities have switched on.
type Disasters struct {
	Store NoticeStore
	Now   func() time.Time
}

// maxNoticeDays bounds how long a notice is on: those of the ministry are prolonged by another notice.
const maxNoticeDays = 366

var (
	errNoNotice   = &eligibility.Error{Code: eligibility.NotFound, Key: "disaster.none"}
	errNoticeText = &eligibility.Error{Code: eligibility.Invalid, Key: "disaster.text"}
	errNoticeDays = &eligibility.Error{Code: eligibility.Invalid, Key: "disaster.days"}
)

// TypedNotice is a notice as an administrator types it.
type TypedNotice struct{ Title, Area, Insurers, From, Until string }

func (t TypedNotice) read() (n DisasterNotice, err error) {
	for _, text := range []struct {
		field, value string
		to           *string
		needed       bool
	}{
		{"title", t.Title, &n.Title, true},
		{"area", t.Area, &n.Area, true},
		{"insurers", t.Insurers, &n.Insurers, false},
	} {
		line, ok := readLine(text.value)
		if !ok || text.needed && line == "" {
			return n, errNoticeText.In(text.field)
		}
		*text.to = line
	}
	for _, day := range []struct {
		field, value string
		to           *eligibility.Date
	}{{"from", t.From, &n.From}, {"until", t.Until, &n.Until}} {
		if *day.to, err = eligibility.ReadDate(day.value); err != nil || !day.to.Exact() {
			return n, errNoticeDays.In(day.field)
		}
	}
	if n.Until.Before(n.From) || n.Until.After(n.From.AddDays(maxNoticeDays)) {
		return n, errNoticeDays.In("until")
	}
	return n, nil
}

// readLine returns a line without blanks at its ends. One that is too long, holds control characters or a My
// Number is not ok.
func readLine(text string) (line string, ok bool) {
	line, err := readReason(text)
	return line, err == nil && !strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7F })
}

// Add switches a notice on. Only an administrator of the facility asks for it (server/web/permissions).
func (d Disasters) Add(
	ctx context.Context, reception staff.Reception, typed TypedNotice,
) (DisasterNotice, error) {
	if reception.Facility == "" {
		return DisasterNotice{}, errNoFacility
	}
	n, err := typed.read()
	if err != nil {
		return n, err
	}
	n.ID, n.By, n.At = rand.Text(), reception.Staff, d.Now()
	stored, err := n.stored(reception.Facility)
	if err != nil {
		return n, err
	}
	return n, d.Store.AddNotice(ctx, stored, d.entry(reception, "disaster.on", n))
}

// End switches a notice off.
func (d Disasters) End(ctx context.Context, reception staff.Reception, id string) error {
	all, err := d.All(ctx, reception.Facility)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(n DisasterNotice) bool { return n.ID == id && n.EndedAt.IsZero() })
	if i < 0 {
		return errNoNotice
	}
	n := all[i]
	n.EndedBy, n.EndedAt = reception.Staff, d.Now()
	stored, err := n.stored(reception.Facility)
	if err != nil {
		return err
	}
	return d.Store.EndNotice(ctx, stored, d.entry(reception, "disaster.off", n))
}

func (d Disasters) entry(reception staff.Reception, action string, n DisasterNotice) audit.Entry {
	detail := fmt.Sprintf("%s, %s, %s to %s", n.Title, n.Area, n.From, n.Until)
	return audit.Entry{At: d.Now(), Actor: reception.Actor(), Action: action, Detail: detail}
}

// All returns a facility's notices, also those that are over, the newest first.
func (d Disasters) All(ctx context.Context, facility string) ([]DisasterNotice, error) {
	stored, err := d.Store.DisasterNotices(ctx, facility)
	if err != nil {
		return nil, err
	}
	all := make([]DisasterNotice, 0, len(stored))
	for _, s := range stored {
		n := DisasterNotice{ID: s.ID, From: s.From, Until: s.Until}
		if err := json.Unmarshal(s.Body, &n); err != nil {
			return nil, fmt.Errorf("reading notice %s: %w", s.ID, err)
		}
		all = append(all, n)
	}
	return all, nil
}

// On returns the notices that a facility has switched on for care on a day, the one that ends last first.
func (d Disasters) On(
	ctx context.Context, facility string, day eligibility.Date,
) ([]DisasterNotice, error) {
	all, err := d.All(ctx, facility)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(n DisasterNotice) bool { return !n.Holds(day) })
	slices.SortStableFunc(all, func(a, b DisasterNotice) int {
		return cmp.Compare(b.Until.String(), a.Until.String())
	})
	return all, nil
}

func (n DisasterNotice) stored(facility string) (StoredNotice, error) {
	body, err := json.Marshal(n)
	return StoredNotice{
		Facility: facility,
		ID:       n.ID,
		From:     n.From,
		Until:    n.Until,
		Ended:    !n.EndedAt.IsZero(),
		Body:     body,
	}, err
}
