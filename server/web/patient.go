package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/pwa"
	"madoguchi/server/desk"
)

func (s *Site) patientRoutes(e *echo.Echo) {
	e.GET("/n/:code", s.openNotice)
	e.GET("/notice", s.noticePage)
	e.GET("/login", s.beginLogin)
	e.GET("/login/callback", s.finishLogin)
	e.POST("/logout", s.logout)
	e.GET("/enrol", s.enrolPage)
	e.POST("/enrol", s.enrol)
	e.GET(pwa.ManifestPath, s.manifest)
	e.GET("/screen", s.screenPage)
	e.GET("/people/:id/document.pdf", s.document)
	e.GET("/people/:id/masked.pdf", s.maskedDocument)
	e.GET("/people/:id/name.ttf", s.nameFont)
	e.GET("/api/v1/me", s.me)
	e.POST("/api/v1/people/:id/credential", s.credential)
	s.phoneRoutes(e)
	s.deviceRoutes(e)
}

// visit is what a patient's session holds besides its subject.
type visit struct {
	Notice []byte         `json:"notice,omitempty"` // MAC of the notice code that brought them here
	Flow   *auth.Flow     `json:"flow,omitempty"`   // a login under way
	Login  *auth.Identity `json:"login,omitempty"`
	Done   string         `json:"done,omitempty"` // state of the flow by which Login came
}

// patient returns the request's patient session and its visit; a new anonymous one is not made here.
func (s *Site) patient(c echo.Context) (auth.Session, visit, bool, error) {
	session, ok, err := s.Sessions.Find(c.Request().Context(), c.Request(), auth.Patient)
	if err != nil || !ok {
		return session, visit{}, false, err
	}
	var v visit
	err = json.Unmarshal(session.Data, &v)
	return session, v, err == nil, err
}

// keep stores a visit in the session, starting an anonymous one where there is none.
func (s *Site) keep(c echo.Context, session auth.Session, known bool, v visit) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if !known {
		_, err := s.Sessions.Start(ctx, c.Response(), auth.Patient, "", data)
		return err
	}
	session.Data = data
	err = s.Sessions.Save(ctx, session)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return errSignedOut // ended by another request, from another phone perhaps
	}
	return err
}

// signedIn returns the session of a patient who has logged in.
func (s *Site) signedIn(c echo.Context) (auth.Session, visit, error) {
	session, v, ok, err := s.patient(c)
	if err == nil && (!ok || session.Subject == "" || v.Login == nil) {
		err = errSignedOut
	}
	return session, v, err
}

func (s *Site) beginLogin(c echo.Context) error {
	if err := s.logins.Take(from(c), s.Now()); err != nil {
		return err
	}
	address, flow, err := s.Login.Begin(c.Request().Context())
	if err != nil {
		return err
	}
	session, v, known, err := s.patient(c)
	if err != nil {
		return err
	}
	v.Flow = &flow
	if err := s.keep(c, session, known, v); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// finishLogin makes a new session for the login, carrying over only the notice that was opened before. An answer to another
// login than the one under way (two tabs, a stranger's link) ends nothing.
func (s *Site) finishLogin(c echo.Context) error {
	session, v, known, err := s.patient(c)
	if err != nil {
		return err
	}
	state := c.QueryParam("state")
	if known && v.Login != nil && v.Done != "" && v.Done == state {
		return s.afterLogin(c, v) // the same answer loaded again
	}
	if !known || v.Flow == nil || v.Flow.State != state {
		return auth.ErrFlow
	}
	ctx := c.Request().Context()
	flow := *v.Flow
	v.Flow = nil
	if err := s.keep(c, session, known, v); err != nil { // a flow is finished once, whatever comes of it
		return err
	}
	login, err := s.Login.Finish(ctx, flow, c.QueryParams())
	if err != nil {
		return err
	}
	v = visit{Notice: v.Notice, Login: &login, Done: flow.State}
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := s.Sessions.End(ctx, c.Response(), session); err != nil {
		return err
	}
	if _, err := s.Sessions.Start(ctx, c.Response(), auth.Patient, login.Subject, data); err != nil {
		return err
	}
	return s.afterLogin(c, v)
}

// afterLogin leads to the screen, or first to the enrolment of whoever has no screen yet or has just opened a notice.
func (s *Site) afterLogin(c echo.Context, v visit) error {
	people, err := s.Office.People(c.Request().Context(), v.Login.Subject)
	if err != nil {
		return err
	}
	if len(people) > 0 && v.Notice == nil {
		return c.Redirect(http.StatusSeeOther, "/screen")
	}
	return c.Redirect(http.StatusSeeOther, "/enrol")
}

func (s *Site) logout(c echo.Context) error {
	session, _, known, err := s.patient(c)
	if err != nil {
		return err
	}
	if known {
		if err := s.Sessions.End(c.Request().Context(), c.Response(), session); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

func (s *Site) enrolPage(c echo.Context) error {
	_, v, err := s.signedIn(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	return s.showEnrol(c, http.StatusOK, v, "", nil)
}

func (s *Site) showEnrol(c echo.Context, status int, v visit, typed string, problem *Problem) error {
	view := EnrolView{Page: s.translated(c, "enrol.title"), Name: v.Login.Name, Birth: v.Login.BirthDate.Japanese(), HasCode: v.Notice != nil, Code: printable(typed)}
	view.Error = problem
	return s.show(c, status, "enrol", view)
}

// toLogin sends a page's visitor to the login where the session is missing.
func (s *Site) toLogin(c echo.Context, err error) error {
	if errors.Is(err, errSignedOut) {
		return c.Redirect(http.StatusSeeOther, "/login")
	}
	return err
}

// enrol binds the login to the person of the notice. A wrong code comes back on the form, to be mended.
func (s *Site) enrol(c echo.Context) error {
	session, v, err := s.signedIn(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	if err := s.guesses.Take(from(c), s.Now()); err != nil {
		return err
	}
	ctx := c.Request().Context()
	typed := c.FormValue("code")
	mac := v.Notice
	if mac == nil {
		mac, err = s.Office.NoticeFor(ctx, typed)
	}
	if err == nil {
		err = s.Office.Enrol(ctx, *v.Login, mac)
	}
	var e *eligibility.Error
	if errors.As(err, &e) && (e.Code == eligibility.NotFound || e.Code == eligibility.Conflict) {
		v.Notice = nil // what does not fit is let go, so that another code can be typed
		if err := s.keep(c, session, true, v); err != nil {
			return err
		}
		return s.showEnrol(c, http.StatusUnprocessableEntity, v, typed, asked(e))
	}
	if err != nil {
		return err
	}
	v.Notice = nil
	if err := s.keep(c, session, true, v); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/screen")
}

// screenPage is the screen's shell: the same for everybody, so that a phone can keep it and open it without network. The
// page fills itself from what the phone stored and from the API.
func (s *Site) screenPage(c echo.Context) error {
	return s.showPublic(c, http.StatusOK, "screen", ScreenView{Page: s.translated(c, "door.title.home")})
}

func insurerView(in desk.Insurer) InsurerView {
	return InsurerView{Name: in.Name, Issuer: in.Issuer, Telephone: in.Telephone, NumberOnPaper: in.Number.Paper(), Number: string(in.Number)}
}

func (s *Site) document(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	if err := s.copies.Take(subject, s.Now()); err != nil {
		return err
	}
	ctx := c.Request().Context()
	until, err := s.Office.CopyUntil(ctx, subject, id)
	if err != nil {
		return err
	}
	data, err := s.Office.Document(ctx, subject, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Madoguchi-Valid-Until", until.String()) // the first day on which the copy is worth nothing
	name := "shikaku-joho-" + strings.ReplaceAll(eligibility.DateOf(s.Now()).String(), "-", "") + ".pdf"
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, "application/pdf", data)
}

// details are the items of a screen as its page shows them.
type details struct {
	Name           string `json:"name"`
	Kana           string `json:"kana"`
	Alias          string `json:"alias,omitempty"`
	BirthDate      string `json:"birthDate"`
	BirthDateJa    string `json:"birthDateJa"`
	Sex            string `json:"sex,omitempty"`
	Relation       string `json:"relation,omitempty"`
	InsurerName    string `json:"insurerName"`
	InsurerNumber  string `json:"insurerNumber"`
	Symbol         string `json:"symbol,omitempty"`
	Number         string `json:"number"`
	BranchNumber   string `json:"branchNumber,omitempty"`
	Share          int    `json:"share"`
	ShareText      string `json:"shareText"`
	QualifiedOn    string `json:"qualifiedOn,omitempty"`
	ValidFrom      string `json:"validFrom,omitempty"`
	ValidUntil     string `json:"validUntil,omitempty"`
	Limit          string `json:"limit,omitempty"`
	PostCode       string `json:"postCode,omitempty"`
	Address        string `json:"address,omitempty"`
	SubscriberName string `json:"subscriberName,omitempty"`
	RareText       bool   `json:"rareText,omitempty"` // the names need /people/{id}/name.ttf
}

func (s *Site) credential(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	var body struct {
		Tier  string `json:"tier"`
		Phone string `json:"phone"` // screen: the phone whose holder key is in it
	}
	if err := c.Bind(&body); err != nil {
		return errRequest
	}
	ctx := c.Request().Context()
	var screen desk.Screen
	switch body.Tier {
	case "live":
		screen, err = s.Office.Live(ctx, subject, id)
	case "screen":
		screen, err = s.Office.Offline(ctx, subject, id, body.Phone)
	default:
		return errRequest.In("tier")
	}
	if err != nil {
		return err
	}
	p := screen.Person
	out := struct {
		JWS          string    `json:"jws"`
		Tier         string    `json:"tier"`
		FitsQR       bool      `json:"fitsQr"` // false: use the online code or the file
		IssuedAt     time.Time `json:"issuedAt"`
		ExpiresAt    time.Time `json:"expiresAt"`
		ServerTime   time.Time `json:"serverTime"`
		RegisteredOn string    `json:"registeredOn"`
		Details      details   `json:"details"`
	}{screen.JWS, string(screen.Tier), screen.FitsQR, screen.IssuedAt, screen.ExpiresAt, s.Now(), screen.RegisteredOn.String(), details{
		Name: p.Name, Kana: p.Kana, Alias: p.Alias, BirthDate: p.BirthDate.String(), BirthDateJa: p.BirthDate.Japanese(), Sex: p.Sex.Japanese(),
		Relation: p.Relation.Japanese(), InsurerName: screen.Insurer.Name, InsurerNumber: p.Insurer.Paper(), Symbol: p.Symbol, Number: p.Number,
		BranchNumber: p.BranchNumber, ShareText: sharesText(screen.Shares), QualifiedOn: p.QualifiedOn.Japanese(), ValidFrom: p.ValidFrom.Japanese(),
		ValidUntil: p.ValidUntil.Japanese(), Limit: p.Limit.Japanese(), PostCode: p.PostCode, Address: p.Address, SubscriberName: p.SubscriberName, RareText: screen.HasRareText()}}
	if len(screen.Shares) == 1 {
		out.Details.Share = screen.Shares[0]
	}
	return c.JSON(http.StatusOK, out)
}

// sharesText says a share as papers do (2割), or which are possible where income decides.
func sharesText(percents []int) string {
	var each []string
	for _, p := range percents {
		each = append(each, strconv.Itoa(p/10)+"割")
	}
	if len(each) > 1 {
		return strings.Join(each, "か") + "（所得で決まります）"
	}
	return strings.Join(each, "")
}

// receipts hands out what lies here for one phone: to its login, or to the phone itself for all whom it shows.
func (s *Site) receipts(c echo.Context) error {
	a, err := s.asks(c)
	if err != nil {
		return err
	}
	key, now := c.QueryParam("key"), s.Now()
	var subjects []string
	if a.login != nil {
		subjects = append(subjects, a.login.Subject)
	}
	for _, g := range a.grants {
		if g.Phone == key && now.Before(g.Until()) && !slices.Contains(subjects, g.Subject) {
			subjects = append(subjects, g.Subject)
		}
	}
	if len(subjects) == 0 {
		return desk.ErrNotEnrolled
	}
	type receipt struct {
		Person string    `json:"person"`
		At     time.Time `json:"at"`
		Sealed string    `json:"sealed"`
	}
	out := struct {
		Receipts []receipt `json:"receipts"`
	}{[]receipt{}}
	for _, subject := range subjects {
		sealed, err := s.Office.Receipts(c.Request().Context(), subject, key)
		if err != nil {
			return err
		}
		for _, r := range sealed {
			if _, shown, _ := a.mayShow(r.Person, subject, now); !shown {
				continue // taken off this phone
			}
			out.Receipts = append(out.Receipts, receipt{string(r.Person), r.At, base64.RawURLEncoding.EncodeToString(r.Sealed)})
		}
	}
	slices.SortStableFunc(out.Receipts, func(a, b receipt) int { return b.At.Compare(a.At) })
	return c.JSON(http.StatusOK, out)
}
