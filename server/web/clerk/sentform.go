package clerk

import (
	"io"

	"github.com/labstack/echo/v4"

	"madoguchi/server/insuredcsv"
)

// mostBesidesFile bounds what a form with a file holds besides it, in bytes: fields and the lines between the
// parts.
const mostBesidesFile = 1 << 20

// sentForm is the body of a form with a file. What stands outside the file has the room that any form has,
// and only a file that is read has a file's.
type sentForm struct {
	io.ReadCloser
	left int64 // bytes that may still come
}

func newSentForm(body io.ReadCloser) *sentForm { return &sentForm{body, mostBesidesFile} }

// fileBegins and fileEnds tell that what is read between them is the file's.
func (f *sentForm) fileBegins() { f.left += insuredcsv.MaxFile }

func (f *sentForm) fileEnds() { f.left = min(f.left, mostBesidesFile) }

// Read answers an error that says so (413) once more came than may.
func (f *sentForm) Read(b []byte) (int, error) {
	if f.left <= 0 {
		return 0, echo.ErrStatusRequestEntityTooLarge
	}
	n, err := f.ReadCloser.Read(b[:min(int64(len(b)), f.left)])
	f.left -= int64(n)
	return n, err
}
