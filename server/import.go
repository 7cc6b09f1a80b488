package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/desk"
	"madoguchi/server/roster"
)

// importCmd reads a CSV of insured people into the data folder, or with --dry-run only says what it would do.
// Exit codes: 0 all rows accepted, 1 some refused, 2 the file refused.
type importCmd struct {
	Insurer string `help:"保険者番号; compulsory unless the file has the column"`
	DryRun  bool   `help:"store nothing"`
	JSON    bool   `name:"json" help:"one JSON object a row on standard output"`
	Role    string `enum:"all,insurer" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
	Errors  string `type:"path" help:"file for the refused rows; beside the input by default"`
	File    string `arg:"" help:"CSV in UTF-8 or Shift_JIS; - for standard input"`
}

// Run imports.
func (c *importCmd) Run(s *Settings) error {
	if err := s.check(); err != nil {
		return err
	}
	if err := c.run(s); err != nil {
		var code exit
		if !errors.As(err, &code) {
			complain(err)
			code = exitRefused
		}
		return code
	}
	return nil
}

func (c *importCmd) run(s *Settings) error {
	var err error
	o := roster.Options{Today: eligibility.DateOf(time.Now())}
	if c.Insurer != "" {
		if o.Insurer, err = eligibility.ParseInsurerNumber(c.Insurer); err != nil {
			return err
		}
	}
	in, err := c.open()
	if err != nil {
		return err
	}
	defer in.Close()
	read, err := roster.Read(in, o)
	if err != nil {
		return err
	}
	var count desk.ImportCount
	if !c.DryRun && read.Refused() < len(read.Rows) {
		if count, err = c.store(s, read); err != nil {
			return err
		}
	}
	return c.report(read, count)
}

func (c *importCmd) open() (io.ReadCloser, error) {
	if c.File == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	file, err := os.Open(c.File)
	if err != nil {
		return nil, &eligibility.Error{Code: eligibility.Invalid, Key: "import.open", Field: "file", Cause: err,
			Ja: "ファイルを開けません。名前と場所を確かめてください。", En: "The file cannot be opened. Check its name and place."}
	}
	return file, nil
}

// store stores the good rows through the insurer's half.
func (c *importCmd) store(s *Settings, read *roster.Roster) (desk.ImportCount, error) {
	ctx := context.Background()
	h, err := openHouse(ctx, s, c.Role)
	if err != nil {
		return desk.ImportCount{}, err
	}
	defer h.store.Close()
	office, err := h.office(ctx, "")
	if err != nil {
		return desk.ImportCount{}, err
	}
	return office.StoreRoster(ctx, read, "command")
}

// report prints what happened: rows as JSON, or a summary; refused rows go to the error file.
func (c *importCmd) report(read *roster.Roster, count desk.ImportCount) error {
	refused := read.Refused()
	if c.JSON {
		if err := read.WriteJSON(os.Stdout); err != nil {
			return err
		}
	} else {
		for _, row := range read.Rows {
			for _, n := range row.Reasons {
				fmt.Printf("%d行目 %s: %s\n", row.Line, n.Column, n.Ja)
			}
			for _, n := range row.Warnings {
				fmt.Printf("%d行目 %s: （注意）%s\n", row.Line, n.Column, n.Ja)
			}
		}
		if len(read.Unknown) > 0 {
			fmt.Printf("使わなかった列: %s\n", strings.Join(read.Unknown, "、"))
		}
		if c.DryRun {
			fmt.Printf("試し読み: 受け付けられる行 %d、受け付けられない行 %d（何も保存していません）\n", len(read.Rows)-refused, refused)
		} else {
			fmt.Printf("新しい人 %d、変わった人 %d、変わりなし %d、受け付けなかった行 %d\n", count.New, count.Changed, count.Unchanged, refused)
		}
	}
	if refused == 0 {
		return nil
	}
	if err := c.writeErrors(read); err != nil {
		return err
	}
	return exit(exitSome)
}

func (c *importCmd) writeErrors(read *roster.Roster) error {
	path := c.Errors
	if path == "" {
		if c.DryRun || c.File == "-" {
			return nil // a trial leaves nothing behind
		}
		path = strings.TrimSuffix(c.File, ".csv") + ".errors.csv"
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) // it holds personal data
	if err != nil {
		return fmt.Errorf("making the error file: %w", err)
	}
	if err := read.WriteErrors(file); err != nil {
		return errors.Join(err, file.Close())
	}
	fmt.Fprintf(os.Stderr, "受け付けなかった行は %s にあります。直してもう一度読み込んでください。\n", path)
	return file.Close()
}
