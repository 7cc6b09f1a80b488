package web

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// stumbles is a store whose disk is full for the first end of grants.
type stumbles struct {
	insurer.DevicesStore
	tries int
}

func (s *stumbles) EndDeviceGrants(
	ctx context.Context, end insurer.DeviceGrantEnd, e audit.Entry,
) (int, error) {
	if s.tries++; s.tries == 1 {
		return 0, errors.New("no space left on device")
	}
	return s.DevicesStore.EndDeviceGrants(ctx, end, e)
}

// lost is a test app with a phone that was lost while its login and its key's session were open, and an owner
// at another browser.
func lost(t *testing.T) (h *testApp, r insurer.PersonRecord, thief, owner []*http.Cookie, phone testPhone) {
	t.Helper()
	h, _ = connected(t)
	r = h.patientOf(t, h.now)
	phone = newPhone(t)
	h.add(t, "A", phone)
	h.enter(t, "A", phone)
	thief, h.cookies = h.cookies, nil
	h.patientOf(t, h.now)
	return h, r, thief, h.cookies, phone
}

func TestTheEndOfALostPhoneIsWholeAfterAFailureHalfway(t *testing.T) {
	h, _, thief, owner, _ := lost(t)
	h.replace = func(all *insurer.Stores) { all.Devices = &stumbles{DevicesStore: all.Devices} }
	h.build(t)
	h.cookies = owner
	if w := h.ask(t, "POST", "/api/v1/phones/A/end", struct{}{}); w.Code < 500 {
		t.Fatalf("%d", w.Code)
	}
	if w := h.ask(t, "POST", "/api/v1/phones/A/end", struct{}{}); w.Code != 200 {
		t.Errorf("the second try: %d %s", w.Code, w.Body)
	}
	h.cookies = thief
	showsNobody(t, h.ask(t, "GET", "/api/v1/me", nil))
}

// A cookie that was copied off a phone is worth nothing when that phone was ended, even if it was added again
// with the same key.
func TestAnEndedPhonesSessionDoesNotComeBackWithThePhone(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(t *testing.T, h *testApp, r insurer.PersonRecord)
	}{
		{"by the patient", func(t *testing.T, h *testApp, _ insurer.PersonRecord) {
			if w := h.ask(t, "POST", "/api/v1/phones/A/end", struct{}{}); w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}},
		{"by the insurer", func(t *testing.T, h *testApp, r insurer.PersonRecord) {
			n, err := h.insurer.Devices.EndDeviceOfPerson(ctx, clerkOf("00138990"), r.ID, "")
			if err != nil || n != 1 {
				t.Fatalf("%d %v", n, err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, r, thief, owner, phone := lost(t)
			h.cookies = owner
			c.end(t, h, r)
			h.cookies = nil
			h.patientOf(t, h.now)
			if w := h.add(t, "A", phone); w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			h.cookies = thief
			showsNobody(t, h.ask(t, "GET", "/api/v1/me", nil))
		})
	}
}

// An address without the phone or the person names nobody, not everybody.
func TestAnEmptyNameInAnAddressEndsNothing(t *testing.T) {
	h, r, thief, owner, _ := lost(t)
	for path, cookies := range map[string][]*http.Cookie{
		"/api/v1/phones//end":    owner,
		"/api/v1/people//remove": thief,
	} {
		h.cookies = cookies
		if w := h.ask(t, "POST", path, struct{}{}); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if left, err := h.store.Devices.DeviceGrants(ctx, insurer.DeviceGrantQuery{Person: r.ID}); err != nil ||
		len(left) != 1 {
		t.Errorf("%d grants left, %v", len(left), err)
	}
}
