// Package patient serves the insured person: the landing page of a notice, the login, the screen on the
// phone, its copies and codes, and the small checks (certificate, visit, what to bring next) that need no
// login.
package patient

import (
	"madoguchi/auth"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// Pages are a patient's pages and the interface that they call.
type Pages struct {
	*kit.Kit
	Insurer *insurer.Services
	Login   *auth.Login
}

// VisitCheck is 受診日チェック, which every server offers.
type VisitCheck struct{ *kit.Kit }
