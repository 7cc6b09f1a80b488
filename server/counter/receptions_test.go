package counter_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/facilitytest"
	"madoguchi/internal/issuertest"
	"madoguchi/pdf"
	"madoguchi/pdf/sign"
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/store"
	"madoguchi/server/store/storetest"
	"madoguchi/server/trust"
)

const (
	own     = "1319999991" // 医療機関コード of the service
	another = "1319999992"
	iss     = "https://localhost:8080/i/00138990"
)

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan)
)

// secretOfTests is every secret of a clinic.
var secretOfTests = bytes.Repeat([]byte{1}, 32)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// clinic is a counter with its real store, and two open cases: a live screen, and one that awaits its second
// code.
type clinic struct {
	*counter.Service
	file       string
	live, away string         // the cases
	jws        string         // of the live screen
	key        credential.Key // the insurer's
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{file: storetest.Database(t)}
	secret := secretOfTests
	kept, err := store.Open(ctx, c.file, store.Options{
		Mode:    "demo",
		Role:    "counter",
		Index:   secret,
		Masters: map[string][]byte{"cases": secret, "session": secret},
	})
	fatal(t, err)
	t.Cleanup(func() { kept.Close() })
	key := issuertest.NewKey(t)
	c.key = key
	list := &credential.TrustList{Version: 1, IssuedAt: now.Unix(), Issuers: []credential.TrustedIssuer{{
		ISS:            iss,
		Name:           "架空市",
		InsurerNumbers: []eligibility.InsurerNumber{"00138990"},
		JWKS:           credential.KeySet{key.Public()},
	}}}
	c.Service = &counter.Service{
		Store:      kept.ForCounter(),
		Believed:   func() (trust.Beliefs, error) { return trust.Beliefs{List: list}, nil },
		Readers:    readers{},
		Insurers:   func(string) counter.InsurerCalls { return away{} },
		Facilities: facilitytest.One{Code: own, Name: "架空医院"},
		Outages:    counter.Outages{Store: kept.Outages(), Now: func() time.Time { return now }},
		Disasters:  counter.Disasters{Store: kept.Notices(), Now: func() time.Time { return now }},
		Now:        func() time.Time { return now },
	}
	c.Receipts = &counter.Receipts{
		Store:      c.Store,
		Facilities: c.Facilities,
		Insurers:   func(url string) counter.ReceiptCalls { return c.Insurers(url) }, // as it is set then
		Held:       counter.NewHeld((&clockOfRecords{}).afterFunc),
		Now:        func() time.Time { return c.Now() },
	}
	person := eligibility.Person{
		Insurer:   "00138990",
		Number:    "567",
		Name:      "試験 花子",
		Kana:      "シケン ハナコ",
		BirthDate: eligibility.MustDate("1988-11-30"),
	}
	issue := func(r credential.Request) (jws, id string) {
		r.Person, r.InsurerName, r.Share = person, "架空市", 30
		issued, err := credential.Issue(iss, key, r, now)
		fatal(t, err)
		view, err := c.Open(ctx, suzuki, issued.JWS)
		fatal(t, err)
		return issued.JWS, view.ID
	}
	c.jws, c.live = issue(credential.Request{Tier: credential.TierLive})
	_, c.away = issue(credential.Request{Tier: credential.TierOffline, DeviceKeyID: "vFm9fTx1wPugptQy"})
	return c
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// suzuki works at the clinic; the others of the same name do not.
var (
	suzuki    = staff.Reception{Staff: "鈴木", Facility: own, Role: staff.Everything}
	strangers = map[string]staff.Reception{
		"another facility's": {Staff: "鈴木", Facility: another, Role: staff.Everything},
		"nobody's":           {Staff: "鈴木"},
	}
)

// readers answers for its own facility's reader alone, as agents.AgentHub does.
type readers struct{}

func (readers) refuse(r counter.CardRequest) error {
	if r.Facility != own || r.CaseID == "" || r.BirthDate.IsZero() {
		return agents.ErrNoReader
	}
	return nil
}

func (f readers) CheckBirthDate(_ context.Context, r counter.CardRequest) (card.Result, error) {
	return card.Result{Outcome: card.Confirmed}, f.refuse(r)
}

func (f readers) CheckText(_ context.Context, r counter.TextRequest) (counter.TextResult, error) {
	return counter.TextResult{}, f.refuse(r.CardRequest)
}

func (f readers) FaceTries(_ context.Context, r counter.CardRequest) (int, error) {
	return 10, f.refuse(r)
}

func (f readers) CheckFace(_ context.Context, r counter.FaceRequest) (counter.FaceResult, error) {
	return counter.FaceResult{}, f.refuse(r.CardRequest)
}

func (f readers) CheckDates(
	_ context.Context, r counter.CardRequest, _ eligibility.Date,
) (counter.DatesResult, error) {
	return counter.DatesResult{}, f.refuse(r)
}

func (f readers) CompareOQS(
	_ context.Context, r counter.CardRequest, _ wire.Items,
) (counter.OQSResult, error) {
	return counter.OQSResult{}, f.refuse(r)
}

func (readers) Status(string) []counter.ReaderStatus { return nil }

// away is an insurer that cannot be reached.
type away struct{}

func (away) ReceiptKeys(context.Context, string, string) (map[string][]byte, error) {
	return nil, hostapi.ErrUnreached
}
func (away) LeaveReceipt(context.Context, string, hostapi.Delivery) error {
	return hostapi.ErrUnreached
}
func (away) Redeem(context.Context, string, credential.OnlineCode) (string, error) {
	return "", io.ErrUnexpectedEOF
}

var errNothing = &eligibility.Error{Code: eligibility.NotFound, Key: "test.nothing"}

// blankSheet is a PDF that shows no code.
func blankSheet() []byte {
	data, _, err := pdf.EligibilitySheet(pdf.Sheet{Masked: true})
	if err != nil {
		panic(err)
	}
	return data
}

// rows are the service's methods, called for the clinic's cases.
var rows = map[string]func(c *clinic, who staff.Reception) error{
	"Open": func(c *clinic, who staff.Reception) error {
		_, err := c.Open(ctx, who, c.jws)
		return err
	},
	"OpenPDF": func(c *clinic, who staff.Reception) error {
		document, err := sign.Describe(blankSheet(), c.Now(), sign.Options{Credential: c.jws})
		if err == nil {
			_, err = c.OpenPDF(ctx, who, document)
		}
		return err
	},
	"Candidates": func(c *clinic, who staff.Reception) error {
		_, err := c.Candidates(ctx, who, []string{c.jws})
		return err
	},
	"Prove": func(c *clinic, who staff.Reception) error {
		_, err := c.Prove(ctx, who, c.away, "x")
		return err
	},
	"Challenge": func(c *clinic, who staff.Reception) error {
		_, err := c.Challenge(ctx, who, c.away)
		return err
	},
	"CheckCard": func(c *clinic, who staff.Reception) error {
		_, err := c.CheckCard(ctx, who, "", c.live)
		return err
	},
	"CheckText": func(c *clinic, who staff.Reception) error {
		_, _, err := c.CheckText(ctx, who, counter.TextQuestion{ID: c.live, ExpiryYear: 2035, Code: "1234"})
		return err
	},
	"FaceTries": func(c *clinic, who staff.Reception) error {
		_, err := c.FaceTries(ctx, who, "", c.live)
		return err
	},
	"CheckFace": func(c *clinic, who staff.Reception) error {
		_, _, err := c.CheckFace(ctx, who, counter.FaceQuestion{
			TextQuestion: counter.TextQuestion{ID: c.live, ExpiryYear: 2035, Code: "1234"},
			Tries:        10,
		})
		return err
	},
	"CheckDates": func(c *clinic, who staff.Reception) error {
		_, _, err := c.CheckDates(ctx, who, "", c.live)
		return err
	},
	"CompareOQS": func(c *clinic, who staff.Reception) error {
		_, err := c.CompareOQS(ctx, who, "", c.live)
		return err
	},
	"Visual": func(c *clinic, who staff.Reception) error {
		_, err := c.Visual(ctx, who, c.live, []string{"photo", "name", "birthDate"})
		return err
	},
	"Record": func(c *clinic, who staff.Reception) error {
		_, err := c.Record(ctx, who, c.live, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "急ぎ"})
		return err
	},
	"TakeBack": func(c *clinic, who staff.Reception) error {
		if who == suzuki { // there is a record to take back
			end := counter.CaseEnd{Outcome: hostapi.Parked, Reason: "急ぎ"}
			if _, err := c.Record(ctx, who, c.live, end); err != nil {
				return err
			}
		}
		_, err := c.TakeBack(ctx, who, c.live)
		return err
	},
	"ScanAgain": func(c *clinic, who staff.Reception) error {
		if who == suzuki { // there is a parked case that was taken up
			end := counter.CaseEnd{Outcome: hostapi.Parked, Reason: "急ぎ"}
			if _, err := c.Record(ctx, who, c.live, end); err != nil {
				return err
			}
			if _, err := counter.NewRecords(c.Service).TakeUp(ctx, who, c.live); err != nil {
				return err
			}
		}
		_, err := c.ScanAgain(ctx, who, c.live, c.jws)
		return err
	},
	"FacilityOf": func(c *clinic, who staff.Reception) error {
		_, err := c.FacilityOf(ctx, who)
		return err
	},
	"Today": func(c *clinic, who staff.Reception) error {
		cases, err := c.Today(ctx, who)
		if err == nil && len(cases) == 0 {
			return errNothing
		}
		return err
	},
}

// Every method of the service takes the reception first and has a row.
func TestEveryMethodAsksWhoAsks(t *testing.T) {
	service := reflect.TypeFor[*counter.Service]()
	for i := range service.NumMethod() {
		method := service.Method(i)
		if rows[method.Name] == nil {
			t.Errorf("%s has no row", method.Name)
		}
		if method.Type.NumIn() < 3 || method.Type.In(2) != reflect.TypeFor[staff.Reception]() {
			t.Errorf("%s does not take a reception first", method.Name)
		}
	}
	for name := range rows {
		if _, there := service.MethodByName(name); !there {
			t.Errorf("there is no %s any more", name)
		}
	}
}

// A case of another facility is not found, by this facility's counter and by the other's own: nothing
// changes, and the audit tells nothing. Its own staff find it.
func TestAnotherFacilitysCaseIsNotFound(t *testing.T) {
	for _, name := range sorted(rows) {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t)
			before := dump(t, c.file)
			elsewhere := *c
			service := *c.Service
			service.Facilities = facilitytest.One{Code: another, Name: "別の医院"}
			elsewhere.Service = &service
			for kind, who := range strangers {
				for at, clinic := range map[string]*clinic{"here": c, "at their own counter": &elsewhere} {
					if atOwn := clinic == &elsewhere && who.Facility == another; atOwn &&
						slices.Contains([]string{"Open", "OpenPDF", "Candidates", "FacilityOf"}, name) {
						continue // who is shown a screen may open a case of their own
					}
					var e *eligibility.Error
					if err := rows[name](clinic, who); !errors.As(err, &e) || e.Code != eligibility.NotFound {
						t.Errorf("%s %s: %v", kind, at, err)
					}
				}
			}
			if after := dump(t, c.file); after != before {
				t.Error("something changed, or the audit tells something")
			}
			if err := rows[name](c, suzuki); err != nil {
				t.Errorf("whose it is: %v", err)
			}
		})
	}
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
