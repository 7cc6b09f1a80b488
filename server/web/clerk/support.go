package clerk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insurer"
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

// supportTables says each place of a support number (docs/support.md).
var supportTables = struct{ tier, age, network, stored, clock, browser, persisted, failure []message.Message }{
	tier: []message.Message{{Key: "staff.support.isNoCode"}, {Key: "staff.support.isTheLiveCode"}, {Key: "staff.support.isTheStoredCode"}, {Key: "staff.support.isTheNameIsTooLongFor"}},
	age: []message.Message{{Key: "staff.support.isDash"}, {Key: "staff.support.isUnder30S"}, {Key: "staff.support.isUnder90S"}, {Key: "staff.support.isUnder15Min"}, {Key: "staff.support.isUnder2H"}, {Key: "staff.support.isUnder12H"},
		{Key: "staff.support.isUnderADay"}, {Key: "staff.support.isMoreThanADay"}},
	network: []message.Message{{Key: "staff.support.isConnected"}, {Key: "staff.support.isNoNetwork"}, {Key: "staff.support.isNetworkButNoCodeCanBe"}},
	stored:  []message.Message{{Key: "staff.support.isNone"}, {Key: "staff.support.isThere"}, {Key: "staff.support.isThereButTooOld"}},
	clock: []message.Message{{Key: "staff.support.isRight"}, {Key: "staff.support.is20STo2MinFast"}, {Key: "staff.support.is2MinOrMoreFast"}, {Key: "staff.support.is20STo2MinSlow"},
		{Key: "staff.support.is2MinOrMoreSlow"}},
	browser: []message.Message{{Key: "staff.support.isUnknown"}, {Key: "staff.support.isAndroidChromeOrLikeIt"}, {Key: "staff.support.isSamsungBrowser"}, {Key: "staff.support.isSafariOnIos"},
		{Key: "staff.support.isIosHomeScreen"}, {Key: "staff.support.isAnotherBrowserOnIos"}, {Key: "staff.support.isFirefox"}, {Key: "staff.support.isChromeOrEdgeOnAComputer"},
		{Key: "staff.support.isABrowserWithinAnotherApp"}, {Key: "staff.support.isSafariOnAComputer"}},
	persisted: []message.Message{{Key: "staff.support.isTheBrowserMayDropIt"}, {Key: "staff.support.isKeptForGood"}, {Key: "staff.support.isUnknown"}},
	failure: []message.Message{{Key: "staff.support.isNone2"}, {Key: "staff.support.isARequestWasLost"}, {Key: "staff.support.isTheSessionEnded"}, {Key: "staff.support.isTheEligibilityHasEnded"},
		{Key: "staff.support.isCharactersThatFitNoCode"}, {Key: "staff.support.isTheNameIsTooLong"}, {Key: "staff.support.isALoginFailed"}, {Key: "staff.support.isThePhoneS90DaysAre"},
		{Key: "staff.support.isThePhoneSRegistrationWasEnded"}, {Key: "staff.support.isNotAPersonOfThisPhone"}, {Key: "staff.support.isTroubleOfTheServer"}, {Key: "staff.support.isTooManyRequests"},
		{Key: "staff.support.isAMalformedRequest"}, {Key: "staff.support.isTellingANumberFailed"}, {Key: "staff.support.isAddingThePhoneFailed"}, {Key: "staff.support.isOther"}},
}

func (s *Pages) supportPage(c echo.Context, _ string) error {
	view := SupportView{Page: s.NewPage(c, message.New("staff.title.aScreenSNumber", nil)), Code: strings.TrimSpace(c.QueryParam("code"))}
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
		{say("staff.support.labelShown"), t.tier[state.Tier]}, {say("staff.support.labelAge"), t.age[state.Age]}, {say("staff.support.labelNetwork"), t.network[state.Network]},
		{say("staff.support.labelScreenWithoutNetwork"), t.stored[state.Stored]}, {say("staff.support.labelClock"), t.clock[state.Clock]}, {say("staff.support.labelBrowser"), t.browser[state.Browser]},
		{say("staff.support.labelKeptData"), t.persisted[state.Persisted]}, {say("staff.support.labelLastError"), t.failure[state.Error]},
	}
	view.Next = supportNext(state)
	return s.Show(c, http.StatusOK, "support", view)
}

// say is a sentence of the catalogue without places.
func say(key string) message.Message { return message.New(key, nil) }

// supportNext says what a patient in this state should do, the most useful first.
func supportNext(s insurer.SupportState) []message.Message {
	var next []message.Message
	add := func(when bool, key string) {
		if when {
			next = append(next, say(key))
		}
	}
	const lost, noChars, over, ended = 3, 4, 7, 8
	nothing := s.Tier == 0
	add(nothing && s.Error == lost, "staff.support.nextTheEligibilityHasEndedEnrolWith")
	add(nothing && s.Error == noChars, "staff.support.nextTheRecordHoldsCharactersThatFit")
	add(nothing && (s.Error == over || s.Error == ended || s.Error == 2), "staff.support.nextPressLogInAndLogIn")
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
