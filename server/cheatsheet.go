package main

import (
	"os"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf"
	"madoguchi/server/durable"
	"madoguchi/server/trust"
)

// cheatsheetCmd prints today's sheet for the reception as a PDF of one A4 page.
type cheatsheetCmd struct {
	Day string `help:"another day than today: 2026-11-22"`
	Out string `type:"path" default:"uketsuke.pdf" help:"the file to write; - for standard output"`
}

// Run writes the sheet. Exit code 2 for a wrong day or a file that cannot be written.
func (c *cheatsheetCmd) Run() error {
	now := clock()
	day := eligibility.DateOf(now)
	if c.Day != "" {
		var err error
		if day, err = eligibility.ReadDate(c.Day); err != nil || !day.Exact() {
			complain(eligibility.ErrDate.In("--day"))
			return exit(exitRefused)
		}
	}
	sheet, err := eligibility.SheetFor(day)
	if err != nil {
		return err
	}
	data, err := pdf.ReceptionSheet(sheet, now)
	if err != nil {
		return err
	}
	said := message.New("sheet.written", message.Args{
		"file":  message.Text(c.Out),
		"day":   sheet.Day.Value(),
		"until": sheet.UseBy.Value(),
	}).Text("ja") + "\n"
	if c.Out == "-" {
		if _, err := os.Stdout.Write(data); err != nil {
			return usage(trust.ErrWrite.Because(err))
		}
		_, err = os.Stderr.WriteString(said)
		return err
	}
	if err := durable.WriteFile(c.Out, data, durable.Options{Mode: 0o644, Device: true}); err != nil {
		return usage(trust.ErrWrite.Because(err))
	}
	_, err = os.Stdout.WriteString(said)
	return err
}
