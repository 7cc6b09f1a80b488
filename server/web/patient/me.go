package patient

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

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
	}, err
}
