package staff

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// What members see of themselves: where they are signed in, their passkeys, and at a facility their PIN.

func (s *accountPages) routes(r *kit.Router) {
	r.Member("GET /staff/me", s.anyMember, s.accountPage)
	r.Member("POST /staff/signout", s.anyMember, s.signOut)
	r.Member("POST /staff/signout/everywhere", s.anyMember, s.signOutEverywhere)
	r.Member("POST /staff/sessions/:ref/end", s.anyMember, s.endSession)
	r.Member("GET /staff/pin", s.anyMember, s.pinPage)
	r.Member("POST /staff/pin", s.anyMember, s.setPIN)
	r.Counter("GET /api/v1/staff/tiles", s.tiles)
	r.Counter("POST /api/v1/staff/acting", s.act)
}

func (s *accountPages) accountPage(c echo.Context, v kit.SignedIn) error {
	ctx := c.Request().Context()
	organisation, err := s.OrganisationName(ctx, v.Member.Organisation)
	if err != nil {
		return err
	}
	signedIn, err := s.Staff.Sessions.List(ctx, v.Member, v.Member.ID)
	if err != nil {
		return err
	}
	keys, err := s.Staff.SignIn.Passkeys(ctx, v.Member)
	if err != nil {
		return err
	}
	view := AccountView{
		Page:         s.NewPage(c, message.New("staff.title.account", nil)),
		Organisation: organisation,
		Name:         v.Member.Name,
		Role:         kit.RoleName(v.Member.Role),
		Home:         kit.HomeOf(v.Session.Kind),
		HasPIN:       v.Member.Organisation.Kind == staff.KindFacility,
		Administers:  v.Member.Role.Administers(),
		Facility:     s.Counter && v.Member.Role == staff.RoleFacilityAdmin,
		Sessions:     sessionRows(signedIn, staff.RefOf(v.Session)),
		Said:         c.QueryParam("said"),
	}
	if view.Home == "/staff/me" {
		view.Home = ""
	}
	for _, key := range keys {
		view.Locked = view.Locked || !key.LockedAt.IsZero()
	}
	return s.Show(c, http.StatusOK, "account", view)
}

// signOut ends this session, for whoever stands at the PC.
func (s *accountPages) signOut(c echo.Context, v kit.SignedIn) error {
	err := s.Staff.Sessions.End(c.Request().Context(), v.Opener, v.Opener.ID, staff.RefOf(v.Session))
	if err != nil {
		return err
	}
	s.Sessions.Forget(c.Response(), v.Session.Kind)
	return c.Redirect(http.StatusSeeOther, "/staff?said=out")
}

func (s *accountPages) signOutEverywhere(c echo.Context, v kit.SignedIn) error {
	if _, err := s.Staff.Sessions.EndAll(c.Request().Context(), v.Member, v.Member.ID); err != nil {
		return err
	}
	if v.Opener.ID != v.Member.ID { // this PC is open by a colleague's passkey
		return c.Redirect(http.StatusSeeOther, "/staff/me?said=ended")
	}
	s.Sessions.Forget(c.Response(), v.Session.Kind)
	return c.Redirect(http.StatusSeeOther, "/staff?said=out")
}

func (s *accountPages) endSession(c echo.Context, v kit.SignedIn) error {
	ref := c.Param("ref")
	if err := s.Staff.Sessions.End(c.Request().Context(), v.Member, v.Member.ID, ref); err != nil {
		return err
	}
	if ref == staff.RefOf(v.Session) {
		s.Sessions.Forget(c.Response(), v.Session.Kind)
		return c.Redirect(http.StatusSeeOther, "/staff?said=out")
	}
	return c.Redirect(http.StatusSeeOther, "/staff/me?said=ended")
}

func (s *accountPages) pinPage(c echo.Context, v kit.SignedIn) error {
	return s.showPIN(c, http.StatusOK, v, nil)
}

func (s *accountPages) showPIN(c echo.Context, status int, v kit.SignedIn, problem *kit.Problem) error {
	if v.Member.Organisation.Kind != staff.KindFacility {
		return kit.ErrNoPage
	}
	view := PINView{Page: s.NewPage(c, message.New("staff.title.pin", nil)), Name: v.Member.Name}
	view.Error = problem
	return s.Show(c, status, "pin", view)
}

// setPIN gives who acts, and has just used the passkey, a PIN.
func (s *accountPages) setPIN(c echo.Context, v kit.SignedIn) error {
	err := s.Staff.PINs.Set(c.Request().Context(), v.Member, c.FormValue("pin"))
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.Invalid {
		return s.showPIN(c, http.StatusUnprocessableEntity, v, kit.FormError(e))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/staff/me?said=pin")
}

type tileJSON struct {
	ID     staff.MemberID `json:"id"`
	Name   string         `json:"name"`
	HasPIN bool           `json:"hasPin"`
	Locked bool           `json:"locked"`
	Acts   bool           `json:"acts"` // now
}

// tiles are the members who may act at this counter PC.
func (s *accountPages) tiles(c echo.Context, by staff.Member) error {
	all, err := s.Staff.PINs.Tiles(c.Request().Context(), by)
	if err != nil {
		return err
	}
	out := make([]tileJSON, 0, len(all))
	for _, tile := range all {
		out = append(out, tileJSON{
			ID:     tile.ID,
			Name:   tile.Name,
			HasPIN: tile.HasPIN,
			Locked: tile.Locked,
			Acts:   tile.ID == by.ID,
		})
	}
	return c.JSON(http.StatusOK, map[string]any{"tiles": out})
}

// act has a colleague act at this counter PC who types the own PIN.
func (s *accountPages) act(c echo.Context, by staff.Member) error {
	var body struct {
		Member staff.MemberID `json:"member"`
		PIN    string         `json:"pin"`
	}
	if err := c.Bind(&body); err != nil || len(body.Member) > 64 || len(body.PIN) > 64 {
		return kit.ErrRequest
	}
	m, err := s.Staff.PINs.Check(c.Request().Context(), by, body.Member, body.PIN)
	if err != nil {
		return err
	}
	v, err := s.SignedIn(c, auth.Counter)
	if err != nil {
		return err
	}
	if err := s.LetAct(c, v, m); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"name": m.Name})
}
