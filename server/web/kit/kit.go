// Package kit is what the pages and interfaces of all visitors share: who of the staff is signed in, pages
// and problem documents, guards, limits, display preferences, downloads. It knows no service and no store;
// echo is known in server/web and below only.
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
