package main

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/internal/testenv"
	"madoguchi/pdf/sign"
	"madoguchi/server/demo"
	"madoguchi/server/pdfcode"
	"madoguchi/server/settings"
)

func TestThePatientsCopyIsSignedWhereThereIsACertificate(t *testing.T) {
	testenv.Need(t, "pdftoppm", "zbarimg")
	d, err := startDemo(t, &settings.Settings{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	id := d.enrolled(t)
	read := func() (sign.Found, string) {
		t.Helper()
		data, err := d.insurer.Documents.Document(t.Context(), viewerOf("op|x"), id)
		if err != nil {
			t.Fatal(err)
		}
		found, err := sign.Read(data)
		if err != nil || len(found.Credentials) != 1 {
			t.Fatalf("%+v %v", found, err)
		}
		if v := d.verify(t, found.Credentials[0]); !v.Valid {
			t.Errorf("the code in the packet: %+v", v.Checks)
		}
		path := filepath.Join(t.TempDir(), "copy.pdf")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return found, path
	}
	if found, _ := read(); len(found.Signatures) != 0 {
		t.Errorf("signed without a certificate: %+v", found)
	}
	for range 2 { // the second start keeps what the first made
		if err := demo.Certify(d.app.Keys, d.app.Path, demo.Insurers, d.app.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"keys/" + demo.AuthorityKey, demo.AuthorityFile} {
		info, err := os.Stat(filepath.Join(d.app.Path, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(d.app.Path, demo.AuthorityFile))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatal("the CA's file holds no certificate")
	}
	found, path := read()
	if len(found.Signatures) != 1 {
		t.Fatalf("%+v", found)
	}
	s := found.Signatures[0]
	if err := s.Trusted(roots, d.app.Now()); err != nil || !s.Whole || !s.Intact() ||
		s.Chain[0].Subject.CommonName != "DEMO 架空市" {
		t.Errorf("%+v %v", s, err)
	}
	ours := &verifyCmd{File: path, Roots: filepath.Join(d.app.Path, demo.AuthorityFile)}
	v, err := ours.question(d.settings).Verdict()
	if err != nil || !v.Valid || len(v.Checks) == 0 {
		t.Errorf("verify: %+v %v", v, err)
	}
	for _, c := range v.Checks {
		if (c.Name == pdfcode.CheckDocument || c.Name == pdfcode.CheckMatch) && c.Result != "passed" {
			t.Errorf("%+v", c)
		}
	}
	masked, err := d.insurer.Documents.MaskedDocument(t.Context(), viewerOf("op|x"), id)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := sign.Read(masked)
	if err != nil || len(bare.Signatures) != 0 || len(bare.Credentials) != 0 {
		t.Errorf("the masked copy carries a code or a signature: %+v %v", bare, err)
	}
}
