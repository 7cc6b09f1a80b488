package web

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"
)

// helpDeskWait bounds how long a page waits for whom its visitor can call: an error page must come even where the store is the fault.
const helpDeskWait = time.Second

// helpDesk names the insurer whom a visitor can call: that of the notice just opened, else of the person whom their login or
// this phone shows, else the only one of this host. The zero value where none is sure; the page then names the notice's number.
func (s *Site) helpDesk(c echo.Context) InsurerView {
	ctx, cancel := context.WithTimeout(c.Request().Context(), helpDeskWait)
	defer cancel()
	if _, v, ok, err := s.patient(c); err == nil && ok && v.Notice != nil {
		if in, err := s.Office.Enrolment.NoticeInsurer(ctx, v.Notice); err == nil {
			return insurerView(in)
		}
	}
	if a, err := s.asks(c); err == nil {
		var subjects []string
		if a.login != nil {
			subjects = append(subjects, a.login.Subject)
		}
		for _, g := range a.grants {
			subjects = append(subjects, g.Subject)
		}
		for _, subject := range subjects {
			people, err := s.Office.Enrolment.People(ctx, subject)
			if err != nil || len(people) == 0 {
				continue
			}
			if in, err := s.Office.Directory.Insurer(ctx, people[0].Person.Insurer); err == nil {
				return insurerView(in)
			}
		}
	}
	if all, err := s.Office.Directory.All(ctx); err == nil && len(all) == 1 {
		return insurerView(all[0])
	}
	return InsurerView{}
}
