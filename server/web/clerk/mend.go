package clerk

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/server/insuredcsv"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// mendFile reads a file anew with what the clerk typed into its refused rows, and leads to what came of it.
func (s *importPages) mendFile(c echo.Context, clerk staff.Clerk) error {
	s.allowLong(c)
	form, err := c.FormParams()
	if err != nil {
		return kit.ErrRequest.Because(err)
	}
	cells := insuredcsv.Mending{}
	for field, values := range form {
		place, known := strings.CutPrefix(field, "cell-")
		sheet, index, parted := strings.Cut(place, "-")
		row, bad := strconv.Atoi(sheet)
		column, worse := strconv.Atoi(index)
		if !known || !parted || bad != nil || worse != nil || len(values) != 1 {
			continue
		}
		if cells[row] == nil {
			cells[row] = map[int]string{}
		}
		cells[row][column] = values[0]
	}
	id, err := s.Insurer.Importer.Mend(c.Request().Context(), clerk, c.Param("id"), cells)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, importAddress(id, "?said=mended"))
}
