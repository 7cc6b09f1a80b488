package patient

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/server/web/kit"
)

// helpDeskWait bounds how long a page waits for whom its visitor can call: an error page must come even where
// the store is the fault.
const helpDeskWait = time.Second

// HelpDesk names the insurer whom a visitor can call: that of the notice just opened, else of the person whom
// their login or this phone shows, else the only one of this host. The zero value where none is sure; the
// page then names the notice's number.
func (s *Pages) HelpDesk(c echo.Context) kit.InsurerView {
	ctx, cancel := context.WithTimeout(c.Request().Context(), helpDeskWait)
	defer cancel()
	if _, v, ok, err := s.patient(c); err == nil && ok && v.Notice != nil {
		if in, err := s.Insurer.Enrolment.NoticeInsurer(ctx, v.Notice); err == nil {
			return kit.InsurerView(in.Contact())
		}
	}
	if who, err := s.asks(c); err == nil {
		if in, ok := s.Insurer.Enrolment.InsurerOf(ctx, who.Viewer); ok {
			return kit.InsurerView(in.Contact())
		}
	}
	if all, err := s.Insurer.Directory.All(ctx); err == nil && len(all) == 1 {
		return kit.InsurerView(all[0].Contact())
	}
	return kit.InsurerView{}
}
