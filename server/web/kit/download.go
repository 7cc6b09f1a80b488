package kit

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/server/csvfile"
)

// Attachment has the browser save an answer under a name.
func Attachment(c echo.Context, name string) {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
}

// CsvFile answers with a CSV in UTF-8, to be saved under a name.
func CsvFile(c echo.Context, name string, data []byte) error {
	Attachment(c, name)
	return c.Blob(http.StatusOK, csvfile.ContentType(csvfile.UTF8), data)
}

// PdfFile answers with a PDF, to be saved under a name.
func PdfFile(c echo.Context, name string, data []byte) error {
	Attachment(c, name)
	return c.Blob(http.StatusOK, "application/pdf", data)
}

// DatedName is a file's name with today in it, so that copies of several days lie side by side:
// shikaku-joho-20261122.pdf.
func (s *Kit) DatedName(what, ending string) string {
	return what + "-" + strings.ReplaceAll(s.Today().String(), "-", "") + ending
}

// CheckByHand is the header in which a download says that the clerk should look at the page before it goes
// out.
const CheckByHand = "Madoguchi-Check"
