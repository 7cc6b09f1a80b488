package insurer

import (
	"bufio"
	"context"
	"errors"
	"io"

	"madoguchi/eligibility"
	"madoguchi/eligibility/fhir"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/staff"
)

// ExportFormat is how a register is written.
type ExportFormat string

// The formats.
const (
	// a JP Core Coverage a line, its Patient within (application/fhir+ndjson)
	ExportFHIR ExportFormat = "fhir"
	ExportCSV  ExportFormat = "csv" // as an import reads it
)

var errExported = &eligibility.Error{Code: eligibility.Internal, Key: "export.mismatch"}

// Exporter writes an insurer's register for other programs.
type Exporter struct {
	Directory *Directory
	Register  *Register
	Usage     *Usage
}

// Export writes all people of an insurer, those whose eligibility is lost among them, and returns how many.
// The audit chain names who did it before the first of them is written, so that also a file that was broken
// off is accounted for.
func (x *Exporter) Export(
	ctx context.Context, by staff.ForInsurer, format ExportFormat, w io.Writer,
) (people int, err error) {
	number := by.InsurerNumber()
	in, err := x.Directory.Insurer(ctx, number)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriter(w)
	write, end, err := x.newWriter(in, format, out)
	if err != nil {
		return 0, err
	}
	if err := x.Register.Note(ctx, by, "people.export", string(number)+" "+string(format)); err != nil {
		return 0, err
	}
	var fault error
	err = x.Usage.store.EachPerson(ctx, number, func(p eligibility.Person) {
		if fault == nil {
			fault = write(p)
			people++
		}
	})
	return people, errors.Join(err, fault, end(), out.Flush())
}

// newWriter returns what writes one person, and what ends the file.
func (x *Exporter) newWriter(
	in Insurer, format ExportFormat, out *bufio.Writer,
) (write func(eligibility.Person) error, end func() error, err error) {
	if format == ExportCSV {
		file, err := insuredcsv.NewExport(out)
		if err != nil {
			return nil, nil, err
		}
		return file.Person, file.Flush, nil
	}
	today := eligibility.DateOf(x.Usage.now())
	return func(p eligibility.Person) error {
		coverage, err := fhir.Write(p, in.Name, today)
		if err != nil {
			return err
		}
		if back, err := fhir.Read(coverage); err != nil || fhir.MemberID(back) != fhir.MemberID(p) {
			return errExported.Because(err) // nothing leaves that a reader would take for somebody else
		}
		_, err = out.Write(append(coverage, '\n'))
		return err
	}, func() error { return nil }, nil
}
