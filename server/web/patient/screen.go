package patient

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/pwa"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

func (s *screenPages) routes(r *kit.Router) {
	r.Public("GET "+pwa.ManifestPath, s.manifest)
	r.Public("GET /screen", s.screenPage)
	viewers := s.viewers(r)
	for _, d := range insurer.AllDocuments() {
		if d.Viewer != nil {
			viewers.Add("GET /people/:id/"+string(d.Kind)+".pdf", ofPerson(s.paper(d)))
		}
		if d.Anybody != nil {
			r.Public("GET /"+string(d.Kind)+".pdf", s.emptyForm(d))
		}
	}
	viewers.Add("GET /people/:id/name.ttf", ofPerson(s.nameFont))
	viewers.Add("POST /api/v1/people/:id/credential", ofPerson(s.credential))
	viewers.Add("GET /people/:id/screen.smart-health-card", ofPerson(s.file))
	s.anybody(r).Add("GET /api/v1/me", s.me)
	s.logins(r).Add("POST /api/v1/people/:id/representatives/:login/end", s.endRepresentative)
}

// screenPage is the screen's shell: the same for everybody, so that a phone can keep it and open it without
// network. The page fills itself from what the phone stored and from the API.
func (s *screenPages) screenPage(c echo.Context) error {
	view := ScreenView{Page: s.Translated(c, "door.title.home")}
	for _, d := range insurer.AllDocuments() {
		if d.Viewer != nil && !d.Viewer.Saved {
			view.Files = append(view.Files, d)
		}
	}
	return s.ShowPublic(c, http.StatusOK, "screen", view)
}

// Details are the items of a screen as its page shows them.
type Details struct {
	Name           string `json:"name"`
	Kana           string `json:"kana"`
	Alias          string `json:"alias,omitempty"`
	BirthDate      string `json:"birthDate"`
	BirthDateJa    string `json:"birthDateJa"`
	Sex            string `json:"sex,omitempty"`
	Relation       string `json:"relation,omitempty"`
	InsurerName    string `json:"insurerName"`
	InsurerNumber  string `json:"insurerNumber"`
	Symbol         string `json:"symbol,omitempty"`
	Number         string `json:"number"`
	BranchNumber   string `json:"branchNumber,omitempty"`
	Share          int    `json:"share"`
	ShareText      string `json:"shareText"`
	QualifiedOn    string `json:"qualifiedOn,omitempty"`
	ValidFrom      string `json:"validFrom,omitempty"`
	ValidUntil     string `json:"validUntil,omitempty"`
	Limit          string `json:"limit,omitempty"`
	PostCode       string `json:"postCode,omitempty"`
	Address        string `json:"address,omitempty"`
	SubscriberName string `json:"subscriberName,omitempty"`
	// the last day, where a representative's phone shows the person
	RepresentedUntil string `json:"representedUntil,omitempty"`
	RareText         bool   `json:"rareText,omitempty"`    // the names need /people/{id}/name.ttf
	LacksShapes      bool   `json:"lacksShapes,omitempty"` // and ask for a shape that it does not have
}

// credential makes the screen that the page asks for: a live one, or the one of a day for a phone without
// network ("screen").
func (s *screenPages) credential(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	subject, err := s.Insurer.Enrolment.LoginFor(viewer, id)
	if err != nil {
		return err
	}
	var body struct {
		Tier  string `json:"tier"`
		Phone string `json:"phone"` // screen: the phone whose device key is in it
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	if err := s.MayMake(&s.Limits.Screens, subject, string(id)); err != nil {
		return err
	}
	ctx := c.Request().Context()
	var screen insurer.Screen
	switch body.Tier {
	case "live":
		screen, err = s.Insurer.Issuer.Live(ctx, viewer, id)
	case "screen":
		screen, err = s.Insurer.Issuer.Offline(ctx, viewer, id, body.Phone)
	default:
		return kit.ErrRequest.In("tier")
	}
	if err != nil {
		return err
	}
	p := screen.Person
	rare, lacksShapes := screen.RareText()
	out := struct {
		JWS          string    `json:"jws"`
		Tier         string    `json:"tier"`
		FitsQR       bool      `json:"fitsQr"` // false: use the online code or the file
		IssuedAt     time.Time `json:"issuedAt"`
		ExpiresAt    time.Time `json:"expiresAt"`
		ServerTime   time.Time `json:"serverTime"`
		RegisteredOn string    `json:"registeredOn"`
		Details      Details   `json:"details"`
	}{screen.JWS, string(screen.Tier), screen.FitsQR, screen.IssuedAt, screen.ExpiresAt, s.Now(),
		screen.RegisteredOn.String(), Details{
			Name:           p.Name,
			Kana:           p.Kana,
			Alias:          p.Alias,
			BirthDate:      p.BirthDate.String(),
			BirthDateJa:    p.BirthDate.Japanese(),
			Sex:            p.Sex.Japanese(),
			Relation:       p.Relation.Japanese(),
			InsurerName:    screen.Insurer.Name,
			InsurerNumber:  p.Insurer.Paper(),
			Symbol:         p.Symbol,
			Number:         p.Number,
			BranchNumber:   p.BranchNumber,
			ShareText:      kit.SharesText(screen.Shares),
			QualifiedOn:    p.QualifiedOn.Japanese(),
			ValidFrom:      p.ValidFrom.Japanese(),
			ValidUntil:     p.ValidUntil.Japanese(),
			Limit:          p.Limit.Japanese(),
			PostCode:       kit.PostCode(p.PostCode),
			Address:        p.Address,
			SubscriberName: p.SubscriberName,
			RareText:       rare,

			RepresentedUntil: screen.LastRepresented.String(),

			LacksShapes: lacksShapes,
		}}
	if len(screen.Shares) == 1 {
		out.Details.Share = screen.Shares[0]
	}
	return c.JSON(http.StatusOK, out)
}
