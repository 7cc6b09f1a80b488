package clerk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// One person's page, and what a clerk may do there: each action is asked for on a page of its own that says
// what follows.
func (s *personPages) routes(r *kit.Router) {
	r.Clerk("GET /insurer/people/:id", s.clerk(ofPerson, s.personPage))
	for path, a := range map[string]personAction{
		"/reissue":            {ask: s.askReissue, do: s.reissue},
		"/revoke":             {ask: s.askRevokePerson, do: s.revokePerson},
		"/copies/:rid/revoke": {ask: s.askRevokeCopy, do: s.revokeCopy},
		"/logins/:login/end":  {ask: s.askEndLogin, do: s.endLogin},
		"/phones/:phone/end":  {ask: s.askEndDevice, do: s.endPersonsDevice},
		"/phones/end":         {ask: s.askEndDevices, do: s.endPersonsDevices},
		"/erase":              {ask: s.askErase, do: s.erase},
		"/representatives/:login/end": {
			ask: representPages{s.BackOffice}.askEndRepresentative,
			do:  representPages{s.BackOffice}.endRepresentative,
		},
	} {
		r.Clerk("GET /insurer/people/:id"+path, s.clerk(ofPerson, s.confirmHandler(a)))
		r.Clerk("POST /insurer/people/:id"+path, s.clerk(ofPerson, s.actionHandler(a)))
	}
	r.Clerk("POST /insurer/people/:id/phones/checked", s.clerk(ofPerson, s.askedAboutPhones))
	representPages{s.BackOffice}.routes(r)
	r.Clerk("GET /insurer/people/:id/notice", s.clerk(ofPerson, s.noticeSheet))
	r.Clerk("GET /insurer/people/:id/notice.png", s.clerk(ofPerson, s.noticeQR))
	(&deskPages{s.BackOffice}).deskRoutes(r)
	r.Clerk("GET /insurer/revoke", s.clerk(ofInsurer, s.revokePage))
	r.Clerk("POST /insurer/revoke", s.clerk(ofInsurer, s.revokeMany))
}

// personAction asks before it does.
type personAction struct {
	ask func(c echo.Context, clerk staff.Clerk, file insurer.PersonFile) (ConfirmView, error)
	// do returns the address to go on to.
	do func(c echo.Context, clerk staff.Clerk, id audit.PersonID) (next string, err error)
}

func (s *personPages) confirmHandler(a personAction) clerkHandlerFunc {
	return func(c echo.Context, clerk staff.Clerk) error {
		return s.confirm(c, a, clerk, nil)
	}
}

func (s *personPages) confirm(
	c echo.Context, a personAction, clerk staff.Clerk, refusal *eligibility.Error,
) error {
	file, err := s.Insurer.Register.PersonFile(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	view, err := a.ask(c, clerk, file)
	if err != nil {
		return err
	}
	in, err := s.Insurer.Directory.Insurer(c.Request().Context(), file.Person.Insurer)
	if err != nil {
		return err
	}
	status := http.StatusOK
	view.Page = s.NewPage(c, view.Heading)
	view.Page.Insurer, view.Person = kit.InsurerView(in.Contact()), s.personRow(file.PersonRecord)
	view.Action, view.Back = c.Request().URL.Path, personAddress(file.ID, "")
	if refusal != nil {
		status, view.Error = http.StatusUnprocessableEntity, kit.FormError(refusal)
	}
	return s.Show(c, status, "confirm", view)
}

func (s *personPages) actionHandler(a personAction) clerkHandlerFunc {
	return func(c echo.Context, clerk staff.Clerk) error {
		next, err := a.do(c, clerk, personOf(c))
		var refusal *eligibility.Error
		if errors.As(err, &refusal) && refusal.Code == eligibility.Invalid {
			return s.confirm(c, a, clerk, refusal)
		}
		if err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, next)
	}
}

// askedAboutPhones notes that the person was asked, and leads back to who is left.
func (s *personPages) askedAboutPhones(c echo.Context, clerk staff.Clerk) error {
	if err := s.Insurer.Tasks.AskedAboutPhones(c.Request().Context(), clerk, personOf(c)); err != nil {
		return err
	}
	next := "/insurer?insurer=" + string(clerk.Insurer) + "&show=phones&said=asked"
	return c.Redirect(http.StatusSeeOther, next)
}

func personAddress(id audit.PersonID, step string) string {
	return "/insurer/people/" + string(id) + step
}

func (s *personPages) askReissue(echo.Context, staff.Clerk, insurer.PersonFile) (ConfirmView, error) {
	return ConfirmView{
		Heading:     sentence("staff.confirm.reissueHeading"),
		Consequence: sentence("staff.confirm.reissueFollows"),
		Button:      sentence("staff.confirm.reissueButton"),
	}, nil
}

func (s *personPages) reissue(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	return personAddress(id, "?said=reissued"), s.Insurer.Enrolment.Reissue(c.Request().Context(), clerk, id)
}

func (s *personPages) askRevokePerson(
	c echo.Context,
	clerk staff.Clerk,
	file insurer.PersonFile,
) (ConfirmView, error) {
	n, err := s.Insurer.Issuer.CountCopies(c.Request().Context(), clerk,
		insurer.CopySelection{Person: file.ID})
	args := message.Args{"n": message.Number(n)}
	return ConfirmView{
		Heading:     sentence("staff.confirm.revokeAllHeading"),
		Consequence: message.New("staff.confirm.revokeAllFollows", args),
		Button:      message.New("staff.confirm.revokeAllButton", args),
		Danger:      true,
		Disabled:    n == 0,
	}, err
}

func (s *personPages) revokePerson(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	return s.revokeOf(c, clerk, id, insurer.CopySelection{Person: id})
}

func (s *personPages) revokeOf(
	c echo.Context, clerk staff.Clerk, id audit.PersonID, which insurer.CopySelection,
) (string, error) {
	n, err := s.Insurer.Issuer.Revoke(c.Request().Context(), clerk, which)
	return personAddress(id, "?said=revoked&n="+strconv.Itoa(n)), err
}

// ownCopy returns the person's copy that the address names.
func ownCopy(c echo.Context, copies []insurer.IssuedCopy) (insurer.IssuedCopy, error) {
	rid, err := credential.DecodeRID(c.Param("rid"))
	for _, copied := range copies {
		if err == nil && copied.RID == rid {
			return copied, nil
		}
	}
	return insurer.IssuedCopy{}, kit.ErrNoPage
}

func (s *personPages) askRevokeCopy(
	c echo.Context,
	_ staff.Clerk,
	file insurer.PersonFile,
) (ConfirmView, error) {
	copied, err := ownCopy(c, file.Copies)
	return ConfirmView{
		Heading: sentence("staff.confirm.revokeOneHeading"),
		Consequence: message.New("staff.confirm.revokeOneFollows", message.Args{
			"rid": message.Text(credential.EncodeRID(copied.RID)),
			"at":  message.Text(whenText(copied.Issued)),
		}),
		Button:   sentence("staff.confirm.revokeOneButton"),
		Danger:   true,
		Disabled: !copied.Revoked.IsZero() || !copied.Expires.After(s.Now()),
	}, err
}

func (s *personPages) revokeCopy(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	copies, err := s.Insurer.Register.Copies(c.Request().Context(), clerk, id)
	if err != nil {
		return "", err
	}
	copied, err := ownCopy(c, copies)
	if err != nil {
		return "", err
	}
	return s.revokeOf(c, clerk, id, insurer.CopySelection{RID: copied.RID})
}

// loginOf returns the login that the address names.
func loginOf(c echo.Context, file insurer.PersonFile) (insurer.Login, error) {
	for _, l := range file.Logins {
		if strconv.FormatInt(l.ID, 10) == c.Param("login") {
			return l, nil
		}
	}
	return insurer.Login{}, kit.ErrNoPage
}

func (s *personPages) askEndLogin(
	c echo.Context,
	_ staff.Clerk,
	file insurer.PersonFile,
) (ConfirmView, error) {
	l, err := loginOf(c, file)
	return ConfirmView{
		Heading: sentence("staff.confirm.endLoginHeading"),
		Consequence: message.New(
			"staff.confirm.endLoginFollows",
			message.Args{"at": message.Text(whenText(l.Since))},
		),
		Button: sentence("staff.confirm.endLoginButton"),
	}, err
}

func (s *personPages) endLogin(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	number, err := strconv.ParseInt(c.Param("login"), 10, 64)
	if err != nil {
		return "", kit.ErrNoPage
	}
	return personAddress(id, "?said=ended"), s.Insurer.Enrolment.EndLogin(c.Request().Context(), clerk, id,
		number)
}

// askEndDevice asks before a phone is taken away: it was lost, the patient called.
func (s *personPages) askEndDevice(
	c echo.Context, clerk staff.Clerk, file insurer.PersonFile,
) (ConfirmView, error) {
	i := slices.IndexFunc(file.Devices, func(p insurer.LinkedDevice) bool { return p.ID == c.Param("phone") })
	if i < 0 {
		return ConfirmView{}, kit.ErrNoPage
	}
	view, err := s.askEndDevices(c, clerk, file)
	view.Heading, view.Button = sentence(
		"staff.confirm.endPhoneHeading",
	), sentence(
		"staff.confirm.endPhoneButton",
	)
	view.Consequence = message.New("staff.confirm.endPhoneFollows", addedArgs(file.Devices[i]))
	return view, err
}

func (s *personPages) askEndDevices(
	_ echo.Context, _ staff.Clerk, file insurer.PersonFile,
) (ConfirmView, error) {
	return ConfirmView{
		Heading:     sentence("staff.confirm.endPhonesHeading"),
		Consequence: sentence("staff.confirm.endPhonesFollows"),
		Button:      sentence("staff.confirm.endPhonesButton"),
		Disabled:    len(file.Devices) == 0,
	}, nil
}

// endPersonsDevice ends the phone that the address names.
func (s *personPages) endPersonsDevice(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	if c.Param("phone") == "" { // would mean all
		return "", kit.ErrNoPage
	}
	return s.endPersonsDevices(c, clerk, id)
}

// endPersonsDevices ends all phones, or the one that the address names.
func (s *personPages) endPersonsDevices(
	c echo.Context, clerk staff.Clerk, id audit.PersonID,
) (string, error) {
	_, err := s.Insurer.Devices.EndDeviceOfPerson(c.Request().Context(), clerk, id, c.Param("phone"))
	return personAddress(id, "?said=phone"), err
}

func (s *personPages) askErase(echo.Context, staff.Clerk, insurer.PersonFile) (ConfirmView, error) {
	return ConfirmView{
		Heading:     sentence("staff.confirm.eraseHeading"),
		Consequence: sentence("staff.confirm.eraseFollows"),
		Button:      sentence("staff.confirm.eraseButton"),
		TypeNumber:  true,
		Danger:      true,
	}, nil
}

func (s *personPages) erase(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	next := "/insurer?insurer=" + string(clerk.Insurer) + "&said=erased"
	return next, s.Insurer.Register.Erase(c.Request().Context(), clerk, id, c.FormValue("number"))
}

// whenText writes a time for a clerk: 令和8年11月22日 10:42.
func whenText(t time.Time) string {
	return eligibility.DateOf(t).Japanese() + t.In(eligibility.Japan).Format(" 15:04")
}
