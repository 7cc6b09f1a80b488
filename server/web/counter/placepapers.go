package counter

import (
	"github.com/labstack/echo/v4"
	"github.com/skip2/go-qrcode"

	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// sheet is today's sheet for the desk: which way with which code, and what to say.
func (s places) sheet(c echo.Context, _ staff.Reception) error {
	today, err := eligibility.SheetFor(s.Today())
	if err != nil {
		return err
	}
	data, err := pdf.ReceptionSheet(today, s.Now())
	if err != nil {
		return err
	}
	return kit.PdfFile(c, s.DatedName("uketsuke-hayamihyo", ".pdf"), data)
}

// poster is the paper for the wall, with the code of startPath.
func (s places) poster(c echo.Context, reception staff.Reception) error {
	facility, err := s.counter.FacilityOf(c.Request().Context(), reception)
	if err != nil {
		return err
	}
	ways, err := eligibility.PosterWays(s.Today())
	if err != nil {
		return err
	}
	paper := pdf.Poster{
		Facility: facility.Name,
		Address:  s.address + startPath,
		Day:      s.Today(),
		Demo:     s.Demo,
	}
	for _, way := range ways {
		paper.Ways = append(paper.Ways, way.Name)
	}
	if paper.Landing, err = wallCode(paper.Address); err != nil {
		return err
	}
	data, report, err := pdf.PosterSheet(paper, s.Now())
	if err != nil {
		return err
	}
	if len(report.Check) > 0 {
		c.Response().Header().Set(kit.CheckByHand, "1")
	}
	return kit.PdfFile(c, s.DatedName("kabe-poster", ".pdf"), data)
}

// wallCode is the code of an address for a wall: with the most correction, for it is seen from afar and
// aslant.
func wallCode(address string) (*pdf.CodeMatrix, error) {
	made, err := qrcode.New(address, qrcode.High)
	if err != nil {
		return nil, err
	}
	made.DisableBorder = true
	bits := made.Bitmap()
	return &pdf.CodeMatrix{Size: len(bits), Black: func(x, y int) bool { return bits[y][x] }}, nil
}
