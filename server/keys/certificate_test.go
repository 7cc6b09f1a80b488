package keys

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// authority is a certification authority made by openssl: a root, an intermediate, and what they sign.
type authority struct {
	t   *testing.T
	dir string
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	testenv.Need(t, "openssl")
	a := authority{t, t.TempDir()}
	a.root("root", "/C=JP/O=Test/CN=Test Root", "basicConstraints=critical,CA:true")
	a.run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
		"between.key", "-subj", "/C=JP/O=Test/CN=Test Intermediate", "-out", "between.csr")
	a.sign(
		"between",
		"root",
		"basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign",
	)
	return a
}

func (a authority) run(args ...string) string {
	a.t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = a.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		a.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (a authority) root(name, subject, constraints string) {
	a.t.Helper()
	a.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
		name+".key", "-subj", subject, "-addext", constraints, "-addext",
		"keyUsage=critical,keyCertSign,cRLSign", "-days", "3650", "-out", name+".crt")
}

// sign answers the request name.csr.
func (a authority) sign(name, by, extensions string) {
	a.t.Helper()
	a.write(name+".ext", []byte(extensions+"\n"))
	a.run("x509", "-req", "-in", name+".csr", "-CA", by+".crt", "-CAkey", by+".key", "-CAcreateserial",
		"-days", "365", "-extfile", name+".ext", "-out", name+".crt")
}

func (a authority) write(name string, data []byte) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), data, 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func (a authority) read(names ...string) []byte {
	a.t.Helper()
	var all []byte
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(a.dir, name))
		if err != nil {
			a.t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}

// begins returns a time at which a certificate of today is valid.
func (a authority) begins(name string) time.Time {
	a.t.Helper()
	block, _ := pem.Decode(a.read(name))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		a.t.Fatal(err)
	}
	return c.NotBefore.Add(time.Minute)
}

const society = "CN=架空健康保険組合,O=架空健康保険組合\\, 本部,C=JP"

func (a authority) request(f *Folder, insurer eligibility.InsurerNumber, file string) {
	a.t.Helper()
	subject, err := ParseSubject(society)
	if err != nil {
		a.t.Fatal(err)
	}
	csr, err := f.Certificates.Request(insurer, subject)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(file, csr)
}

func TestOpenSSLAcceptsTheRequestAndReadsItsName(t *testing.T) {
	a := newAuthority(t)
	f, _ := newFolder(t)
	a.request(f, city, "city.csr")
	said := a.run("req", "-verify", "-noout", "-subject", "-text", "-nameopt", "RFC2253,-esc_msb,utf8", "-in",
		"city.csr")
	for _, want := range []string{"verify OK", "CN=架空健康保険組合,O=架空健康保険組合\\, 本部,C=JP", "NIST CURVE: P-256",
		"ecdsa-with-SHA256"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	first := a.read("city.csr")
	a.request(f, city, "city.csr")
	if string(a.read("city.csr")) != string(first) {
		t.Error("asking again makes another request")
	}
}

func TestACertificateOfAnOpenSSLAuthorityIsImportedAndSigns(t *testing.T) {
	a := newAuthority(t)
	f, dir := newFolder(t)
	if _, _, err := f.Certificates.DocumentSigner(city, noon); !errors.Is(err, ErrNoRequest) {
		t.Errorf("%v", err)
	}
	a.request(f, city, "city.csr")
	if _, _, err := f.Certificates.DocumentSigner(city, noon); !errors.Is(err, ErrNoCertificate) {
		t.Errorf("%v", err)
	}
	for _, c := range []struct {
		name         string
		usage, chain string
	}{
		{"with its whole chain", "keyUsage=critical,digitalSignature,nonRepudiation", "city between root"},
		{"without the root", "keyUsage=nonRepudiation", "city between"},
		{"alone, with no KeyUsage", "basicConstraints=CA:false", "city"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a.sign("city", "between", c.usage)
			now := a.begins("city.crt")
			var files []string
			for file := range strings.FieldsSeq(c.chain) {
				files = append(files, file+".crt")
			}
			if _, err := f.Certificates.Import(city, a.read(files...), now); err != nil {
				t.Errorf("%s: %v", c.name, err)
				return
			}
			signer, chain, err := open(t, dir).Certificates.DocumentSigner(city, now)
			if err != nil || len(chain) != len(files) {
				t.Fatalf("%s: %d certificates, %v", c.name, len(chain), err)
			}
			digest := sha256.Sum256([]byte("a document"))
			signature, err := signer.Sign(nil, digest[:], crypto.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			a.write("document", []byte("a document"))
			a.write("signature", signature)
			a.write("leaf.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain[0].Raw}))
			a.write("public.pem", []byte(a.run("x509", "-in", "leaf.crt", "-noout", "-pubkey")))
			a.run("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "document")
			a.run("verify", "-CAfile", "root.crt", "-untrusted", "between.crt", "leaf.crt")
			if _, _, err := f.Certificates.DocumentSigner(city,
				chain[0].NotAfter.Add(time.Second)); !errors.Is(err,
				ErrOver) {
				t.Errorf("%s: an expired certificate signs: %v", c.name, err)
			}
		})
	}
	info, err := os.Stat(filepath.Join(dir, "pdf-00138990.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestCertificatesThatDoNotFitAreRefusedWithTheReason(t *testing.T) {
	a := newAuthority(t)
	f, _ := newFolder(t)
	a.request(f, city, "city.csr")
	a.sign("city", "between", "keyUsage=digitalSignature")
	now := a.begins("city.crt")
	good := a.read("city.crt", "between.crt", "root.crt")
	if _, err := f.Certificates.Import(city, good, now); err != nil {
		t.Fatal(err)
	}
	a.request(f, "06139992", "society.csr")
	a.sign("society", "between", "keyUsage=digitalSignature")
	a.write("enciphering.csr", a.read("city.csr"))
	a.sign("enciphering", "between", "keyUsage=keyEncipherment")
	// the name, not the key
	a.root("forged", "/C=JP/O=Test/CN=Test Intermediate", "basicConstraints=critical,CA:true")
	a.root("short", "/C=JP/O=Test/CN=Short Root", "basicConstraints=critical,CA:true,pathlen:0")
	a.write("below.csr", a.read("between.csr"))
	a.write("below.key", a.read("between.key"))
	// one level more than the root allows
	a.sign("below", "short", "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign")
	a.write("person.csr", a.read("city.csr"))
	a.sign("person", "below", "keyUsage=digitalSignature")
	for _, c := range []struct {
		name string

		text []byte
		now  time.Time
		want *eligibility.Error
	}{
		{"another insurer's", a.read("society.crt", "between.crt"), now, ErrOtherKey},
		{"the root first", a.read("root.crt", "between.crt", "city.crt"), now,
			ErrOtherKey},
		{"the intermediate left out", a.read("city.crt", "root.crt"), now, ErrOrder},
		{"root and intermediate swapped", a.read("city.crt", "root.crt", "between.crt"), now, ErrOrder},
		{"an issuer of the same name", a.read("city.crt", "forged.crt"), now, ErrChain},
		{"a longer path than the root allows", a.read("person.crt", "below.crt", "short.crt"), now, ErrChain},
		{"for enciphering only", a.read("enciphering.crt", "between.crt"), now, ErrUsage},
		{"not valid yet", good, now.AddDate(0, 0, -1), ErrNotYet},
		{"expired", good, now.AddDate(1, 0, 1), ErrOver},
		{"with a private key", append(a.read("between.key"), good...), now,
			ErrPrivateKeyInside},
		{"the request itself", a.read("city.csr"), now, ErrNotCertificates},
		{"no PEM", []byte("0\x82\x01"), now, ErrNotCertificates},
		{"cut off", []byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END " +
			"CERTIFICATE-----\n"), now, ErrNotCertificates},
		{"empty", nil, now, ErrNotCertificates},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := f.Certificates.Import(city, c.text, c.now)
			var said *eligibility.Error
			if !errors.Is(err, c.want) || !errors.As(err, &said) ||
				strings.Contains(said.Ja()+said.En(), "%") {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	if _, err := f.Certificates.Import("01139997", good, now); !errors.Is(err, ErrNoRequest) {
		t.Errorf("imported without a request: %v", err)
	}
	if _, chain, err := f.Certificates.DocumentSigner(city, now); err != nil || len(chain) != 3 {
		t.Errorf("a refusal changed what was there: %d, %v", len(chain), err)
	}
}

func TestSubjectsThatNoCertificateCanCarryAreRefused(t *testing.T) {
	for _, text := range []string{"", "架空市", "O=架空市,C=JP", "CN=", "CN=架空市,", "CN=架空市,C=Japan", "CN=架空市,C=jp",
		"CN=架空市,X=1", "CN=a\nb", "CN=" + strings.Repeat("架", 65)} {
		if _, err := ParseSubject(text); !errors.Is(err, errSubject) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
