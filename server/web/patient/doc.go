// Package patient serves the insured person: the landing page of a notice, the login, the screen on the
// phone, its copies and codes, and the small checks (certificate, visit, what to bring next) that need no
// login.
package patient

import (
	"madoguchi/auth"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// Portal is a patient's pages and the interface that they call.
type Portal struct {
	*kit.Kit
	Insurer *insurer.Services
	Login   *auth.Login
}

// VisitCheck is 受診日チェック, which every server offers.
type VisitCheck struct{ *kit.Kit }

// WhichPaper is 「どの紙ですか」, which every server offers.
type WhichPaper struct{ *kit.Kit }

// The pages by what a patient does, each group on the same base.
type (
	landingPages struct{ *Portal } // before a login: notices, settings, the small checks
	loginPages   struct{ *Portal } // login and enrolment
	screenPages  struct{ *Portal } // the screen and what it gives out
	devicePages  struct{ *Portal } // phones, their keys, receipts and online codes
)
