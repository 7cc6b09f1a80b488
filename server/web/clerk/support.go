package clerk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// SupportRow is one line of what a support number tells.
type SupportRow struct{ Label, Value message.Message }

// SupportView is the help desk's page (/insurer/support).
type SupportView struct {
	kit.Page
	Code string // as typed
	Rows []SupportRow
	Next []message.Message // what to tell the patient, the most useful first
}

// supportTables has the catalogue's keys for each place of a support number (docs/support.md).
var supportTables = struct {
	tier, age, network, stored, clock, browser, persisted, failure []string
}{
	tier: []string{
		"staff.support.isNoCode",
		"staff.support.isTheLiveCode",
		"staff.support.isTheStoredCode",
		"staff.support.isTheNameIsTooLongFor",
	},
	age: []string{
		"staff.support.isDash",
		"staff.support.isUnder30S",
		"staff.support.isUnder90S",
		"staff.support.isUnder15Min",
		"staff.support.isUnder2H",
		"staff.support.isUnder12H",
		"staff.support.isUnderADay",
		"staff.support.isMoreThanADay",
	},
	network: []string{
		"staff.support.isConnected",
		"staff.support.isNoNetwork",
		"staff.support.isNetworkButNoCodeCanBe",
	},
	stored: []string{
		"staff.support.isNone",
		"staff.support.isThere",
		"staff.support.isThereButTooOld",
	},
	clock: []string{
		"staff.support.isRight",
		"staff.support.is20STo2MinFast",
		"staff.support.is2MinOrMoreFast",
		"staff.support.is20STo2MinSlow",
		"staff.support.is2MinOrMoreSlow",
	},
	browser: []string{
		"staff.support.isUnknown",
		"staff.support.isAndroidChromeOrLikeIt",
		"staff.support.isSamsungBrowser",
		"staff.support.isSafariOnIos",
		"staff.support.isIosHomeScreen",
		"staff.support.isAnotherBrowserOnIos",
		"staff.support.isFirefox",
		"staff.support.isChromeOrEdgeOnAComputer",
		"staff.support.isABrowserWithinAnotherApp",
		"staff.support.isSafariOnAComputer",
	},
	persisted: []string{
		"staff.support.isTheBrowserMayDropIt",
		"staff.support.isKeptForGood",
		"staff.support.isUnknown",
	},
	failure: []string{
		"staff.support.isNone2",
		"staff.support.isARequestWasLost",
		"staff.support.isTheSessionEnded",
		"staff.support.isTheEligibilityHasEnded",
		"staff.support.isCharactersThatFitNoCode",
		"staff.support.isTheNameIsTooLong",
		"staff.support.isALoginFailed",
		"staff.support.isThePhoneS90DaysAre",
		"staff.support.isThePhoneSRegistrationWasEnded",
		"staff.support.isNotAPersonOfThisPhone",
		"staff.support.isTroubleOfTheServer",
		"staff.support.isTooManyRequests",
		"staff.support.isAMalformedRequest",
		"staff.support.isTellingANumberFailed",
		"staff.support.isAddingThePhoneFailed",
		"staff.support.isOther",
	},
}

func (s *BackOffice) supportPage(c echo.Context, clerk staff.Clerk) error {
	in, _, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return err
	}
	view := SupportView{
		Page: s.NewPage(c, message.New("staff.title.aScreenSNumber", nil)),
		Code: strings.TrimSpace(c.QueryParam("code")),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	if view.Code == "" {
		return s.Show(c, http.StatusOK, "support", view)
	}
	state, err := insurer.ReadSupport(view.Code)
	var e *eligibility.Error
	if errors.As(err, &e) {
		view.Error = kit.FormError(e)
		return s.Show(c, http.StatusUnprocessableEntity, "support", view)
	}
	if err != nil {
		return err
	}
	t := supportTables
	view.Rows = []SupportRow{
		{sentence("staff.support.labelShown"), sentence(t.tier[state.Tier])},
		{sentence("staff.support.labelAge"), sentence(t.age[state.Age])},
		{sentence("staff.support.labelNetwork"), sentence(t.network[state.Network])},
		{sentence("staff.support.labelScreenWithoutNetwork"), sentence(t.stored[state.Stored])},
		{sentence("staff.support.labelClock"), sentence(t.clock[state.Clock])},
		{sentence("staff.support.labelBrowser"), sentence(t.browser[state.Browser])},
		{sentence("staff.support.labelKeptData"), sentence(t.persisted[state.Persisted])},
		{sentence("staff.support.labelLastError"), sentence(t.failure[state.Error])},
	}
	view.Next = supportNext(state)
	return s.Show(c, http.StatusOK, "support", view)
}

// sentence is a sentence of the catalogue without places.
func sentence(key string) message.Message { return message.New(key, nil) }

// supportNext says what a patient in this state should do, the most useful first.
func supportNext(s insurer.SupportState) []message.Message {
	var next []message.Message
	add := func(when bool, key string) {
		if when {
			next = append(next, sentence(key))
		}
	}
	const lost, noChars, over, ended = 3, 4, 7, 8
	nothing := s.Tier == 0
	add(nothing && s.Error == lost, "staff.support.nextTheEligibilityHasEndedEnrolWith")
	add(nothing && s.Error == noChars, "staff.support.nextTheRecordHoldsCharactersThatFit")
	add(
		nothing && (s.Error == over || s.Error == ended || s.Error == 2),
		"staff.support.nextPressLogInAndLogIn",
	)
	add(s.Tier == 3, "staff.support.nextTellTheEightCharactersOfTell")
	add(nothing && s.Network == 1, "staff.support.nextMoveToWhereThereIsNetwork")
	add(nothing && s.Network == 2, "staff.support.nextCloseTheScreenAndOpenIt")
	add(s.Error == 10, "staff.support.nextTheFaultIsOurServerS")
	add(s.Clock != 0, "staff.support.nextHaveDateAndTimeSetTo")
	add(s.Tier == 2, "staff.support.nextBothCodesMustBeScannedOne")
	add(s.Browser == 8, "staff.support.nextWithinAnotherAppItMayFail")
	add(!nothing && s.Stored == 0, "staff.support.nextNoScreenIsKeptForThe")
	add(len(next) == 0 && nothing, "staff.support.nextOpenTheScreenAgainIfThat")
	add(len(next) == 0, "staff.support.nextTheScreenWorksIfACounter")
	return next
}
