package counter_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/facilitytest"
	"madoguchi/internal/issuertest"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/store"
	"madoguchi/server/store/storetest"
	"madoguchi/server/trust"
)

// offlineDay is a clinic whose console recorded without its server since the morning. Its clock stands in
// the evening, when the network is back.
type offlineDay struct {
	*counter.OfflineDay
	service *counter.Service
	store   counter.OfflineStore
	file    string
	now     time.Time // of the server
	issuer  credential.Key
	list    *credential.TrustList
	revoked func(iss string) *credential.StatusList
}

var morning = time.Date(2026, 11, 27, 8, 30, 0, 0, eligibility.Japan)

func newOfflineDay(t *testing.T) *offlineDay {
	t.Helper()
	d := &offlineDay{file: storetest.Database(t), now: morning, issuer: issuertest.NewKey(t)}
	kept, err := store.Open(ctx, d.file, store.Options{
		Mode:    "demo",
		Role:    "counter",
		Index:   secretOfTests,
		Masters: map[string][]byte{"cases": secretOfTests, "session": secretOfTests},
	})
	fatal(t, err)
	t.Cleanup(func() { kept.Close() })
	d.list = &credential.TrustList{
		Version:  1,
		IssuedAt: morning.Unix(),
		Issuers: []credential.TrustedIssuer{{
			ISS:            iss,
			Name:           "架空市",
			InsurerNumbers: []eligibility.InsurerNumber{"00138990"},
			JWKS:           credential.KeySet{d.issuer.Public()},
		}},
	}
	d.store = kept.ForOfflineDay()
	d.service = &counter.Service{
		Store: kept.ForCounter(),
		Believed: func() (trust.Beliefs, error) {
			return trust.Beliefs{List: d.list, Statuses: d.revoked}, nil
		},
		Insurers:   func(string) counter.InsurerCalls { return away{} },
		Facilities: facilitytest.One{Code: own, Name: "架空医院"},
		Now:        func() time.Time { return d.now },
	}
	d.service.Receipts = &counter.Receipts{
		Store:      d.service.Store,
		Facilities: d.service.Facilities,
		Insurers:   func(string) counter.ReceiptCalls { return away{} },
		Held:       counter.NewHeld((&clockOfRecords{}).afterFunc),
		Now:        d.service.Now,
	}
	d.OfflineDay = counter.NewOfflineDay(d.service, d.store)
	return d
}

// console is one console with its key, which signs as the page does (pwa/src/counter/offlinechain.ts).
type console struct {
	day  *offlineDay
	key  credential.Key
	seq  int64
	prev string
}

func (d *offlineDay) console(t *testing.T) *console {
	t.Helper()
	c := &console{day: d, key: issuertest.NewKey(t)}
	registered, err := d.Register(ctx, suzuki, c.coordinates(t))
	fatal(t, err)
	if registered.ID != c.key.ID || !registered.Ends.Equal(d.now.Add(12*time.Hour)) {
		t.Fatalf("%+v", registered)
	}
	return c
}

func (c *console) coordinates(t *testing.T) counter.ConsoleKey {
	t.Helper()
	point, err := c.key.Public().Key.Bytes()
	fatal(t, err)
	b64 := base64.RawURLEncoding
	return counter.ConsoleKey{X: b64.EncodeToString(point[1:33]), Y: b64.EncodeToString(point[33:])}
}

// claims is a record as the page signs it.
type claims struct {
	Seq     int64    `json:"seq"`
	Prev    string   `json:"prev"`
	Case    string   `json:"case"`
	At      int64    `json:"at"`
	Read    int64    `json:"read,omitempty"`
	Heard   int64    `json:"heard"`
	Since   int64    `json:"since"`
	Outcome string   `json:"outcome"`
	Reason  string   `json:"reason,omitempty"`
	Visual  []string `json:"visual,omitempty"`
	Staff   string   `json:"staff"`
	Text    string   `json:"text,omitempty"`
	Proof   string   `json:"proof,omitempty"`
	Nonce   string   `json:"nonce,omitempty"`
	Valid   bool     `json:"valid"`
}

var allTicks = []string{"photo", "name", "birthDate"}

// next is the console's next record at a time: a live screen that was made just then, accepted by eye. edit
// changes it before it is signed.
func (c *console) next(t *testing.T, at time.Time, edit func(*claims)) string {
	t.Helper()
	c.seq++
	r := claims{
		Seq:     c.seq,
		Prev:    c.prev,
		Case:    rand.Text(),
		At:      at.UnixMilli(),
		Heard:   morning.UnixMilli(),
		Since:   at.Sub(morning).Milliseconds(),
		Outcome: "accepted",
		Visual:  allTicks,
		Staff:   "佐藤",
		Text:    c.day.screen(t, c.day.issuer, at),
		Valid:   true,
	}
	if edit != nil {
		edit(&r)
	}
	text := c.sign(t, r)
	c.prev = hashName(text)
	return text
}

func (c *console) sign(t *testing.T, r claims) string {
	t.Helper()
	text, err := credential.SignJWT(c.key, "offline+jwt", r)
	fatal(t, err)
	return text
}

func hashName(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (d *offlineDay) screen(t *testing.T, by credential.Key, at time.Time) string {
	t.Helper()
	issued, err := credential.Issue(iss, by, credential.Request{
		Tier: credential.TierLive,
		Person: eligibility.Person{
			Insurer:   "00138990",
			Number:    "567",
			Name:      "試験 花子",
			BirthDate: eligibility.MustDate("1988-11-30"),
		},
		InsurerName: "架空市",
		Share:       30,
	}, at)
	fatal(t, err)
	return issued.JWS
}

// send hands records over and returns the marks of each.
func (c *console) send(t *testing.T, texts ...string) (marks [][]counter.OfflineMark) {
	t.Helper()
	got, err := c.day.Receive(ctx, suzuki, c.key.ID, texts)
	fatal(t, err)
	for i, one := range got {
		if one.Hash != hashName(texts[i]) {
			t.Errorf("record %d is answered as %s", i, one.Hash)
		}
		marks = append(marks, one.Marks)
	}
	if len(got) != len(texts) {
		t.Errorf("%d records, %d answers", len(texts), len(got))
	}
	return marks
}

// recorded are the facility's cases of the day, the oldest first.
func (d *offlineDay) recorded(t *testing.T) []counter.CaseView {
	t.Helper()
	all, err := d.service.Today(ctx, suzuki)
	fatal(t, err)
	slices.Reverse(all)
	return all
}

func TestADayWithoutNetworkArrivesOnceAndInOrder(t *testing.T) {
	d := newOfflineDay(t)
	first, second := d.console(t), d.console(t)
	var texts []string
	for i := range 8 {
		texts = append(texts, first.next(t, morning.Add(time.Duration(i+1)*time.Hour), nil))
	}
	other := second.next(t, morning.Add(90*time.Minute), func(r *claims) {
		r.Outcome, r.Reason, r.Visual = "parked", "本人の希望", nil
	})
	d.now = morning.Add(10 * time.Hour)
	for range 2 { // an answer was lost: all comes again
		for i, marks := range first.send(t, texts...) {
			if len(marks) > 0 {
				t.Errorf("record %d: %v", i, marks)
			}
		}
	}
	second.send(t, other)
	all := d.recorded(t)
	if len(all) != 9 {
		t.Fatalf("%d cases", len(all))
	}
	for i, view := range all[:8] {
		at := morning.Add(time.Duration(i+1) * time.Hour)
		o := view.Offline
		if !view.Verdict.Valid || view.Outcome != hostapi.Accepted || view.Ground != hostapi.ByEye ||
			view.Method != "N1e" || !view.At.Equal(at) || !view.RecordedAt.Equal(at) || view.JWS != "" ||
			view.Staff != "佐藤" || o == nil || o.Seq != int64(i+1) || !o.At.Equal(at) ||
			!o.ReceivedAt.Equal(d.now) || o.SentBy != "鈴木" || o.Key != first.key.ID {
			t.Errorf("case %d: %+v", i, view)
		}
	}
	if last := all[8]; last.Outcome != hostapi.Parked || last.Reason != "本人の希望" ||
		last.Offline.Key != second.key.ID {
		t.Errorf("%+v", last)
	}
	owed, _, err := d.service.Store.WaitingReceipts(ctx)
	if err != nil || len(owed) != 9 {
		t.Errorf("%d phones are owed a receipt, %v", len(owed), err)
	}
	consoles, err := d.Consoles(ctx, suzuki)
	if err != nil || len(consoles) != 2 || consoles[1].Count != 8 || len(consoles[1].Marked) != 0 ||
		len(consoles[1].Missing) != 0 {
		t.Errorf("%+v %v", consoles, err)
	}
}

// A time that cannot be believed chooses no day: the case stands at the day on which it came.
func TestABackdatedCaseStandsAtTheDayOnWhichItCame(t *testing.T) {
	d := newOfflineDay(t)
	c := d.console(t)
	d.now = morning.Add(2 * time.Hour)
	c.send(t, c.next(t, morning.AddDate(0, 0, -3), func(r *claims) { r.Heard, r.Since = r.At, -1 }))
	all := d.recorded(t)
	if len(all) != 1 || !all[0].At.Equal(d.now) ||
		!all[0].Offline.At.Equal(morning.AddDate(0, 0, -3)) {
		t.Errorf("%+v", all)
	}
	if owed, _, err := d.service.Store.WaitingReceipts(ctx); err != nil || len(owed) != 0 {
		t.Errorf("a phone is told of it: %v %v", owed, err)
	}
}

// A case that this server opened, and whose end it did not hear of, is ended by the record; one whose end it
// did hear of is not ended twice.
func TestACaseThatWasOpenWhenTheNetworkWentIsEndedOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		ended bool
		marks string
	}{
		{"still open", false, ""},
		{"its answer was lost", true, "doubled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newOfflineDay(t)
			at := d.console(t)
			jws := d.screen(t, d.issuer, morning)
			view, err := d.service.Open(ctx, suzuki, jws)
			fatal(t, err)
			if c.ended {
				_, err = d.service.Record(ctx, suzuki, view.ID,
					counter.CaseEnd{Outcome: hostapi.Accepted, Reason: "顔見知り"})
				fatal(t, err)
			}
			d.now = morning.Add(time.Hour)
			marks := at.send(t, at.next(t, morning.Add(time.Minute), func(r *claims) {
				r.Case, r.Text = view.ID, jws
			}))
			all := d.recorded(t)
			if len(all) != 1 || all[0].Outcome != hostapi.Accepted || (all[0].Offline != nil) == c.ended ||
				strings.Join(wordsOf(marks[0]), " ") != c.marks {
				t.Errorf("%v %+v", marks, all)
			}
		})
	}
}

func isNotFound(err error) bool {
	var e *eligibility.Error
	return errors.As(err, &e) && e.Code == eligibility.NotFound
}

func wordsOf(marks []counter.OfflineMark) (words []string) {
	for _, m := range marks {
		words = append(words, string(m))
	}
	return words
}

// A copy that was taken back during the day was not known to the console: the record says so.
func TestACopyThatWasTakenBackMeanwhileIsMarked(t *testing.T) {
	d := newOfflineDay(t)
	c := d.console(t)
	issued, err := credential.Issue(iss, d.issuer, credential.Request{
		Tier:    credential.TierSaved,
		RID:     12345,
		Expires: eligibility.MustDate("2027-03-01").Time(),
		Person: eligibility.Person{
			Insurer:   "00138990",
			Number:    "567",
			Name:      "試験 花子",
			BirthDate: eligibility.MustDate("1988-11-30"),
		},
		InsurerName: "架空市",
		Share:       30,
	}, morning)
	fatal(t, err)
	signed, err := credential.SignStatusList(iss, d.issuer, []uint32{12345}, credential.Checkpoint{},
		morning.Add(time.Hour))
	fatal(t, err)
	d.now = morning.Add(2 * time.Hour)
	list, err := credential.OpenStatusList(signed, iss, d.list.Issuers[0].JWKS, d.now)
	fatal(t, err)
	d.revoked = func(string) *credential.StatusList { return list }
	marks := c.send(t, c.next(t, morning.Add(time.Minute), func(r *claims) { r.Text = issued.JWS }))
	if !slices.Contains(marks[0], counter.MarkScreen) {
		t.Errorf("%v", marks)
	}
}

// A console's key is its facility's: no other one can send by it, take it over or see what came.
func TestAConsolesKeyIsItsFacilitysAlone(t *testing.T) {
	d := newOfflineDay(t)
	c := d.console(t)
	text := c.next(t, morning.Add(time.Minute), nil)
	for name, stranger := range strangers {
		t.Run(name, func(t *testing.T) {
			if _, err := d.Receive(ctx, stranger, c.key.ID, []string{text}); !isNotFound(err) {
				t.Errorf("sent: %v", err)
			}
			if _, err := d.Register(ctx, stranger, c.coordinates(t)); !isNotFound(err) {
				t.Errorf("registered: %v", err)
			}
			if all, err := d.Consoles(ctx, stranger); !isNotFound(err) {
				t.Errorf("sees %v, %v", all, err)
			}
		})
	}
	unknown := issuertest.NewKey(t)
	if _, err := d.Receive(ctx, suzuki, unknown.ID, []string{text}); !isNotFound(err) {
		t.Errorf("by a key that nobody has: %v", err)
	}
	d.now = morning.Add(6 * time.Hour)
	colleague := staff.Reception{Staff: "佐藤", Facility: own}
	if again, err := d.Register(ctx, colleague, c.coordinates(t)); err != nil ||
		!again.Ends.Equal(morning.Add(12*time.Hour)) || again.By != "鈴木" {
		t.Errorf("asked again: %+v %v", again, err)
	}
	if all := d.recorded(t); len(all) != 0 {
		t.Errorf("%d cases", len(all))
	}
}

func TestABatchThatIsTooLargeIsRefusedWhole(t *testing.T) {
	d := newOfflineDay(t)
	c := d.console(t)
	good := c.next(t, morning.Add(time.Minute), nil)
	for name, texts := range map[string][]string{
		"too many":     slices.Repeat([]string{good}, counter.MaxOfflineBatch+1),
		"one too long": {good, strings.Repeat("x", counter.MaxOfflineRecord+1)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := d.Receive(ctx, suzuki, c.key.ID, texts); err == nil {
				t.Error("taken")
			}
		})
	}
	if all := d.recorded(t); len(all) != 0 {
		t.Errorf("%d cases", len(all))
	}
}

// A live screen is read within its 90 seconds; staff talk with the patient, and record later (a live one ends
// 90 s after it was made). It is judged when it was read, and that is no way to bring an
// old screen back.
func TestAScreenThatIsReadInTimeMayBeRecordedLater(t *testing.T) {
	d := newOfflineDay(t)
	c := d.console(t)
	d.now = morning.Add(time.Hour)
	at := morning.Add(10 * time.Minute)
	later := func(r *claims) { r.At, r.Read = at.Add(5*time.Minute).UnixMilli(), at.UnixMilli() }
	ahead := func(r *claims) { r.Read = at.Add(20 * time.Minute).UnixMilli() }
	old := func(r *claims) { r.Read = morning.Add(-time.Hour).UnixMilli() }
	marks := c.send(t, c.next(t, at, later), c.next(t, at.Add(6*time.Minute), ahead),
		c.next(t, at.Add(7*time.Minute), old))
	if len(marks[0]) > 0 {
		t.Errorf("read in time: %v", marks[0])
	}
	for i, name := range []string{"", "read after it was recorded", "read before there was a key"} {
		if i > 0 && !slices.Contains(marks[i], counter.MarkBackdated) {
			t.Errorf("%s: %v", name, marks[i])
		}
	}
}
