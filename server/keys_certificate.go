package main

import (
	"context"
	"fmt"
	"os"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/durable"
	"madoguchi/server/input"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
	"madoguchi/server/trust"
)

// keysCSRCmd writes a certificate request.
type keysCSRCmd struct {
	Insurer string `required:"" help:"保険者番号"`
	Subject string `help:"${csr_subject}"`
	Out     string `type:"path" help:"the file to write; standard output by default"`
}

// keysImportCmd imports a certificate.
type keysImportCmd struct {
	Insurer string `required:"" help:"保険者番号"`
	Cert    string `required:"" type:"path" help:"PEM: the insurer's certificate first, then its chain"`
}

var errReadCertificate = &eligibility.Error{Code: eligibility.Invalid, Key: "keys.read", Field: "cert"}

// oneInsurer opens the folder and returns the insurer that a command is about.
func oneInsurer(s *settings.Settings, number string) (*keys.Folder, eligibility.InsurerNumber, error) {
	insurer, err := eligibility.ParseInsurerNumber(number) // "all" is no answer here
	if err != nil {
		return nil, "", printUsage(err)
	}
	f, _, err := chosenKeys(s, string(insurer))
	return f, insurer, err
}

// Run writes the request.
func (c *keysCSRCmd) Run(s *settings.Settings) error {
	f, insurer, err := oneInsurer(s, c.Insurer)
	if err != nil {
		return err
	}
	if c.Subject == "" {
		c.Subject = "CN=" + string(insurer) + ",C=JP"
	}
	subject, err := keys.ParseSubject(c.Subject)
	if err != nil {
		return printUsage(err)
	}
	if err := datafolder.Guard(context.Background(), f, database(s)); err != nil {
		return err
	}
	csr, err := f.Certificates.Request(insurer, subject)
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err = os.Stdout.Write(csr)
		return err
	}
	if err := durable.WriteFile(c.Out, csr, durable.Options{Mode: 0o644, Device: true}); err != nil {
		return printUsage(trust.ErrWrite.Because(err))
	}
	written := message.New("keys.said.requested", message.Args{"file": message.Text(c.Out)})
	fmt.Printf("%s  %s\n", insurer, written.Bilingual())
	return nil
}

// Run imports the certificate.
func (c *keysImportCmd) Run(s *settings.Settings) error {
	f, insurer, err := oneInsurer(s, c.Insurer)
	if err != nil {
		return err
	}
	text, err := input.Small(c.Cert, "a certificate")
	if err != nil {
		return printUsage(errReadCertificate.Because(err))
	}
	chain, err := f.Certificates.Import(insurer, text, clock())
	if err != nil {
		return err
	}
	imported := message.New("keys.said.imported", message.Args{
		"subject": message.Text(chain[0].Subject.String()),
		"until":   message.Text(keys.Japan(chain[0].NotAfter)),
	})
	fmt.Printf("%s  %s\n", insurer, imported.Bilingual())
	return nil
}
