package clerk

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// One person's page, and what a clerk may do there: each action is asked for on a page of its own that says what follows.
func (s *Pages) peopleRoutes(e *echo.Echo) {
	e.GET("/insurer/people/:id", s.page(ofPerson, s.personPage))
	for path, a := range map[string]personAction{
		"/reissue":            {s.askReissue, s.reissue},
		"/revoke":             {s.askRevokePerson, s.revokePerson},
		"/copies/:rid/revoke": {s.askRevokeCopy, s.revokeCopy},
		"/logins/:login/end":  {s.askEndLogin, s.endLogin},
		"/phones/:phone/end":  {s.askEndPhone, s.endPersonsPhone},
		"/phones/end":         {s.askEndPhones, s.endPersonsPhones},
		"/erase":              {s.askErase, s.erase},
	} {
		e.GET("/insurer/people/:id"+path, s.page(ofPerson, s.asked(a)))
		e.POST("/insurer/people/:id"+path, s.page(ofPerson, s.done(a)))
	}
	e.GET("/insurer/revoke", s.page(ofInsurer, s.revokePage))
	e.POST("/insurer/revoke", s.page(ofInsurer, s.revokeMany))
}

// personAction asks before it does.
type personAction struct {
	ask func(c echo.Context, clerk staff.Clerk, file insurer.PersonFile) (ConfirmView, error)
	// do returns the address to go on to.
	do func(c echo.Context, clerk staff.Clerk, id audit.PersonID) (next string, err error)
}

func (s *Pages) asked(a personAction) handler {
	return func(c echo.Context, clerk staff.Clerk) error {
		return s.confirm(c, a, clerk, nil)
	}
}

func (s *Pages) confirm(
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
	view.Page = s.NewPage(c, view.TitleJa, view.TitleEn)
	view.Page.Insurer, view.Person, view.Action, view.Back = insurerView(in), s.row(file.PersonRecord), c.Request().URL.Path, personAddress(file.ID, "")
	if refusal != nil {
		status, view.Error = http.StatusUnprocessableEntity, kit.FormError(refusal)
	}
	return s.Show(c, status, "confirm", view)
}

func (s *Pages) done(a personAction) handler {
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

func personAddress(id audit.PersonID, step string) string {
	return "/insurer/people/" + string(id) + step
}

func (s *Pages) askReissue(echo.Context, staff.Clerk, insurer.PersonFile) (ConfirmView, error) {
	return ConfirmView{TitleJa: "お知らせのコードを出し直す", TitleEn: "Reissue the notice's code", ButtonJa: "新しいコードを出す", ButtonEn: "Make a new code",
		ConsequenceJa: "いまお手元にある紙のコードは、すぐに使えなくなります。新しいお知らせを印刷して渡してください。すでに登録した電話はそのまま使えます。",
		ConsequenceEn: "The code on the present paper stops working at once. Print the new notice and hand it over. Phones that are enrolled go on."}, nil
}

func (s *Pages) reissue(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	return personAddress(id, "?said=reissued"), s.Insurer.Enrolment.Reissue(c.Request().Context(), clerk, id)
}

func (s *Pages) askRevokePerson(
	c echo.Context, clerk staff.Clerk, file insurer.PersonFile,
) (ConfirmView, error) {
	n, err := s.Insurer.Issuer.CountCopies(c.Request().Context(), clerk, insurer.Copies{Person: file.ID})
	return ConfirmView{TitleJa: "この人の写しをすべて取り消す", TitleEn: "Revoke this person's copies", ButtonJa: fmt.Sprintf("%d通を取り消す", n), ButtonEn: fmt.Sprintf("Revoke %d", n), Disabled: n == 0,
		ConsequenceJa: fmt.Sprintf("まだ期限の来ていない写し（PDF・ファイル）%d通が、受付で「取り消されています」と表示されるようになります。元には戻せません。新しい写しは、ご本人がいつでも保存できます。", n),
		ConsequenceEn: fmt.Sprintf("%d saved copies that have not ended will be shown as revoked at counters. This cannot be undone. The person can save new ones at any time.", n)}, err
}

func (s *Pages) revokePerson(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	return s.revokeOf(c, clerk, id, insurer.Copies{Person: id})
}

func (s *Pages) revokeOf(
	c echo.Context, clerk staff.Clerk, id audit.PersonID, which insurer.Copies,
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

func (s *Pages) askRevokeCopy(c echo.Context, _ staff.Clerk, file insurer.PersonFile) (ConfirmView, error) {
	copied, err := ownCopy(c, file.Copies)
	return ConfirmView{TitleJa: "写しを1通取り消す", TitleEn: "Revoke one copy", ButtonJa: "この写しを取り消す", ButtonEn: "Revoke this copy", Disabled: !copied.Revoked.IsZero() || !copied.Expires.After(s.Now()),
		ConsequenceJa: fmt.Sprintf("写し %s（%s 発行）が、受付で「取り消されています」と表示されるようになります。元には戻せません。", credential.EncodeRID(copied.RID), whenText(copied.Issued)),
		ConsequenceEn: fmt.Sprintf("The copy %s will be shown as revoked at counters. This cannot be undone.", credential.EncodeRID(copied.RID))}, err
}

func (s *Pages) revokeCopy(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	copies, err := s.Insurer.Register.Copies(c.Request().Context(), clerk, id)
	if err != nil {
		return "", err
	}
	copied, err := ownCopy(c, copies)
	if err != nil {
		return "", err
	}
	return s.revokeOf(c, clerk, id, insurer.Copies{RID: copied.RID})
}

// login returns the login that the address names.
func login(c echo.Context, file insurer.PersonFile) (insurer.Login, error) {
	for _, l := range file.Logins {
		if strconv.FormatInt(l.ID, 10) == c.Param("login") {
			return l, nil
		}
	}
	return insurer.Login{}, kit.ErrNoPage
}

func (s *Pages) askEndLogin(c echo.Context, _ staff.Clerk, file insurer.PersonFile) (ConfirmView, error) {
	l, err := login(c, file)
	return ConfirmView{TitleJa: "電話の登録を解除する", TitleEn: "End a login's enrolment", ButtonJa: "登録を解除する", ButtonEn: "End the enrolment",
		ConsequenceJa: fmt.Sprintf("%s に登録したログインでは、この人の画面を新しく出せなくなります（保存済みの画面は、最長24時間残ることがあります）。このログインで開いている画面もすべて閉じます。登録に使ったお知らせは無効になります。もう一度使うには、新しいお知らせのコードが要ります。", whenText(l.Since)),
		ConsequenceEn: "That login can no longer make this person's screens (a stored one may last up to 24 hours). All its open sessions end, and the notice that it used is void. Using it again needs a new notice's code."}, err
}

func (s *Pages) endLogin(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	number, err := strconv.ParseInt(c.Param("login"), 10, 64)
	if err != nil {
		return "", kit.ErrNoPage
	}
	return personAddress(id, "?said=ended"), s.Insurer.Enrolment.EndLogin(c.Request().Context(), clerk, id,
		number)
}

// askEndPhone asks before a phone is taken away: it was lost, the patient called.
func (s *Pages) askEndPhone(c echo.Context, clerk staff.Clerk, file insurer.PersonFile) (ConfirmView, error) {
	i := slices.IndexFunc(file.Phones, func(p insurer.LinkedPhone) bool { return p.ID == c.Param("phone") })
	if i < 0 {
		return ConfirmView{}, kit.ErrNoPage
	}
	view, err := s.askEndPhones(c, clerk, file)
	view.TitleJa, view.TitleEn, view.ButtonJa, view.ButtonEn = "端末を1台解除する", "End one phone", "この端末を解除する", "End this phone"
	view.ConsequenceJa = whenText(file.Phones[i].At) + " に登録した端末では、" + view.ConsequenceJa
	view.ConsequenceEn = "On the phone added then: " + view.ConsequenceEn
	return view, err
}

func (s *Pages) askEndPhones(_ echo.Context, _ staff.Clerk, file insurer.PersonFile) (ConfirmView, error) {
	return ConfirmView{TitleJa: "端末をすべて解除する", TitleEn: "End all phones", ButtonJa: "すべて解除する",
		ButtonEn: "End all", Disabled: len(file.Phones) == 0,
		ConsequenceJa: "この人の画面を新しく出せなくなります（保存済みの画面は、最長24時間残ることがあります）。登録したログインで開いている画面も、ほかの端末のものまで閉じます。ご本人は、もう一度ログインすれば使えます。保存された写しが心配なときは、写しも取り消してください。",
		ConsequenceEn: "no new screen of this person is made (a stored one may last up to 24 hours), and the sessions of the login that added it end everywhere. The person can log in again. If saved copies worry you, revoke them too."}, nil
}

// endPersonsPhone ends the phone that the address names.
func (s *Pages) endPersonsPhone(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	if c.Param("phone") == "" { // would mean all
		return "", kit.ErrNoPage
	}
	return s.endPersonsPhones(c, clerk, id)
}

// endPersonsPhones ends all phones, or the one that the address names.
func (s *Pages) endPersonsPhones(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	_, err := s.Insurer.Devices.EndPhoneOf(c.Request().Context(), clerk, id, c.Param("phone"))
	return personAddress(id, "?said=phone"), err
}

func (s *Pages) askErase(echo.Context, staff.Clerk, insurer.PersonFile) (ConfirmView, error) {
	return ConfirmView{TitleJa: "この人の記録を消す", TitleEn: "Erase this person", ButtonJa: "記録を消す", ButtonEn: "Erase", TypeNumber: true, Danger: true,
		ConsequenceJa: "この人の内容・履歴・お知らせ・電話の登録・受付の記録の控えがすべて消え、出ている写しは取り消されます。元には戻せません。資格を失っただけの人は、消さずに「資格喪失年月日」の入った名簿を読み込んでください。",
		ConsequenceEn: "The record, its history, notices, enrolments and receipts are erased and copies that are out are revoked. This cannot be undone. For somebody who only lost eligibility, import a file with the date instead."}, nil
}

func (s *Pages) erase(c echo.Context, clerk staff.Clerk, id audit.PersonID) (string, error) {
	next := "/insurer?insurer=" + string(clerk.Insurer) + "&said=erased"
	return next, s.Insurer.Register.Erase(c.Request().Context(), clerk, id, c.FormValue("number"))
}

// whenText writes a time for a clerk: 令和8年11月22日 10:42.
func whenText(t time.Time) string {
	return eligibility.DateOf(t).Japanese() + t.In(eligibility.Japan).Format(" 15:04")
}
