package counter

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// PDFPath takes the bytes of a PDF, and has a limit of its own for them.
const PDFPath = "/api/v1/counter/pdf"

// TakesPDF reports whether a request brings a PDF to PDFPath, where it may have counter.MaxPDF bytes.
func TakesPDF(c echo.Context) bool {
	return c.Path() == PDFPath && c.Request().Header.Get(echo.HeaderContentType) == "application/pdf"
}

// maxReading is how many PDFs are read at once: one may take seconds of a core (qrscan).
const maxReading = 2

// pdfPages takes what staff drop on the console.
type pdfPages struct {
	answers
	reading chan struct{}
}

func newPDFPages(a answers) pdfPages { return pdfPages{a, make(chan struct{}, maxReading)} }

func (s pdfPages) routes(r *kit.Router) { r.Counter("POST "+PDFPath, s.reception(s.open)) }

// open opens a case with the code of a PDF, whose bytes are the body. They are read in memory and neither
// stored nor logged.
func (s pdfPages) open(c echo.Context, reception staff.Reception) error {
	r := c.Request()
	if !TakesPDF(c) {
		return kit.ErrRequest
	}
	document, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, counter.MaxPDF))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return counter.ErrPDFLarge.Because(err)
	case err != nil:
		return kit.ErrRequest.Because(err)
	}
	view, err := s.inTurn(r.Context(), reception, document)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, s.caseView(c, view))
}

// inTurn waits until few enough others are read.
func (s pdfPages) inTurn(
	ctx context.Context, reception staff.Reception, document []byte,
) (counter.CaseView, error) {
	select {
	case s.reading <- struct{}{}:
	case <-ctx.Done():
		return counter.CaseView{}, ctx.Err()
	}
	defer func() { <-s.reading }()
	return s.Counter.OpenPDF(ctx, reception, document)
}
