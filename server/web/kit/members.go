package kit

import (
	"errors"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/staff"
)

// What the rooms share in which members of staff sign in, invite and are invited.

// MemberAt returns who of the members is signed in in this browser for the pages below a path.
func MemberAt(s *Kit, c echo.Context, path string) (SignedIn, error) {
	for _, kind := range KindsAt(path) {
		v, err := s.SignedIn(c, kind)
		if err == nil && v.Member.ID != "" {
			return v, nil
		}
		if err != nil && !errors.Is(err, ErrSignedOut) {
			return SignedIn{}, err
		}
	}
	return SignedIn{}, ErrSignedOut
}

// InviteLinkView shows an invitation's link, once.
type InviteLinkView struct {
	Page
	Name     string
	Role     message.Message
	Recovery bool
	Link     string
	Until    string
	Back     string // the page that it was made from
}

// NewInviteLinkView is the page (invitelink) of an invitation's link, made from the page back. Nobody has the
// link afterwards but who it was given to.
func NewInviteLinkView(s *Kit, c echo.Context, link, back string, v staff.Invitation) InviteLinkView {
	return InviteLinkView{
		Page:     s.NewPage(c, message.New("staff.title.invite", nil)),
		Name:     v.Name,
		Role:     RoleName(v.Role),
		Recovery: v.Recovery,
		Link:     link,
		Until:    TimeText(v.ExpiresAt),
		Back:     back,
	}
}

var roleNames = map[staff.Role]string{
	staff.RoleReception:     "staff.role.reception",
	staff.RoleFacilityAdmin: "staff.role.facilityAdmin",
	staff.RoleInsurerClerk:  "staff.role.insurerClerk",
	staff.RoleInsurerAdmin:  "staff.role.insurerAdmin",
	staff.RoleOperator:      "staff.role.operator",
}

// RoleName is a role as pages call it.
func RoleName(r staff.Role) message.Message { return message.New(roleNames[r], nil) }

// TimeText is a time as staff read it, in Japan.
func TimeText(t time.Time) string {
	return eligibility.DateOf(t).Japanese() + t.In(eligibility.Japan).Format(" 15:04")
}
