package counter

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/trust"
	"madoguchi/server/web/kit"
)

// offlinePages are what a console needs to work for a day without this server, and what the administrator
// sees of it afterwards (docs/offline.md).
type offlinePages struct {
	receptions
	kit *kit.Kit
	day *counter.OfflineDay
}

func (s offlinePages) routes(r *kit.Router) {
	r.Public("GET "+pwa.CounterWorkerPath, echo.WrapHandler(pwa.CounterWorker(s.kit.NoWorker)))
	r.Public("GET "+pwa.CounterManifestPath, s.manifest)
	r.Counter("GET /api/v1/counter/offline", s.reception(s.beliefs))
	r.Counter("POST /api/v1/counter/offline/key", s.reception(s.register))
	r.Counter("POST /api/v1/counter/offline/records", s.reception(s.receive))
	r.Counter("GET /counter/offline", s.reception(s.consoles))
}

// manifest is what a PC reads before it installs the console.
func (s offlinePages) manifest(c echo.Context) error {
	data, err := pwa.CounterManifest()
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return c.Blob(http.StatusOK, "application/manifest+json", data)
}

// beliefsJSON is what screens are verified by: seconds, and milliseconds for how far a clock is ahead.
type beliefsJSON struct {
	Version   int                          `json:"version"` // of the trust list
	IssuedAt  int64                        `json:"issuedAt"`
	ExpiresAt int64                        `json:"expiresAt"`
	Issuers   []offlineIssuerJSON          `json:"issuers"`
	Statuses  map[string]offlineStatusJSON `json:"statuses"`
	Skew      offlineSkewJSON              `json:"skew"`
}

type offlineIssuerJSON struct {
	ISS            string                      `json:"iss"`
	Name           string                      `json:"name"`
	InsurerNumbers []eligibility.InsurerNumber `json:"insurerNumbers"`
	Keys           credential.KeySet           `json:"jwks"`
}

// offlineStatusJSON is a list of revoked copies as credential.StatusList.Packed has it.
type offlineStatusJSON struct {
	Bits      string `json:"bits"` // base64url
	IssuedAt  int64  `json:"issuedAt"`
	ExpiresAt int64  `json:"expiresAt"`
}

type offlineSkewJSON struct {
	General int64            `json:"general"`
	Issuers map[string]int64 `json:"issuers"`
}

func beliefsOf(b trust.Beliefs) (beliefsJSON, error) {
	out := beliefsJSON{
		Version:   b.List.Version,
		IssuedAt:  b.List.IssuedAt,
		ExpiresAt: b.List.ExpiresAt,
		Issuers:   []offlineIssuerJSON{},
		Statuses:  map[string]offlineStatusJSON{},
		Skew:      offlineSkewJSON{b.ClockSkew.General.Milliseconds(), map[string]int64{}},
	}
	for iss, skew := range b.ClockSkew.Issuers {
		out.Skew.Issuers[iss] = skew.Milliseconds()
	}
	for _, i := range b.List.Issuers {
		out.Issuers = append(out.Issuers, offlineIssuerJSON{i.ISS, i.Name, i.InsurerNumbers, i.JWKS})
		if b.Statuses == nil {
			continue
		}
		list := b.Statuses(i.ISS)
		if list == nil {
			continue
		}
		packed, err := list.Packed()
		if err != nil {
			return out, err
		}
		out.Statuses[i.ISS] = offlineStatusJSON{
			Bits:      base64url(packed),
			IssuedAt:  list.IssuedAt.Unix(),
			ExpiresAt: list.ExpiresAt.Unix(),
		}
	}
	return out, nil
}

// offlineSentences are the beginnings of the keys that the console says of a screen that it verified itself.
var offlineSentences = []string{"verdict.", "console.next.", "console.registered", "console.representative",
	"console.method.n1e", "console.ask.", "offline.not_understood"}

// sentencesFrom are the sentences of these keys in the staff's two languages, their places left for the page.
func sentencesFrom(beginnings []string) map[string]Sentence {
	out := map[string]Sentence{}
	for _, e := range message.Entries() {
		for _, begins := range beginnings {
			if strings.HasPrefix(e.Key, begins) {
				out[e.Key] = newSentence(message.New(e.Key, nil))
			}
		}
	}
	return out
}

// beliefs are what the console keeps of a morning.
func (s offlinePages) beliefs(c echo.Context, reception staff.Reception) error {
	believed, err := s.day.Beliefs(c.Request().Context(), reception)
	if err != nil {
		return err
	}
	of, err := beliefsOf(believed)
	if err != nil {
		return err
	}
	data, err := json.Marshal(struct {
		ServerTime time.Time           `json:"serverTime"`
		Facility   string              `json:"facility"` // 医療機関コード
		Staff      string              `json:"staff"`
		StaffName  string              `json:"staffName"`
		Beliefs    beliefsJSON         `json:"beliefs"`
		Sentences  map[string]Sentence `json:"sentences"`
		AskKeys    []string            `json:"askKeys"`
		Compare    []compareJSON       `json:"compare"` // what staff compare of a screen
	}{
		ServerTime: s.kit.Now(),
		Facility:   reception.Facility,
		Staff:      reception.Staff,
		StaffName:  s.kit.Named(c, reception.Staff),
		Beliefs:    of,
		Sentences:  sentencesFrom(offlineSentences),
		AskKeys:    askAlways,
		Compare:    compareView(counter.CaseView{}),
	})
	if err != nil {
		return err
	}
	return kit.SendCompressed(c, http.StatusOK, echo.MIMEApplicationJSON, data)
}

// register takes the public half of the console's key.
func (s offlinePages) register(c echo.Context, reception staff.Reception) error {
	var body struct {
		X string `json:"x"`
		Y string `json:"y"`
	}
	if err := c.Bind(&body); err != nil || len(body.X) > 100 || len(body.Y) > 100 {
		return kit.ErrRequest
	}
	key, err := s.day.Register(c.Request().Context(), reception, counter.ConsoleKey(body))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		ID         string    `json:"id"`
		Facility   string    `json:"facility"`
		Ends       time.Time `json:"ends"`
		ServerTime time.Time `json:"serverTime"`
	}{key.ID, key.Facility, key.Ends, s.kit.Now()})
}

type receivedJSON struct {
	Hash  string                `json:"hash"`
	Known bool                  `json:"known"` // it had come before
	Marks []counter.OfflineMark `json:"marks"`
}

// receive takes records, and answers which the console may forget.
func (s offlinePages) receive(c echo.Context, reception staff.Reception) error {
	var body struct {
		Key     string   `json:"key"`
		Records []string `json:"records"`
	}
	if err := c.Bind(&body); err != nil || len(body.Key) > 100 {
		return kit.ErrRequest
	}
	got, err := s.day.Receive(c.Request().Context(), reception, body.Key, body.Records)
	if err != nil {
		return err
	}
	out := struct {
		Received []receivedJSON `json:"received"`
	}{[]receivedJSON{}}
	for _, one := range got {
		out.Received = append(out.Received, receivedJSON{one.Hash, one.Known, append([]counter.OfflineMark{},
			one.Marks...)})
	}
	return c.JSON(http.StatusOK, out)
}
