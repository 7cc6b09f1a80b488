package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/card"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/desk"
)

func (s *Site) counterRoutes(e *echo.Echo) {
	e.GET("/counter", s.pageFor(auth.Counter, s.counterPage))
	e.GET("/counter/methods", s.pageFor(auth.Counter, s.methodsPage))
	s.staffRoutes(e, auth.Counter)
	e.GET("/api/v1/counter/status", s.callFor(auth.Counter, s.counterStatus))
	e.GET("/api/v1/counter/cases", s.callFor(auth.Counter, s.cases))
	e.POST("/api/v1/counter/cases", s.callFor(auth.Counter, s.scan))
	e.POST("/api/v1/counter/cases/:id/proof", s.callFor(auth.Counter, s.prove))
	e.POST("/api/v1/counter/cases/:id/challenge", s.callFor(auth.Counter, s.challenge))
	e.POST("/api/v1/counter/cases/:id/card-check", s.callFor(auth.Counter, s.cardCheck))
	s.extraCheckRoutes(e)
	e.POST("/api/v1/counter/cases/:id/visual", s.callFor(auth.Counter, s.visual))
	e.POST("/api/v1/counter/cases/:id/record", s.callFor(auth.Counter, s.record))
	e.POST("/api/v1/counter/bridges", s.callFor(auth.Counter, s.pairBridge))
	e.GET("/api/v1/bridge", echo.WrapHandler(s.Readers))
}

func (s *Site) counterPage(c echo.Context, staff string) error {
	return s.show(c, http.StatusOK, "counter", CounterView{Page: s.page(c, "受付", "Counter"), Facility: s.Counter.Facility.Name, Staff: staff})
}

type sentence struct {
	Ja string `json:"ja"`
	En string `json:"en"`
}

type checkLine struct {
	Name   string `json:"name"`
	Result string `json:"result"`
	Ja     string `json:"ja"`
	En     string `json:"en"`
}

// caseJSON is a case as the console gets it.
type caseJSON struct {
	ID          string           `json:"id"`
	At          time.Time        `json:"at"`
	Outcome     string           `json:"outcome"`
	Reason      string           `json:"reason,omitempty"`
	Staff       string           `json:"staff,omitempty"`
	Verdict     verdictJSON      `json:"verdict"`
	Eligibility *eligibilityJSON `json:"eligibility"`
	Method      methodJSON       `json:"method"`
	Ask         []string         `json:"ask"`
	Visual      []string         `json:"visual"`
	Nonce       string           `json:"nonce,omitempty"` // the number that the patient's phone is asked to answer
	Card        *cardJSON        `json:"card"`
	extraChecks
}

type verdictJSON struct {
	Valid      bool        `json:"valid"`
	Awaits     bool        `json:"awaits"` // only the second code is missing
	Tier       string      `json:"tier"`
	Issuer     string      `json:"issuer,omitempty"`
	IssuerName string      `json:"issuerName,omitempty"`
	IssuedAt   *time.Time  `json:"issuedAt"`
	ExpiresAt  *time.Time  `json:"expiresAt"`
	Headline   sentence    `json:"headline"`
	Next       sentence    `json:"next"`
	Checks     []checkLine `json:"checks"`
}

type eligibilityJSON struct {
	InsurerNumber string `json:"insurerNumber"`
	InsurerName   string `json:"insurerName"`
	Symbol        string `json:"symbol"`
	Number        string `json:"number"`
	BranchNumber  string `json:"branchNumber"`
	Name          string `json:"name"`
	Kana          string `json:"kana"`
	BirthDate     string `json:"birthDate"`
	BirthDateJa   string `json:"birthDateJa"`
	Age           int    `json:"age"`
	Sex           string `json:"sex"`
	Share         int    `json:"share"`
	ShareText     string `json:"shareText"`
	ValidFrom     string `json:"validFrom"`
	ValidUntil    string `json:"validUntil"`
}

type methodJSON struct {
	Code string `json:"code"`
	Ja   string `json:"ja"`
}

type cardJSON struct {
	Result    string      `json:"result"`
	Headline  sentence    `json:"headline"`
	Next      sentence    `json:"next"`
	Checks    []checkLine `json:"checks"`
	Proves    []string    `json:"proves"`
	NotProven []string    `json:"notProven"`
}

// askAlways are the papers that only マイナ保険証 makes needless (rules.md 2): ask for them after every other method.
var askAlways = []string{"限度額適用認定証などの有無", "公費の受給者証の有無", "子ども医療証の有無"}

// caseView turns a case into what the console shows: the headline, then the one next step.
func (s *Site) caseView(view desk.CaseView) caseJSON {
	v := view.Verdict
	ja, en := v.Headline()
	out := caseJSON{ID: view.ID, At: view.At, Outcome: string(view.Outcome), Reason: view.Reason, Staff: view.Staff,
		Method: methodJSON{"N1e", "資格情報のお知らせ（電子）＋カード"}, Ask: askAlways, Visual: view.Visual, Nonce: view.Nonce,
		Verdict: verdictJSON{Valid: v.Valid, Awaits: v.NeedsProof(), Tier: string(v.Tier), Issuer: v.Issuer, IssuerName: v.IssuerName, IssuedAt: moment(v.IssuedAt), ExpiresAt: moment(v.ExpiresAt),
			Headline: sentence{ja, en}, Checks: []checkLine{}}}
	if out.Visual == nil {
		out.Visual = []string{}
	}
	var settled []checkLine
	for _, c := range v.Checks {
		line := checkLine{c.Name, string(c.Result), c.Reason, c.En}
		if c.Name == "revocation" && v.Tier != credential.PDF && v.Tier != "" {
			settled = append(settled, line) // such a screen ends by itself: nothing is left open that staff should read first
			continue
		}
		out.Verdict.Checks = append(out.Verdict.Checks, line)
	}
	out.Verdict.Checks = append(out.Verdict.Checks, settled...)
	out.Verdict.Next = sentence{"カードの生年月日が画面と同じか見て、カードを確認してください。", "Compare the card's birth date with the screen, then check the card."}
	if v.Awaits() {
		out.Verdict.Next = sentence{"電波がないときの画面です。下の小さいコードも続けて読み取ってください。", "The phone is offline. Scan the smaller code below as well."}
	} else if !v.Valid && len(v.Checks) > 0 {
		out.Verdict.Next = sentence{v.Checks[0].Reason, v.Checks[0].En}
	}
	if v.Eligibility != nil {
		out.Eligibility = s.eligibilityView(*v.Eligibility)
	}
	if r := view.Card; r != nil {
		out.Card = &cardJSON{Result: string(r.Outcome), Headline: sentence{r.Ja, r.En}, Checks: []checkLine{}, Proves: r.Proves, NotProven: r.NotProven}
		for _, c := range r.Checks {
			out.Card.Checks = append(out.Card.Checks, checkLine(c))
		}
		switch r.Outcome {
		case card.Confirmed, card.Unverified:
			out.Card.Next = sentence{"顔写真を見て、限度額・公費・子ども医療証をたずね、記録してください。", "Look at the photo, ask for other papers, and record."}
		default: // the sentence holds its own next step behind the first full stop
			out.Card.Headline.Ja, out.Card.Next.Ja = firstSentence(r.Ja, "。")
			out.Card.Headline.En, out.Card.Next.En = firstSentence(r.En, ". ")
		}
		out.Verdict.Next = out.Card.Next
	}
	out.extraChecks = extraView(view)
	return out
}

// firstSentence parts a text behind its first full stop.
func firstSentence(text, stop string) (first, rest string) {
	first, rest, found := strings.Cut(text, stop)
	if !found {
		return text, ""
	}
	return first + strings.TrimSpace(stop), rest
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s *Site) eligibilityView(e credential.Eligibility) *eligibilityJSON {
	today := eligibility.DateOf(s.Now())
	out := &eligibilityJSON{InsurerNumber: e.Insurer.Paper(), InsurerName: e.InsurerName, Symbol: e.Symbol, Number: e.Number, BranchNumber: e.BranchNumber,
		Name: e.Name, Kana: e.Kana, BirthDate: e.BirthDate.String(), BirthDateJa: e.BirthDate.Japanese(), Age: eligibility.Age(e.BirthDate, today),
		Sex: e.Sex.Japanese(), Share: e.Share, ValidFrom: e.ValidFrom.Japanese(), ValidUntil: e.ValidUntil.Japanese()}
	if e.Share > 0 {
		out.ShareText = sharesText([]int{e.Share})
	} else if shares, err := eligibility.SharesOn(eligibility.Person{BirthDate: e.BirthDate, Insurer: e.Insurer}, today); err == nil {
		out.ShareText = sharesText(shares)
	}
	return out
}

func (s *Site) scan(c echo.Context, staff string) error {
	var body struct {
		Text string `json:"text"`
	}
	if err := c.Bind(&body); err != nil || len(body.Text) > 20000 {
		return errRequest
	}
	view, err := s.Counter.Open(c.Request().Context(), staff, body.Text)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, s.caseView(view))
}

// prove adds the second code of a phone that is offline.
func (s *Site) prove(c echo.Context, staff string) error {
	var body struct {
		Text string `json:"text"`
	}
	if err := c.Bind(&body); err != nil || len(body.Text) > 4000 {
		return errRequest
	}
	view, err := s.Counter.Prove(c.Request().Context(), staff, c.Param("id"), body.Text)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.caseView(view))
}

// challenge makes the number that the phone's next proof must answer.
func (s *Site) challenge(c echo.Context, staff string) error {
	view, err := s.Counter.Challenge(c.Request().Context(), staff, c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.caseView(view))
}

func (s *Site) cardCheck(c echo.Context, staff string) error {
	var body struct {
		Confirmed bool `json:"birthDateConfirmed"`
	}
	if err := c.Bind(&body); err != nil || !body.Confirmed {
		return errRequest.In("birthDateConfirmed")
	}
	view, err := s.Counter.CheckCard(c.Request().Context(), staff, chosenReader(c), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.caseView(view))
}

func (s *Site) visual(c echo.Context, staff string) error {
	var body struct {
		Checks []string `json:"checks"`
	}
	if err := c.Bind(&body); err != nil {
		return errRequest
	}
	for _, check := range body.Checks {
		if check != "photo" && check != "name" && check != "birthDate" {
			return errRequest.In("checks")
		}
	}
	view, err := s.Counter.Visual(c.Request().Context(), staff, c.Param("id"), body.Checks)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.caseView(view))
}

func (s *Site) record(c echo.Context, staff string) error {
	var body struct {
		Outcome desk.Outcome `json:"outcome"`
		Reason  string       `json:"reason"`
	}
	if err := c.Bind(&body); err != nil || len(body.Reason) > 2000 {
		return errRequest
	}
	switch body.Outcome {
	case desk.Accepted, desk.Refused, desk.Parked:
	default:
		return errRequest.In("outcome")
	}
	view, err := s.Counter.Record(c.Request().Context(), staff, c.Param("id"), body.Outcome, body.Reason)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.caseView(view))
}

func (s *Site) cases(c echo.Context, _ string) error {
	views, err := s.Counter.Today(c.Request().Context())
	if err != nil {
		return err
	}
	out := struct {
		Cases []caseJSON `json:"cases"`
	}{[]caseJSON{}}
	for _, view := range views {
		out.Cases = append(out.Cases, s.caseView(view))
	}
	return c.JSON(http.StatusOK, out)
}

func (s *Site) counterStatus(c echo.Context, staff string) error {
	views, err := s.Counter.Today(c.Request().Context())
	if err != nil {
		return err
	}
	trust, err := s.Counter.Trust()
	if err != nil {
		return err
	}
	out := struct {
		Facility  string       `json:"facility"`
		Staff     string       `json:"staff"`
		Readers   []readerJSON `json:"readers"`
		TrustList struct {
			IssuedAt time.Time `json:"issuedAt"`
			Version  int       `json:"version"`
		} `json:"trustList"`
		Today      int       `json:"today"`
		Parked     int       `json:"parked"`
		ServerTime time.Time `json:"serverTime"`
		Clock      *sentence `json:"clock"` // how far the server's clock is off, when that is worth saying
	}{Facility: s.Counter.Facility.Name, Staff: staff, Readers: s.readers(c), ServerTime: s.Now()}
	if s.Counter.Offset != nil {
		if ja, en := credential.ClockWords(s.Counter.Offset()); ja != "" {
			out.Clock = &sentence{ja, en}
		}
	}
	out.TrustList.IssuedAt, out.TrustList.Version = time.Unix(trust.IssuedAt, 0).In(eligibility.Japan), trust.Version
	for _, view := range views {
		switch view.Outcome {
		case desk.Parked:
			out.Parked++
			out.Today++
		case desk.Accepted, desk.Refused:
			out.Today++
		}
	}
	return c.JSON(http.StatusOK, out)
}

func (s *Site) pairBridge(c echo.Context, staff string) error {
	var body struct {
		Code string `json:"code"`
	}
	if err := c.Bind(&body); err != nil || len(body.Code) > 64 {
		return errRequest
	}
	agent, words, err := s.Readers.Pair(c.Request().Context(), s.Counter.Facility.Code, staff, body.Code)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, struct {
		Name  string   `json:"name"`
		Words []string `json:"words"`
	}{agent.Name, words})
}
