package kit

import (
	"github.com/labstack/echo/v4"

	"madoguchi/server/staff"
	"madoguchi/server/web/permissions"
)

// remainsKey is where a request has the function by which its visitor is looked at again.
const remainsKey = "remains"

// noteRow has an answer that goes on for long look again whether its row would still let the visitor in.
func noteRow(s *Kit, c echo.Context, row permissions.Row) {
	if v, ok := c.Get(signedInKey).(SignedIn); ok {
		c.Set(remainsKey, func() error { return remains(s, c, visit{v, row}) })
	}
}

// whether is what noteRow noted of a request; nil where nobody has to be signed in.
func whether(c echo.Context) func() error {
	look, _ := c.Get(remainsKey).(func() error)
	return look
}

// visit is who was let in, by which row.
type visit struct {
	SignedIn
	row permissions.Row
}

// remains returns why a visitor would not be let in any more: the session has ended, its member works no
// more, or has another role or organisation by now. It keeps no session alive: a page that is only open is
// not used.
func remains(s *Kit, c echo.Context, before visit) error {
	ctx := c.Request().Context()
	session, err := s.Sessions.Store.Session(ctx, before.Session.Hash)
	if err != nil {
		return err
	}
	if session.Over(s.Now()) {
		return ErrSignedOut
	}
	now, err := s.whose(ctx, session)
	if err != nil {
		return err
	}
	if !before.row.Who.LetsIn(now.Member.Role) || now.Member.Organisation != before.Member.Organisation {
		return staff.ErrRefused
	}
	return nil
}
