// Package kit is what the pages and interfaces of all visitors share: the router, who of the staff is signed
// in, pages and problem documents, guards, limits, display preferences, downloads. It knows no service and no
// store; echo is known in server/web and below only.
//
// A room adds its routes by a Router: Public, Clerk, Counter, Agent, or an Entry whose guard makes the room's
// own principal. Each route has its row in server/web/permissions, from which the router takes who may come;
// CONTRIBUTING.md ("Add a route") shows it by an example.
package kit

import (
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
)

// Kit is shared by all rooms of server/web. Its limits are those of the whole program.
type Kit struct {
	Demo     bool
	HTTPS    bool
	NoWorker bool     // the service worker's kill switch
	Staff    []string // fictional names that the demo offers
	Facility string   // where the demo's reception works: 医療機関コード
	Sessions *auth.Sessions
	Members  Members // who signs in by passkey; nil: nobody
	Now      func() time.Time
	Limits   Limits
	// HelpDesk names whom a visitor who is refused can call; nil on a server without an insurer.
	HelpDesk func(echo.Context) InsurerView
}
