package clerk

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/skip2/go-qrcode"

	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

func (s *personPages) noticeSheet(c echo.Context, clerk staff.Clerk) error {
	paper, err := s.Insurer.Enrolment.NoticePaper(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	view := SheetView{
		Page:   s.NewPage(c, message.New("staff.title.noticeCode", nil)),
		Person: s.personRow(paper.Record),
		Code:   insurer.GroupNoticeCode(paper.Code),
		URL:    paper.URL,
		Image:  "/insurer/people/" + c.Param("id") + "/notice.png",
	}
	view.Insurer = kit.InsurerView(paper.Insurer.Contact())
	return s.Show(c, http.StatusOK, "sheet", view)
}

func (s *personPages) noticeQR(c echo.Context, clerk staff.Clerk) error {
	paper, err := s.Insurer.Enrolment.NoticePaper(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	image, err := qrcode.Encode(paper.URL, qrcode.Medium, -8) // eight dots a module
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", image)
}
