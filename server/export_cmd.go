package main

import (
	"context"
	"fmt"
	"io"
	"madoguchi/server/output"
	"os"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/durable"
	"madoguchi/server/insurer"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
	"madoguchi/server/trust"
)

// exportCmd writes an insurer's register for another program. Exit codes: 0 written whole, 2 refused or
// broken off.
type exportCmd struct {
	Insurer string `required:"" help:"保険者番号"`
	Format  string `required:"" enum:"fhir,csv" help:"${export_format}"`
	Out     string `type:"path" help:"${export_out}"`
	Role    string `enum:"all,insurer" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
}

// Run exports. A file appears whole or not at all.
func (c *exportCmd) Run(s *settings.Settings) error {
	number, err := eligibility.ParseInsurerNumber(c.Insurer)
	if err != nil {
		return output.Refuse(eligibility.ErrInsurerNumber.In("--insurer"))
	}
	if err := s.Check(); err != nil {
		return output.Refuse(err)
	}
	ctx := context.Background()
	h, err := openExisting(ctx, s, c.Role)
	if err != nil {
		return output.Refuse(err)
	}
	defer h.Store.Close()
	services, err := h.insurerServices(ctx, "")
	if err != nil {
		return output.Refuse(err)
	}
	export := func(w io.Writer) (int, error) {
		return services.Exporter.Export(ctx, staff.Operator{Insurer: number},
			insurer.ExportFormat(c.Format), w)
	}
	if c.Out == "" {
		_, err := export(os.Stdout)
		return output.Done(err)
	}
	file, err := durable.Create(c.Out, durable.Options{Device: true})
	if err != nil {
		return output.Refuse(trust.ErrWrite.Because(err))
	}
	defer file.Discard()
	people, err := export(file)
	if err != nil {
		return output.Refuse(err)
	}
	if err := file.Commit(); err != nil {
		return output.Refuse(trust.ErrWrite.Because(err))
	}
	fmt.Fprintln(os.Stderr, message.New("export.done", message.Args{
		"people": message.Number(people),
		"file":   message.Text(c.Out),
	}).Text("ja"))
	return nil
}
