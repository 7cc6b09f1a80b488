package counter_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/issuertest"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
)

// pickyServer is an insurer's server that does not like one receipt: what it then answers is an error or a
// phone's key. It takes any other.
type pickyServer struct {
	counter.InsurerCalls
	bad   map[string]error  // by what was shown
	keys  map[string][]byte // phones of what was shown as "bad"
	asked []string
	left  []string
}

func (s *pickyServer) ReceiptKeys(_ context.Context, _, jws string) (map[string][]byte, error) {
	s.asked = append(s.asked, jws)
	if err := s.bad[jws]; err != nil {
		return nil, err
	}
	if jws == "bad" && s.keys != nil {
		return s.keys, nil
	}
	return map[string][]byte{"A": phonePoint}, nil
}

func (s *pickyServer) LeaveReceipt(_ context.Context, _ string, d hostapi.Delivery) error {
	s.left = append(s.left, d.Credential)
	return nil
}

// owing is a clinic of which the receipts of the cases wait for one insurer, in this order.
func owing(t *testing.T, cases ...string) (*clinic, *pickyServer) {
	t.Helper()
	c, insurer := newClinic(t), &pickyServer{bad: map[string]error{}}
	c.Insurers = func(string) counter.InsurerCalls { return insurer }
	c.Receipts.Key = issuertest.NewKey(t)
	for _, id := range cases {
		c.owes(t, id, iss)
	}
	return c, insurer
}

func (c *clinic) tries(t *testing.T, wait int) {
	t.Helper()
	if left, err := c.Receipts.LeaveWaiting(ctx); err != nil || left != wait {
		t.Errorf("%d wait, %v; want %d", left, err, wait)
	}
}

// One receipt that an insurer does not like keeps no other of that insurer waiting. It waits itself only
// where asking again may help (RFC 9110 15.5, 15.6; RFC 6585 4).
func TestABadReceiptKeepsNoOtherWaiting(t *testing.T) {
	tooMany := map[string][]byte{}
	for i := range hostapi.MaxReceiptDevices + 1 {
		tooMany[string(rune('a'+i))] = phonePoint
	}
	for _, c := range []struct {
		name  string
		err   error
		keys  map[string][]byte
		waits bool
	}{
		{"it wants a pause", &hostapi.RefusedCall{Status: http.StatusTooManyRequests, Wait: time.Hour}, nil,
			true},
		{"an answer that nobody understands", errors.New("invalid character '<'"), nil, true},
		{"a page instead of an answer", &hostapi.RefusedCall{Status: http.StatusFound}, nil, true},
		{"more phones than there can be", nil, tooMany, true},
		{"refused", &hostapi.RefusedCall{Status: http.StatusForbidden, Text: "試験 花子"}, nil, false},
		{"a phone whose key is none", nil, map[string][]byte{"A": []byte("x")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			desk, insurer := owing(t, "bad", "good", "another")
			insurer.bad["bad"], insurer.keys = c.err, c.keys
			wait := 0
			if c.waits {
				wait = 1
			}
			desk.tries(t, wait)
			if want := []string{"good", "another"}; !slices.Equal(insurer.left, want) {
				t.Errorf("left: %q, want %q", insurer.left, want)
			}
			given := strings.Contains(dump(t, desk.file), "receipt.refused")
			if rest := waiting(t, desk); len(rest) != wait || given == c.waits {
				t.Errorf("%d wait; the audit tells of it: %v", len(rest), given)
			}
			if strings.Contains(dump(t, desk.file), "花子") {
				t.Error("the audit repeats an insurer's words")
			}
		})
	}
}

// A receipt that its insurer wants to be asked about later is tried when the insurer said, not before
// (RFC 9110 10.2.3).
func TestAReceiptRestsAsLongAsTheInsurerSays(t *testing.T) {
	c, insurer := owing(t, "bad")
	insurer.bad["bad"] = &hostapi.RefusedCall{Status: http.StatusTooManyRequests, Wait: time.Hour}
	c.tries(t, 1)
	c.passes(time.Hour - time.Second)
	c.tries(t, 1)
	if len(insurer.asked) != 1 {
		t.Errorf("asked %d times within the hour", len(insurer.asked))
	}
	delete(insurer.bad, "bad")
	c.passes(time.Second)
	c.tries(t, 0)
}

// A server that refuses all who come too often is not asked for each of a hundred.
func TestAnInsurerThatWantsAPauseHasIt(t *testing.T) {
	c, insurer := owing(t, "1", "2", "3", "4", "5")
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		insurer.bad[id] = &hostapi.RefusedCall{Status: http.StatusTooManyRequests, Wait: time.Minute}
	}
	c.tries(t, 5)
	if len(insurer.asked) != 2 {
		t.Errorf("it was asked about %q", insurer.asked)
	}
}

// A receipt at which an insurer's server breaks down is tried after those that never failed.
func TestAReceiptThatBreaksAServerComesLast(t *testing.T) {
	c, insurer := owing(t, "poison", "good", "another")
	insurer.bad["poison"] = &hostapi.RefusedCall{Status: http.StatusInternalServerError}
	c.tries(t, 3) // the server is away, as far as anybody knows
	c.tries(t, 1)
	if want := []string{"good", "another"}; !slices.Equal(insurer.left, want) {
		t.Errorf("left: %q, want %q", insurer.left, want)
	}
}

// A phone without a good key keeps the person's others from nothing.
func TestAPhoneWithABadKeyTakesNoReceiptFromTheOthers(t *testing.T) {
	c, insurer := owing(t, "bad")
	insurer.keys = map[string][]byte{"A": phonePoint, "B": make([]byte, hostapi.PointBytes)}
	c.tries(t, 0)
	if len(insurer.left) != 1 {
		t.Errorf("%d were left", len(insurer.left))
	}
}

// What nobody can read any more, and whose facility has left, waits for nothing.
func TestAReceiptThatNobodyCanLeaveIsGivenUp(t *testing.T) {
	c, insurer := owing(t, "bad", "good")
	left := c.Facilities
	c.Receipts.Facilities = noFacility{}
	c.tries(t, 0)
	if len(insurer.asked) != 0 || strings.Count(dump(t, c.file), "receipt.refused") != 2 {
		t.Errorf("asked about %q", insurer.asked)
	}
	c.Receipts.Facilities = left
	c.owes(t, "last", `","jws":5,"iss":"`) // no text: as a program of another day may write it
	c.tries(t, 0)
	if strings.Count(dump(t, c.file), "receipt.refused") != 3 {
		t.Error("the audit does not say so")
	}
}

type noFacility struct{}

func (noFacility) Facility(context.Context, string) (counter.Facility, error) {
	return counter.Facility{}, errNothing
}

// A receipt whose answer was lost is left again under the same name, so that the insurer knows it; each
// record has another.
func TestAReceiptIsLeftAgainUnderItsName(t *testing.T) {
	c, insurer := recorded(t, hostapi.ErrUnreached)
	insurer.fails, insurer.loses = nil, hostapi.ErrUnreached
	c.passes(time.Minute)
	c.tries(t, 1)
	c.tries(t, 1)
	insurer.loses = nil
	c.tries(t, 0)
	next, err := c.Open(ctx, suzuki, c.jws)
	fatal(t, err)
	_, err = c.Record(ctx, suzuki, next.ID, counter.CaseEnd{Outcome: hostapi.Refused, Reason: "別の方"})
	fatal(t, err)
	if len(insurer.left) != 4 {
		t.Fatalf("left %d times", len(insurer.left))
	}
	first := insurer.left[0].ID
	if len(first) != 26 || insurer.left[1].ID != first || insurer.left[2].ID != first ||
		insurer.left[3].ID == first || len(insurer.left[3].ID) != 26 {
		t.Errorf("%q %q %q %q", first, insurer.left[1].ID, insurer.left[2].ID, insurer.left[3].ID)
	}
}
