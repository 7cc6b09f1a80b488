package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"syscall"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
	"madoguchi/server/store"
)

// importCmd reads a CSV of insured people into the data folder, or with --dry-run only says what it would do.
// Exit codes: 0 all rows accepted, 1 some refused, 2 the file refused, 3 cancelled (Ctrl+C).
type importCmd struct {
	Insurer string `help:"保険者番号; compulsory unless the file has the column"`
	DryRun  bool   `help:"store nothing"`
	JSON    bool   `name:"json" help:"one JSON object a row on standard output"`
	Role    string `enum:"all,insurer" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
	Map     string `type:"path" help:"${import_map}"`
	Errors  string `type:"path" help:"file for the refused rows; beside the input by default"`
	File    string `arg:"" help:"CSV in UTF-8 or Shift_JIS; - for standard input"`

	refusals *insuredcsv.Refusals
}

// Run imports.
func (c *importCmd) Run(s *settings.Settings) error {
	if err := c.run(s); err != nil {
		var code exit
		if !errors.As(err, &code) {
			printError(err)
			code = exitRefused
		}
		return code
	}
	return nil
}

func (c *importCmd) run(s *settings.Settings) error {
	err := s.Check()
	if err != nil {
		return err
	}
	o := insuredcsv.Options{Today: eligibility.DateOf(clock())}
	if c.Insurer != "" {
		if o.Insurer, err = eligibility.ParseInsurerNumber(c.Insurer); err != nil {
			return err
		}
		if o.Insurer.Kind() == "" {
			return insurer.ErrNoSystem.In("--insurer")
		}
	}
	given, err := insuredcsv.ReadMapFile(c.Map)
	if err != nil {
		return err
	}
	if o.Map, err = c.remembered(s, o.Insurer); err != nil {
		return err
	}
	maps.Copy(o.Map, given)
	in, err := insuredcsv.OpenInput(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	read, err := insuredcsv.Read(in, o)
	if err != nil {
		return err
	}
	if c.refusals, err = insuredcsv.OpenRefusals(c.Errors, c.File); err != nil {
		return err
	}
	defer c.refusals.Drop()
	var done insurer.Imported
	if !c.DryRun && read.HasGood() { // a file of which nothing can be stored makes no data folder
		if done, err = c.store(s, read, given); err != nil {
			return err
		}
	}
	return c.report(read, done)
}

// remembered returns the headings that were mapped before. Without an insurer's number there is nobody to ask
// for, and a trial makes no data folder.
func (c *importCmd) remembered(
	s *settings.Settings, insurer eligibility.InsurerNumber,
) (map[string]insuredcsv.Column, error) {
	type headings = map[string]insuredcsv.Column
	if insurer == "" {
		return headings{}, nil
	}
	if there, err := store.Exists(context.Background(), database(s)); err != nil || !there {
		return headings{}, err
	}
	return inFolder(s, openApp, c.Role, func(ctx context.Context, a *app) (headings, error) {
		return a.Store.ForInsurer().Importer.Headings(ctx, insurer)
	})
}

// store stores the good rows through the insurer's half, and what --map said of its headings.
func (c *importCmd) store(
	s *settings.Settings, read *insuredcsv.File, given map[string]insuredcsv.Column,
) (insurer.Imported, error) {
	open := opener(openApp)
	if s.Mode() == settings.Live { // its insurers were added before
		open = openExisting
	}
	return inFolder(s, open, c.Role, func(ctx context.Context, a *app) (insurer.Imported, error) {
		ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer stop()
		services, err := a.insurerServices(ctx, "")
		if err != nil {
			return insurer.Imported{}, err
		}
		operator := staff.Operator{Insurer: read.Insurer}
		line := printing.NewProgressLine(os.Stderr, clock)
		done, err := services.Importer.StoreFile(ctx, operator, read, line.Show)
		line.End()
		if err != nil && ctx.Err() != nil {
			fmt.Fprintln(os.Stderr, message.New("import.said.cancelled", nil).Text("ja"))
			return done, exit(exitPaused)
		}
		if err == nil && len(given) > 0 {
			err = services.Importer.RememberHeadings(ctx, operator, given)
		}
		return done, err
	})
}

// report prints what happened: rows as JSON, or a summary; refused rows go to the error file.
func (c *importCmd) report(read *insuredcsv.File, done insurer.Imported) error {
	report := insurer.ImportReport{Rows: os.Stdout, Summary: os.Stdout, JSON: c.JSON, Trial: c.DryRun}
	if c.JSON {
		report.Summary = os.Stderr // standard output has one object a row
	}
	if refused, err := report.Print(read, done); err != nil || refused == 0 {
		return err
	}
	c.writeErrors(read)
	return exit(exitSome)
}

// writeErrors writes the refused rows for the clerk who mends them. The good rows are stored by then: where
// the file cannot be written, that is said, and the reasons on standard output must do.
func (c *importCmd) writeErrors(read *insuredcsv.File) {
	if c.refusals == nil && (c.DryRun || c.File == "-") {
		return // a trial leaves nothing behind
	}
	path, err := read.KeepRefused(c.refusals, c.File)
	if err != nil {
		printError(err)
		return
	}
	refused := message.New("import.said.refused", message.Args{"file": message.Text(path)})
	fmt.Fprintln(os.Stderr, refused.Text("ja"))
}
