package patient

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// helpDeskWait bounds how long a page waits for whom its visitor can call: an error page must come even where
// the store is the fault.
const helpDeskWait = time.Second

// HelpDesk names the insurer whom a visitor can call: that of the notice just opened, else of the person whom
// their login or this phone shows, else the only one of this host. The zero value where none is sure; the
// page then names the notice's number.
func (s *Portal) HelpDesk(c echo.Context) kit.InsurerView {
	ctx, cancel := context.WithTimeout(c.Request().Context(), helpDeskWait)
	defer cancel()
	if _, v, ok, err := s.patientSession(c); err == nil && ok && v.hasCode() {
		if in, err := s.codeInsurer(ctx, v); err == nil {
			return kit.InsurerView(in.Contact())
		}
	}
	if who, err := s.viewer(c); err == nil {
		if in, ok := s.Insurer.Enrolment.InsurerOf(ctx, who.Viewer); ok {
			return kit.InsurerView(in.Contact())
		}
	}
	if all, err := s.Insurer.Directory.All(ctx); err == nil && len(all) == 1 {
		return kit.InsurerView(all[0].Contact())
	}
	return kit.InsurerView{}
}

// codeInsurer is the insurer of the code that is held.
func (s *Portal) codeInsurer(ctx context.Context, v VisitSession) (insurer.Insurer, error) {
	if v.Desk != nil {
		return s.Insurer.Desk.CodeInsurer(ctx, v.Desk)
	}
	return s.Insurer.Enrolment.NoticeInsurer(ctx, v.Notice)
}
