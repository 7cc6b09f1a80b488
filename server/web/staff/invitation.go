package staff

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// openInvitation takes an invitation's code off the address at once: from then on a cookie of this browser
// holds it. It never uses the code up, and it is never logged.
func (s *ceremonyPages) openInvitation(c echo.Context) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	code := c.Param("code")
	if _, err := s.invitation(c, code); err != nil {
		return err
	}
	c.SetCookie(s.ceremonyCookie(invitationName, code, staff.InvitationLife))
	return c.Redirect(http.StatusSeeOther, "/staff/invite")
}

// invitation returns whom a code is for, and counts those that are wrong: the answer to them is the same
// whatever the cause.
func (s *ceremonyPages) invitation(c echo.Context, code string) (staff.Invitation, error) {
	v, err := s.Staff.Members.Invitation(c.Request().Context(), code)
	if errors.Is(err, staff.ErrInvitation) {
		if tooMany := s.Limits.Invitations.Allow(kit.RemoteKey(c), s.Now()); tooMany != nil {
			return staff.Invitation{}, tooMany
		}
	}
	return v, err
}

func (s *ceremonyPages) invitationPage(c echo.Context) error {
	v, err := s.invitation(c, s.cookieOf(c, invitationName))
	if err != nil {
		return err
	}
	organisation, err := s.OrganisationName(c.Request().Context(), v.Organisation)
	if err != nil {
		return err
	}
	return s.Show(c, http.StatusOK, "invitation", InvitationView{
		Page:         s.NewPage(c, message.New("staff.title.invitation", nil)),
		Organisation: organisation,
		Name:         v.Name,
		Role:         kit.RoleName(v.Role),
		Recovery:     v.Recovery,
		Until:        kit.TimeText(v.ExpiresAt),
	})
}

func (s *ceremonyPages) beginAccept(c echo.Context) error {
	if err := s.maySignIn(c); err != nil {
		return err
	}
	ceremony, err := s.Staff.Members.BeginAccept(c.Request().Context(), s.cookieOf(c, invitationName))
	return s.begin(c, ceremony, err)
}

// finishAccept makes the invited person a member, who signs in with the new passkey next.
func (s *ceremonyPages) finishAccept(c echo.Context) error {
	_, answer, err := s.answerOf(c)
	if err != nil {
		return err
	}
	if _, err := s.Staff.Members.Accept(
		c.Request().Context(), s.cookieOf(c, invitationName), answer,
	); err != nil {
		return err
	}
	c.SetCookie(s.ceremonyCookie(invitationName, "", -1e9))
	return c.JSON(http.StatusOK, nextJSON{"/staff?said=made"})
}

// link is an invitation's address.
func (s *Office) link(code string) string { return s.Address + "/staff/invite/" + url.PathEscape(code) }

// tryPasskey is the demo's: it invites whoever it is as an administrator of the demo's insurer or facility,
// so that passkeys can be tried.
func (s *ceremonyPages) tryPasskey(c echo.Context) error {
	role := staff.RoleInsurerAdmin
	of := staff.OfInsurer(eligibility.InsurerNumber(s.TryInsurer))
	if c.FormValue("door") == "counter" {
		role, of = staff.RoleFacilityAdmin, staff.OfFacility(s.Facility)
	}
	code, _, err := s.Staff.Members.Invite(c.Request().Context(), staff.Operator{}, staff.NewMember{
		Organisation: of,
		Name:         message.New("staff.signin.tryName", nil).Text("ja"),
		Role:         role,
	})
	if err != nil {
		return err
	}
	c.SetCookie(s.ceremonyCookie(invitationName, code, staff.InvitationLife))
	return c.Redirect(http.StatusSeeOther, "/staff/invite")
}
