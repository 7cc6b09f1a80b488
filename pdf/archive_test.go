package pdf_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
	"madoguchi/pdf"
	"madoguchi/pdf/sign"
)

// signer is a P-256 key with a certificate of its own.
func signer(t testing.TB) (crypto.Signer, []*x509.Certificate) {
	t.Helper()
	key := certtest.Key(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "架空市"},
		NotBefore:    noticeDay.AddDate(-1, 0, 0),
		NotAfter:     noticeDay.AddDate(1, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	return key, []*x509.Certificate{certtest.Certificate(t, template, template, key.Public(), key)}
}

// documents are one of each kind that goes through a form, with names that need all three fonts and one that
// none has.
func documents(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	keep := func(name string, data []byte, _ pdf.Report, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all[name] = data
	}
	s, n := sheet(t), notice(t)
	add := func(name string) {
		data, report, err := pdf.EligibilitySheet(s)
		keep("sheet"+name, data, report, err)
		s.Masked = true
		data, report, err = pdf.EligibilitySheet(s)
		keep("masked"+name, data, report, err)
		s.Masked = false
		data, report, err = pdf.NoticePage(n, noticeDay)
		keep("notice"+name, data, report, err)
		data, report, err = pdf.InsertSheet(pdf.Insert{
			Person:      n.Person,
			Share:       20,
			InsurerName: "架空市",
			Issuer:      "架空市長",
			MadeOn:      eligibility.DateOf(noticeDay),
		}, noticeDay)
		keep("insert"+name, data, report, err)
		data, report, err = pdf.DeclarationSheet(pdf.Declaration{
			Facility: "架空医院",
			Name:     n.Person.Name,
			Kana:     n.Person.Kana,
			Address:  n.Person.Address,
		}, noticeDay)
		keep("declaration"+name, data, report, err)
		data, report, err = pdf.PosterSheet(poster(t, n.Person.Name), noticeDay)
		keep("poster"+name, data, report, err)
		var counted bytes.Buffer
		f := pdf.NewNotices(&counted, "架空市", noticeDay)
		err = f.Count(pdf.ParcelCoverSheet{
			Title:       "資格情報のお知らせ",
			InsurerName: "架空市",
			Employer:    n.Person.Name,
			People:      3,
		})
		keep("countsheet"+name, nil, pdf.Report{}, err)
		keep("countsheet"+name, nil, pdf.Report{}, f.Close())
		all["countsheet"+name] = counted.Bytes()
	}
	add("")
	s.Demo, n.Demo, n.Until = false, true, eligibility.Date{}
	s.Person.Name, n.Person.Name = "𠮷田 葛\U000E0100邉\U000E0102", "\U00030000田 𠮷 山\U000E01EF"
	add("-rare")
	data, report, err := pdf.DeclarationSheet(pdf.Declaration{}, noticeDay)
	keep("declaration-empty", data, report, err)
	return all
}

// twoSided are certificates, which have two pages and so no tags, with a mark on them.
func twoSided(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	look := certificateBranding
	look.Logo = &pdf.CodeMatrix{Size: 3, Rows: 2, Black: func(x, y int) bool { return x != y }}
	for _, name := range []string{"髙橋 德一", "\U00030000田 𠮷 山\U000E01EF"} {
		c := certificate()
		c.Person.Name = name
		for _, kind := range slices.Sorted(maps.Keys(layouts)) {
			layout := layouts[kind]
			data, _, err := pdf.CertificatePage(c, look, noticeDay, layout, name == "髙橋 德一")
			if err != nil {
				t.Fatal(err)
			}
			all[kind+" "+name] = data
		}
	}
	return all
}

// ISO 19005-1 level B, as every file claims in its packet: unsigned, with a code in the packet, and signed.
func TestEveryDocumentIsPDFA1b(t *testing.T) {
	key, chain := signer(t)
	folder := t.TempDir()
	var files []string
	every := documents(t)
	maps.Copy(every, twoSided(t))
	for _, name := range slices.Sorted(maps.Keys(every)) {
		data := every[name]
		o := sign.Options{Credential: "eyJhbGciOiJFUzI1NiJ9.q1YqLU4tUrJSKk7OSC1RAA.c2lnbmF0dXJl",
			Archive: true}
		described, err := sign.Describe(data, noticeDay, o)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := sign.Sign(data, key, chain, noticeDay, o)
		if err != nil {
			t.Fatal(err)
		}
		bare, err := sign.Sign(data, key, chain, noticeDay, sign.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			kind string
			data []byte
		}{
			{"", data},
			{"-described", described},
			{"-signed", signed},
			{"-signed-bare", bare},
		} {
			t.Run(name+c.kind, func(t *testing.T) {
				if !bytes.Contains(c.data,
					[]byte("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>")) {
					t.Errorf("%s%s does not say that it is PDF/A-1b", name, c.kind)
				}
				path := filepath.Join(folder, name+c.kind+".pdf")
				if err := os.WriteFile(path, c.data, 0o600); err != nil {
					t.Fatal(err)
				}
				files = append(files, path)
				run(t, "qpdf", "--check", path)
			})
		}
	}
	testenv.Preflight(t, files...)
}

func TestABatchIsPDFA1b(t *testing.T) {
	key, chain := signer(t)
	folder := t.TempDir()
	var files []string
	for _, pages := range []int{2, 251, 1000} {
		var out bytes.Buffer
		n := notice(t)
		batch(t, &out, n, pages)
		signed, err := sign.Sign(out.Bytes(), key, chain, noticeDay.Add(time.Hour), sign.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			kind string
			data []byte
		}{
			{"", out.Bytes()},
			{"-signed", signed},
		} {
			t.Run(c.kind, func(t *testing.T) {
				path := filepath.Join(folder, fmt.Sprintf("batch-%d%s.pdf", pages, c.kind))
				if err := os.WriteFile(path, c.data, 0o600); err != nil {
					t.Fatal(err)
				}
				files = append(files, path)
			})
		}
	}
	testenv.Preflight(t, files...)
}
