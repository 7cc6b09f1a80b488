package clerk

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// revokePage asks which copies of the whole insurer are meant.
func (s *personPages) revokePage(c echo.Context, clerk staff.Clerk) error {
	in, _, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return err
	}
	view := RevokeView{
		Page: s.NewPage(c, message.New("staff.title.revokeCopies", nil)),
		Done: c.QueryParam("said") == "revoked",
	}
	view.N, _ = strconv.Atoi(c.QueryParam("n"))
	view.Insurer = kit.InsurerView(in.Contact())
	return s.Show(c, http.StatusOK, "revoke", view)
}

// revokeMany says what would be revoked, and revokes on the second yes; of many copies it asks for their
// number.
func (s *personPages) revokeMany(c echo.Context, clerk staff.Clerk) error {
	in, _, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return err
	}
	view := RevokeView{
		Page:   s.NewPage(c, message.New("staff.title.revokeCopies", nil)),
		RID:    c.FormValue("rid"),
		Before: c.FormValue("before"),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	which, err := copiesMeant(view.RID, view.Before)
	var refusal *eligibility.Error
	if errors.As(err, &refusal) {
		view.Error = kit.FormError(refusal)
		return s.Show(c, http.StatusUnprocessableEntity, "revoke", view)
	}
	ctx := c.Request().Context()
	n, err := s.Insurer.Issuer.CountCopies(ctx, clerk, which)
	if err != nil {
		return err
	}
	view.Asked, view.N, view.Many = true, n, view.RID == "" && n > 1
	if !which.Before.IsZero() {
		view.Until = whenText(which.Before)
	}
	if c.FormValue("sure") != "yes" {
		return s.Show(c, http.StatusOK, "revoke", view)
	}
	typed := strings.ReplaceAll(norm.NFKC.String(strings.TrimSpace(c.FormValue("count"))), ",", "")
	if view.Many && typed != strconv.Itoa(n) {
		view.Error = kit.FormError(insurer.ErrCount)
		return s.Show(c, http.StatusUnprocessableEntity, "revoke", view)
	}
	if n, err = s.Insurer.Issuer.Revoke(ctx, clerk, which); err != nil {
		return err
	}
	return c.Redirect(
		http.StatusSeeOther,
		fmt.Sprintf("/insurer/revoke?insurer=%s&said=revoked&n=%d", in.Number, n),
	)
}

// copiesMeant reads either a copy's five characters or a time of a datetime-local field.
func copiesMeant(rid, before string) (which insurer.CopySelection, err error) {
	rid, before = strings.TrimSpace(rid), strings.TrimSpace(before)
	if (rid == "") == (before == "") {
		return which, insurer.ErrNotDecided
	}
	if rid != "" {
		if which.RID, err = credential.DecodeRID(rid); err != nil {
			return which, insurer.ErrNotDecided.Because(err)
		}
		return which, nil
	}
	if which.Before, err = time.ParseInLocation("2006-01-02T15:04", before, eligibility.Japan); err != nil {
		return which, insurer.ErrNotDecided.Because(err)
	}
	return which, nil
}
