package staff

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/auth/passkey"
	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// The uses of a passkey: an invitation's registration, the sign-in, and the fresh proof. Each has a page with
// one button, whose program asks for the options, has the browser answer, and goes on where it is told.

func (s *ceremonyPages) routes(r *kit.Router) {
	r.Public("GET /staff", s.signInPage)
	r.Public("GET /staff/invite/:code", s.openInvitation)
	r.Public("GET /staff/invite", s.invitationPage)
	r.Public("GET "+kit.ProvePath, s.provePage)
	r.Public("POST /api/v1/staff/signin/begin", s.beginSignIn)
	r.Public("POST /api/v1/staff/signin", s.finishSignIn)
	r.Public("POST /api/v1/staff/invite/begin", s.beginAccept)
	r.Public("POST /api/v1/staff/invite", s.finishAccept)
	r.Public("POST /api/v1/staff/proof/begin", s.beginProof)
	r.Public("POST /api/v1/staff/proof", s.finishProof)
	r.Public("POST /staff/try", s.tryPasskey)
}

// ceremonyAnswer is what the page's program sends: what the browser's credential.toJSON gave, and where it
// wants to go on.
type ceremonyAnswer struct {
	Credential json.RawMessage `json:"credential"`
	Back       string          `json:"back"`
}

// nextJSON tells the page's program where to go on.
type nextJSON struct {
	Next string `json:"next"`
}

// begin counts a begun ceremony, keeps its reference in the browser's cookie and answers with its options.
func (s *ceremonyPages) begin(c echo.Context, ceremony staff.Ceremony, err error) error {
	if err != nil {
		return err
	}
	c.SetCookie(s.ceremonyCookie(ceremonyName, ceremony.Ref, passkey.Life))
	return c.JSON(http.StatusOK, struct {
		Options json.RawMessage `json:"options"`
	}{ceremony.Options})
}

// maySignIn bounds how many ceremonies a network begins, whoever is asked for.
func (s *ceremonyPages) maySignIn(c echo.Context) error {
	return s.Limits.SignIns.Allow(kit.RemoteKey(c), s.Now())
}

// answerOf reads the program's answer to the ceremony that this browser has begun; it is the only one.
func (s *ceremonyPages) answerOf(c echo.Context) (ceremonyAnswer, staff.Answer, error) {
	var body ceremonyAnswer
	if err := c.Bind(&body); err != nil || len(body.Credential) == 0 || len(body.Back) > 2000 {
		return body, staff.Answer{}, kit.ErrRequest
	}
	ref := s.cookieOf(c, ceremonyName)
	c.SetCookie(s.ceremonyCookie(ceremonyName, "", -1e9))
	return body, staff.Answer{Ref: ref, Credential: body.Credential}, nil
}

func (s *ceremonyPages) signInPage(c echo.Context) error {
	return s.Show(c, http.StatusOK, "signin", SignInView{
		Page: s.NewPage(c, message.New("staff.title.signIn", nil)),
		Back: kit.StaffPath(c.QueryParam("back"), ""),
		Said: c.QueryParam("said"),

		TryInsurer: s.TryInsurer != "",
	})
}

func (s *ceremonyPages) beginSignIn(c echo.Context) error {
	if err := s.maySignIn(c); err != nil {
		return err
	}
	ceremony, err := s.Staff.SignIn.Begin(c.Request().Context())
	return s.begin(c, ceremony, err)
}

// finishSignIn starts a session with a new id, for the pages that the member came from or works on.
func (s *ceremonyPages) finishSignIn(c echo.Context) error {
	body, answer, err := s.answerOf(c)
	if err != nil {
		return err
	}
	m, err := s.Staff.SignIn.Finish(c.Request().Context(), answer)
	if err != nil {
		return err
	}
	next := kit.StaffPath(body.Back, "")
	kind, err := sessionKind(m, next)
	if err != nil {
		return err
	}
	if next == "" || !s.serves(kind, next) {
		next = kit.HomeOf(kind)
	}
	if err := s.SignInMember(c, kind, m); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, nextJSON{next})
}

func (s *ceremonyPages) provePage(c echo.Context) error {
	back := kit.StaffPath(c.QueryParam("back"), "/staff/me")
	v, err := kit.MemberAt(s.Kit, c, back)
	if errors.Is(err, kit.ErrSignedOut) {
		return c.Redirect(http.StatusSeeOther, signInFor(back))
	}
	if err != nil {
		return err
	}
	return s.Show(c, http.StatusOK, "prove", ProveView{
		Page: s.NewPage(c, message.New("staff.title.prove", nil)),
		Name: v.Member.Name,
		Back: back,
		Away: kit.HomeOf(v.Session.Kind),
	})
}

func (s *ceremonyPages) beginProof(c echo.Context) error {
	var body struct {
		Back string `json:"back"`
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	v, err := kit.MemberAt(s.Kit, c, kit.StaffPath(body.Back, "/staff/me"))
	if err != nil {
		return err
	}
	if err := s.maySignIn(c); err != nil {
		return err
	}
	ceremony, err := s.Staff.SignIn.BeginProof(c.Request().Context(), v.Member)
	return s.begin(c, ceremony, err)
}

// finishProof gives the session a new id: it is fresh from now on.
func (s *ceremonyPages) finishProof(c echo.Context) error {
	body, answer, err := s.answerOf(c)
	if err != nil {
		return err
	}
	next := kit.StaffPath(body.Back, "/staff/me")
	v, err := kit.MemberAt(s.Kit, c, next)
	if err != nil {
		return err
	}
	if _, err := s.Staff.SignIn.FinishProof(c.Request().Context(), v.Member, answer); err != nil {
		return err
	}
	if err := s.Prove(c, v); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, nextJSON{next})
}
