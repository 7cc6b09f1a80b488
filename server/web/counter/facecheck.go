package counter

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// faceJSON is how the reading of the chip's photo ended.
type faceJSON struct {
	Result    string          `json:"result"`
	Headline  Sentence        `json:"headline"`
	Next      Sentence        `json:"next"`
	By        Sentence        `json:"by"`
	TriesLeft *Sentence       `json:"triesLeft,omitempty"`
	Sealed    *sealedFaceJSON `json:"sealed,omitempty"` // in the answer to the press alone
}

// sealedFaceJSON is for the page that asked: this server cannot read it. Bytes are in base64url.
type sealedFaceJSON struct {
	Operation string `json:"operation"`
	Key       string `json:"key"`
	Data      string `json:"data"`
	// SHA-256 that the issuer signed: of name and address, and of the photo
	Texts string `json:"texts"`
	Photo string `json:"photo"`
}

func faceView(f *counter.FaceCheck) *faceJSON {
	if f == nil {
		return nil
	}
	out := &faceJSON{Result: string(f.Outcome), By: verifierSentence(f.By)}
	out.Headline, out.Next = headlineOf(f.Stored), nextOf(f.Stored)
	if f.TriesLeft != nil {
		left := triesSentence("console.tries_left", *f.TriesLeft)
		out.TriesLeft = &left
	}
	return out
}

// faceTries says how many tries are left, before one is used.
func (s *Console) faceTries(c echo.Context, reception staff.Reception) error {
	left, err := s.Counter.FaceTries(c.Request().Context(), reception, chosenReader(c), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Tries    int      `json:"tries"`
		Sentence Sentence `json:"sentence"`
	}{left, triesSentence("console.face_tries", left)})
}

// faceCheck has a reader use one try. The page says how many it has shown as left (tries).
func (s *Console) faceCheck(c echo.Context, reception staff.Reception) error {
	var body struct {
		ExpiryYear int    `json:"expiryYear"`
		Code       string `json:"code"`
		Tries      int    `json:"tries"`
		Key        string `json:"key"`
	}
	if err := c.Bind(&body); err != nil || len(body.Code) > 32 || len(body.Key) > 100 {
		return kit.ErrRequest
	}
	if body.Tries == 0 || !card.PossibleTries(body.Tries) {
		return kit.ErrRequest.In("tries")
	}
	page, err := base64.RawURLEncoding.DecodeString(body.Key)
	if err != nil {
		return kit.ErrRequest.In("key")
	}
	if _, err := wire.FacePoint(page); err != nil {
		return kit.ErrRequest.In("key")
	}
	view, shown, err := s.Counter.CheckFace(c.Request().Context(), reception, counter.FaceQuestion{
		TextQuestion: counter.TextQuestion{
			ID:         c.Param("id"),
			Reader:     chosenReader(c),
			ExpiryYear: body.ExpiryYear,
			Code:       strings.TrimSpace(body.Code),
		},
		Tries: body.Tries,
		Page:  page,
	})
	if errors.Is(err, card.ErrSecurityCode) {
		return card.ErrSecurityCode.In("code")
	}
	if err != nil {
		return err
	}
	out := s.caseView(c, view)
	if shown != nil {
		encode := base64.RawURLEncoding.EncodeToString
		out.Face.Sealed = &sealedFaceJSON{
			Operation: shown.Operation,
			Key:       encode(shown.Key),
			Data:      encode(shown.Data),
			Texts:     encode(shown.Digests.Texts),
			Photo:     encode(shown.Digests.Photo),
		}
	}
	return c.JSON(http.StatusOK, out)
}
