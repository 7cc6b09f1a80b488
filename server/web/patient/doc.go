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

// The pages by what a patient does, each group on the same base.
type (
	doorPages   struct{ *Pages } // before a login: notices, settings, the small checks
	loginPages  struct{ *Pages } // login and enrolment
	screenPages struct{ *Pages } // the screen and what it gives out
	devicePages struct{ *Pages } // phones, their keys, receipts and online codes
)
