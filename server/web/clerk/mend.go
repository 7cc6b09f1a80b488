package clerk

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/server/insuredcsv"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// ReadProgress is how far the reading of a file is, as the page's program hears of it.
type ReadProgress struct {
	Done  int  `json:"done"` // parts
	Total int  `json:"total"`
	Over  bool `json:"over"` // the page can be asked for
}

// readEvents reads a file that was sent and streams how far it is; the page then has what came of it.
func (s *importPages) readEvents(c echo.Context, clerk staff.Clerk) error {
	if _, _, err := s.loadPreview(c, clerk); err != nil {
		return err // while a status can still say so
	}
	stream := kit.NewEventStream(c, s.Background, s.Now)
	if stream == nil {
		return nil
	}
	var last time.Time
	err := s.Insurer.Importer.Read(c.Request().Context(), clerk, c.Param("id"), func(done, total int) {
		if now := s.Now(); now.Sub(last) >= eventsApart {
			last = now
			_, _ = stream.Send(ReadProgress{Done: done, Total: total}) // a page that went ends the request
		}
	})
	if err != nil && c.Request().Context().Err() != nil {
		return nil
	}
	// Of any other fault the page tells, which reads the file again.
	_, err = stream.Send(ReadProgress{Done: 1, Total: 1, Over: true})
	return err
}

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
