package operator

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// adminRole is the role that administers an organisation of a kind.
func adminRole(kind staff.Kind) staff.Role {
	if kind == staff.KindFacility {
		return staff.RoleFacilityAdmin
	}
	return staff.RoleInsurerAdmin
}

// administration says whether somebody looks after an organisation's staff: how many, never who.
func (s *Office) administration(
	ctx context.Context, by staff.Member, of staff.Organisation,
) (Administration, error) {
	n, err := s.Staff.Members.Administration(ctx, by, of)
	if err != nil {
		return Administration{}, err
	}
	return Administration{
		Active:     n.Active,
		Locked:     n.Locked,
		MayInvite:  n.Active == 0,
		MayRecover: n.Active <= 1 && n.Active+n.Locked > 0,
		Role:       kit.RoleName(adminRole(of.Kind)),
	}, nil
}

func (s *Office) adminPage(c echo.Context, v kit.SignedIn, of organisations) error {
	return s.showAdmin(c, http.StatusOK, v, of, nil)
}

func (s *Office) showAdmin(
	c echo.Context, status int, v kit.SignedIn, of organisations, problem *kit.Problem,
) error {
	ctx := c.Request().Context()
	o, err := of.find(ctx, v.Member, c.Param("number"))
	if err != nil {
		return err
	}
	admins, err := s.administration(ctx, v.Member, o.Organisation)
	if err != nil {
		return err
	}
	view := AdminView{
		Page:           s.NewPage(c, message.New("operator.title.admin", nil)),
		Kind:           string(of.kind()),
		Path:           of.path() + "/" + o.Number,
		Name:           o.Name,
		Administration: admins,
		Given:          c.FormValue("name"),
		Did:            c.FormValue("do"),
	}
	view.Error = problem
	return s.Show(c, status, "organisationadmin", view)
}

// admin makes a link for an organisation's first administrator, or for the only one, who lost the passkey.
func (s *Office) admin(c echo.Context, v kit.SignedIn, of organisations) error {
	ctx := c.Request().Context()
	o, err := of.find(ctx, v.Member, c.Param("number"))
	if err != nil {
		return err
	}
	var code string
	var made staff.Invitation
	switch c.FormValue("do") {
	case "invite":
		code, made, err = s.Staff.Members.InviteFirst(ctx, v.Member, staff.NewMember{
			Organisation: o.Organisation,
			Name:         c.FormValue("name"),
			Role:         adminRole(of.kind()),
		})
	case "recover":
		code, made, err = s.Staff.Members.RecoverLast(ctx, v.Member, o.Organisation, c.FormValue("name"))
	default:
		return kit.ErrRequest
	}
	if err != nil {
		return again(err, func(status int, problem *kit.Problem) error {
			return s.showAdmin(c, status, v, of, problem)
		})
	}
	link := s.Address + "/staff/invite/" + url.PathEscape(code)
	back := of.path() + "/" + o.Number
	return s.Show(c, http.StatusOK, "invitelink", kit.NewInviteLinkView(s.Kit, c, link, back, made))
}
