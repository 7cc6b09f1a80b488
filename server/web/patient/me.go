package patient

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// insurerJSON names an insurer on a phone's screen.
type insurerJSON struct {
	Name      string `json:"name"`
	Number    string `json:"number"`
	Telephone string `json:"telephone"`
}

// personJSON is one person whom the phone may show.
type personJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kana string `json:"kana"`
	// until then the phone's key is enough; absent where it is not used
	LoginBy *time.Time  `json:"loginBy,omitempty"`
	Insurer insurerJSON `json:"insurer"`
	// the last day, where this phone is a representative's
	RepresentedUntil string `json:"representedUntil,omitempty"`
	// of the person, on the person's own phone
	Representatives []representativeJSON `json:"representatives,omitempty"`
}

// representativeJSON is a representative as the person is told of one.
type representativeJSON struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Until string `json:"until"` // the last day
}

// me tells a phone whom it may show and by what, and which phones there are. Nobody where it is not known:
// each new phone asks that first, and a browser's console would show a refusal as an error.
func (s *screenPages) me(c echo.Context, who viewerSession) error {
	ctx := c.Request().Context()
	out := struct {
		People []personJSON `json:"people"`
		Lapsed []string     `json:"lapsed"` // people whom this phone may show again after a login
		Phones []deviceJSON `json:"phones"` // those that show screens by their key, newest first
		Login  bool         `json:"login"`  // somebody is logged in, and may change things
		// this phone came by its key: People and Lapsed are all that it has
		Device     bool      `json:"device"`
		ServerTime time.Time `json:"serverTime"`
	}{[]personJSON{}, []string{}, []deviceJSON{}, who.Login != nil, len(who.People) > 0, s.Now()}
	people, err := s.Insurer.Enrolment.People(ctx, who.Viewer)
	if err != nil {
		return err
	}
	for _, r := range people {
		if r.Lapsed {
			out.Lapsed = append(out.Lapsed, string(r.ID))
			continue
		}
		p, err := s.person(ctx, r.PersonRecord)
		if err != nil {
			return err
		}
		p.LoginBy = r.LoginBy
		if p.Representatives, err = s.representatives(ctx, who.Viewer, r); err != nil {
			return err
		}
		out.People = append(out.People, p)
	}
	known, err := s.Insurer.Devices.DevicesOfViewer(ctx, who.Viewer)
	if err != nil {
		return err
	}
	out.Phones = deviceList(known)
	return c.JSON(http.StatusOK, out)
}

func (s *screenPages) person(ctx context.Context, r insurer.PersonRecord) (personJSON, error) {
	in, err := s.Insurer.Directory.Insurer(ctx, r.Person.Insurer)
	return personJSON{
		ID:      string(r.ID),
		Name:    r.Person.Name,
		Kana:    r.Person.Kana,
		Insurer: insurerJSON{in.Name, in.Number.Paper(), in.Telephone},

		RepresentedUntil: r.LastRepresented().String(),
	}, err
}

// representatives are those of a person on the person's own phone; a representative is told of none.
func (s *screenPages) representatives(
	ctx context.Context, viewer insurer.Viewer, r insurer.ShownPerson,
) (list []representativeJSON, err error) {
	if r.IsRepresented() {
		return nil, nil
	}
	all, err := s.Insurer.Representatives.OfViewer(ctx, viewer, r.ID)
	for _, one := range all {
		id := strconv.FormatInt(one.Number, 10)
		list = append(list, representativeJSON{id, one.Name, one.Last().String()})
	}
	return list, err
}

// endRepresentative ends one representative of a person, by the person's own login.
func (s *screenPages) endRepresentative(c echo.Context, who viewerSession) error {
	number, err := strconv.ParseInt(c.Param("login"), 10, 64)
	if err != nil {
		return insurer.ErrNotEnrolled
	}
	id := audit.PersonID(c.Param("id"))
	if err := s.Insurer.Representatives.EndOwn(c.Request().Context(), who.Viewer, id, number); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
