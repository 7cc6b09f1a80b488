package patient

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// insurerJSON names an insurer on a phone's screen.
type insurerJSON struct {
	Name      string `json:"name"`
	Number    string `json:"number"`
	Telephone string `json:"telephone"`
}

// personJSON is one person whom the phone may show.
type personJSON struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Kana    string      `json:"kana"`
	LoginBy *time.Time  `json:"loginBy,omitempty"` // until then the phone's key is enough; absent where it is not used
	Insurer insurerJSON `json:"insurer"`
}

// me tells a phone whom it may show and by what, and which phones there are. Nobody where it is not known: each new
// phone asks that first, and a browser's console would show a refusal as an error.
func (s *Pages) me(c echo.Context) error {
	a, err := s.asks(c)
	if err != nil && !errors.Is(err, kit.ErrSignedOut) {
		return err
	}
	ctx := c.Request().Context()
	out := struct {
		People     []personJSON `json:"people"`
		Lapsed     []string     `json:"lapsed"` // people whom this phone may show again after a login
		Phones     []phone      `json:"phones"` // those that show screens by their key, newest first
		Login      bool         `json:"login"`  // somebody is logged in, and may change things
		Device     bool         `json:"device"` // this phone came by its key: People and Lapsed are all that it has
		ServerTime time.Time    `json:"serverTime"`
	}{[]personJSON{}, []string{}, []phone{}, a.login != nil, len(a.grants) > 0, s.Now()}
	var subjects []string
	for _, g := range slices.Backward(a.grants) { // who came first stands first
		if !slices.Contains(subjects, g.Subject) {
			subjects = append(subjects, g.Subject)
		}
	}
	if a.login != nil && !slices.Contains(subjects, a.login.Subject) {
		subjects = append(subjects, a.login.Subject)
	}
	for _, subject := range subjects {
		people, err := s.Insurer.Enrolment.People(ctx, subject)
		if err != nil {
			return err
		}
		for _, r := range people {
			loginBy, shown, lapsed := a.mayShow(r.ID, subject, out.ServerTime)
			if lapsed {
				out.Lapsed = append(out.Lapsed, string(r.ID))
			}
			if !shown {
				continue
			}
			p, err := s.person(ctx, r)
			if err != nil {
				return err
			}
			p.LoginBy = loginBy
			out.People = append(out.People, p)
		}
		known, err := s.Insurer.Devices.Phones(ctx, subject)
		if err != nil {
			return err
		}
		for _, p := range phones(known) {
			if !slices.ContainsFunc(out.Phones, func(q phone) bool { return q.ID == p.ID }) {
				out.Phones = append(out.Phones, p)
			}
		}
	}
	return c.JSON(http.StatusOK, out)
}

// mayShow says whether a subject's person is shown to this asker, until when without a login, and whether only a login is missing.
func (a asker) mayShow(person audit.PersonID, subject string, now time.Time) (loginBy *time.Time, shown, lapsed bool) {
	shown = a.login != nil && a.login.Subject == subject
	for _, g := range a.grants {
		if g.Person == person && g.Subject == subject {
			until := g.Until()
			if now.Before(until) {
				return &until, true, false
			}
			return nil, shown, !shown
		}
	}
	return nil, shown, false
}

func (s *Pages) person(ctx context.Context, r insurer.PersonRecord) (personJSON, error) {
	in, err := s.Insurer.Directory.Insurer(ctx, r.Person.Insurer)
	return personJSON{ID: string(r.ID), Name: r.Person.Name, Kana: r.Person.Kana, Insurer: insurerJSON{in.Name, in.Number.Paper(), in.Telephone}}, err
}
