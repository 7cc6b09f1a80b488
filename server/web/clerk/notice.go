package clerk

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/skip2/go-qrcode"

	"madoguchi/message"
	"madoguchi/pdf"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// noticePDF sends a person's 資格情報のお知らせ for printing.
func (s *personPages) noticePDF(c echo.Context, clerk staff.Clerk) error {
	data, report, err := s.Insurer.Documents.NoticePage(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	return printedPage(c, "oshirase.pdf", data, report)
}

// printedPage sends a page that goes out to a person, and says whether the clerk should look at it before.
func printedPage(c echo.Context, name string, data []byte, report pdf.Report) error {
	if len(report.Check) > 0 {
		c.Response().Header().Set(kit.CheckByHand, "true")
	}
	return kit.PdfFile(c, name, data)
}

func (s *personPages) noticeSheet(c echo.Context, clerk staff.Clerk) error {
	paper, err := s.Insurer.Enrolment.NoticePaper(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	view := SheetView{
		Page:   s.NewPage(c, message.New("staff.title.noticeCode", nil)),
		Person: s.row(paper.Record),
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
