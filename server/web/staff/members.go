package staff

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// What administrators do with the members of their own organisation. Each change needs a fresh passkey.

func (s *memberPages) routes(r *kit.Router) {
	r.Member("GET /staff/members", s.anyMember, s.listPage)
	r.Member("GET /staff/members/invite", s.anyMember, s.invitePage)
	r.Member("POST /staff/members/invite", s.anyMember, s.invite)
	r.Member("GET /staff/members/:id", s.anyMember, s.memberPage)
	r.Member("POST /staff/members/:id", s.anyMember, s.changeMember)
}

// memberChanges are what the page of a colleague does, by the name of its buttons; role is that form's.
var memberChanges = map[string]func(
	ctx context.Context, of *staff.Services, by, m staff.Member, role staff.Role,
) error{
	"lock": func(ctx context.Context, of *staff.Services, by, m staff.Member, _ staff.Role) error {
		return of.Members.Lock(ctx, by, m.ID)
	},
	"unlock": func(ctx context.Context, of *staff.Services, by, m staff.Member, _ staff.Role) error {
		return of.Members.Unlock(ctx, by, m.ID)
	},
	"remove": func(ctx context.Context, of *staff.Services, by, m staff.Member, _ staff.Role) error {
		return of.Members.Remove(ctx, by, m.ID)
	},
	"role": func(ctx context.Context, of *staff.Services, by, m staff.Member, role staff.Role) error {
		return of.Members.ChangeRole(ctx, by, m.ID, role)
	},
	"signout": func(ctx context.Context, of *staff.Services, by, m staff.Member, _ staff.Role) error {
		_, err := of.Sessions.EndAll(ctx, by, m.ID)
		return err
	},
}

func (s *memberPages) listPage(c echo.Context, v kit.SignedIn) error {
	ctx := c.Request().Context()
	all, err := s.Staff.Members.List(ctx, v.Member, v.Member.Organisation)
	if err != nil {
		return err
	}
	organisation, err := s.OrganisationName(ctx, v.Member.Organisation)
	if err != nil {
		return err
	}
	view := MembersView{
		Page:         s.NewPage(c, message.New("staff.title.members", nil)),
		Organisation: organisation,
	}
	for _, m := range all {
		if m.State != staff.Removed {
			view.Members = append(view.Members, memberRow(m, v.Member.ID))
		}
	}
	return s.Show(c, http.StatusOK, "members", view)
}

func (s *memberPages) invitePage(c echo.Context, v kit.SignedIn) error {
	return s.showInvite(c, http.StatusOK, v, nil)
}

func (s *memberPages) showInvite(c echo.Context, status int, v kit.SignedIn, problem *kit.Problem) error {
	if !v.Member.Role.Administers() {
		return staff.ErrRefused
	}
	view := InviteView{
		Page:  s.NewPage(c, message.New("staff.title.invite", nil)),
		Name:  c.FormValue("name"),
		Roles: roleChoices(v.Member.Organisation.Kind, ""),
	}
	view.Error = problem
	return s.Show(c, status, "invite", view)
}

func (s *memberPages) invite(c echo.Context, v kit.SignedIn) error {
	code, made, err := s.Staff.Members.Invite(c.Request().Context(), v.Member, staff.NewMember{
		Organisation: v.Member.Organisation,
		Name:         c.FormValue("name"),
		Role:         staff.Role(c.FormValue("role")),
	})
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.Invalid {
		return s.showInvite(c, http.StatusUnprocessableEntity, v, kit.FormError(e))
	}
	if err != nil {
		return err
	}
	return s.Show(c, http.StatusOK, "invitelink",
		kit.NewInviteLinkView(s.Kit, c, s.link(code), "/staff/members", made))
}

// member is the colleague whom the address names; another organisation's is not found.
func (s *memberPages) member(c echo.Context, by staff.Member) (staff.Member, error) {
	all, err := s.Staff.Members.List(c.Request().Context(), by, by.Organisation)
	if err != nil {
		return staff.Member{}, err
	}
	for _, m := range all {
		if m.ID == staff.MemberID(c.Param("id")) && m.ID != "" {
			return m, nil
		}
	}
	return staff.Member{}, staff.ErrNoMember
}

func (s *memberPages) memberPage(c echo.Context, v kit.SignedIn) error {
	return s.showMember(c, http.StatusOK, v, nil)
}

func (s *memberPages) showMember(c echo.Context, status int, v kit.SignedIn, problem *kit.Problem) error {
	m, err := s.member(c, v.Member)
	if err != nil {
		return err
	}
	signedIn, err := s.Staff.Sessions.List(c.Request().Context(), v.Member, m.ID)
	if err != nil {
		return err
	}
	view := MemberView{
		Page:     s.NewPage(c, message.New("staff.title.member", nil)),
		Member:   memberRow(m, v.Member.ID),
		Roles:    roleChoices(m.Organisation.Kind, m.Role),
		Sessions: sessionRows(signedIn, ""),
		Said:     c.QueryParam("said"),
	}
	view.Error = problem
	return s.Show(c, status, "member", view)
}

// changeMember does what a button of a colleague's page says, and leads back there. A refusal that says what
// to do first is shown there too.
func (s *memberPages) changeMember(c echo.Context, v kit.SignedIn) error {
	ctx := c.Request().Context()
	m, err := s.member(c, v.Member)
	if err != nil {
		return err
	}
	if c.FormValue("do") == "recover" {
		return s.recoverMember(c, v, m)
	}
	do, known := memberChanges[c.FormValue("do")]
	if !known {
		return kit.ErrRequest
	}
	err = do(ctx, s.Staff, v.Member, m, staff.Role(c.FormValue("role")))
	var e *eligibility.Error
	if errors.As(err, &e) && (e.Code == eligibility.Invalid || e.Code == eligibility.Conflict) {
		_, status := kit.AsProblem(err)
		return s.showMember(c, status, v, kit.FormError(e))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/staff/members/"+string(m.ID)+"?said=changed")
}

func (s *memberPages) recoverMember(c echo.Context, v kit.SignedIn, m staff.Member) error {
	code, made, err := s.Staff.Members.Recover(c.Request().Context(), v.Member, m.ID)
	if err != nil {
		return err
	}
	return s.Show(c, http.StatusOK, "invitelink",
		kit.NewInviteLinkView(s.Kit, c, s.link(code), "/staff/members", made))
}
