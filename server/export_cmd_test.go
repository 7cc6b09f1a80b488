package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/eligibility/fhir"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
)

// The register of a whole sample, exported in both formats, read back, and written into the audit chain.
func TestARegisterIsExportedAndReadBack(t *testing.T) {
	s := &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"}
	d, err := startDemo(t, s)
	if err != nil {
		t.Fatal(err)
	}
	sample := bytes.NewReader(insuredcsv.SampleFile(demoCity))
	if _, err := d.insurer.Importer.Import(t.Context(), staff.Operator{Insurer: demoCity},
		sample); err != nil {
		t.Fatal(err)
	}
	want := map[string]eligibility.Person{}
	err = d.app.Store.ForInsurer().Usage.EachPerson(
		t.Context(),
		demoCity,
		func(p eligibility.Person) { want[fhir.MemberID(p)] = p },
	)
	if err != nil || len(want) < 3 {
		t.Fatalf("%d people, %v", len(want), err)
	}
	before, err := d.app.Store.VerifyAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	export := func(format string) []byte {
		t.Helper()
		file := filepath.Join(t.TempDir(), "register")
		if err := (&exportCmd{Insurer: "138990", Format: format, Out: file, Role: "all"}).Run(s); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info, err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	lines := 0
	for scan := bufio.NewScanner(bytes.NewReader(export("fhir"))); scan.Scan(); lines++ {
		p, err := fhir.Read(scan.Bytes())
		is := want[fhir.MemberID(p)]
		if err != nil || is.Name != p.Name || is.BirthDate != p.BirthDate || is.Address != p.Address {
			t.Errorf("%v\n%+v\n%+v", err, is, p)
		}
	}
	if lines != len(want) {
		t.Errorf("%d lines of FHIR for %d people", lines, len(want))
	}
	options := insuredcsv.Options{Today: eligibility.DateOf(d.app.Now())}
	read, err := insuredcsv.Read(bytes.NewReader(export("csv")), options)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for row := range read.Rows() {
		if rows++; row.Person != want[fhir.MemberID(row.Person)] {
			t.Errorf("%+v", row)
		}
	}
	if rows != len(want) {
		t.Errorf("%d rows for %d people", rows, len(want))
	}
	if after, err := d.app.Store.VerifyAudit(t.Context()); err != nil || after != before+2 {
		t.Errorf("%d audit entries after %d, %v", after, before, err)
	}
	for name, c := range map[string]exportCmd{
		"no insurer number": {Insurer: "12", Format: "csv"},
		"nobody's number":   {Insurer: "01130012", Format: "csv"},
	} {
		if err := c.Run(s); !errors.Is(err, exit(exitRefused)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	elsewhere := &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"}
	if err := (&exportCmd{Insurer: "138990", Format: "csv"}).Run(elsewhere); !errors.Is(
		err,
		exit(exitRefused),
	) {
		t.Errorf("no data: %v", err)
	}
}
