package eligibility

import "testing"

// 不開示: the address in the register must not reach a paper
// (docs/facts/cards-and-certificates.md#withheld-data).
func TestPapersOfWithheldPeopleNeverGoToTheirAddress(t *testing.T) {
	home := Person{PostCode: "100-0000", Address: "架空町1"}
	for _, c := range []struct {
		name          string
		change        func(*Person)
		code, address string
	}{
		{"at home", func(*Person) {}, "100-0000", "架空町1"},
		{"elsewhere", func(p *Person) { p.MailPostCode, p.MailAddress = "200-0000", "別町2" }, "200-0000",
			"別町2"},
		{"elsewhere, no post code of its own", func(p *Person) { p.MailAddress = "別町2" }, "", "別町2"},
		{"withheld", func(p *Person) { p.Withheld = Yes }, "", ""},
		{"withheld, with a place to send to", func(p *Person) { p.Withheld, p.MailAddress = Yes, "別町2" }, "",
			"別町2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := home
			c.change(&p)
			if code, address := p.MailTo(); code != c.code || address != c.address {
				t.Errorf("%q %q", code, address)
			}
		})
	}
}
