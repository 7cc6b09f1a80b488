package eligibility

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// ReadPerson reads a person as json.Unmarshal does. A register is read a person at a time, and nearly all of
// them are as json.Marshal writes them: an object of plain texts and one number, which takes a fifth of the
// time. Whatever else it is, json.Unmarshal reads.
func ReadPerson(data []byte) (Person, error) {
	if p, ok := readPlainPerson(data); ok {
		return p, nil
	}
	var p Person
	err := json.Unmarshal(data, &p)
	return p, err
}

// readPlainPerson reads an object without blanks whose texts have no escapes; false where it is another.
func readPlainPerson(data []byte) (p Person, ok bool) {
	for _, c := range data {
		if c < ' ' || c == '\\' {
			return p, false
		}
	}
	if len(data) == 0 || data[0] != '{' || !utf8.Valid(data) {
		return p, false
	}
	r := plainReader{text: string(data), at: 1} // all texts are parts of one
	for {
		name, ok := r.quoted()
		if !ok || !r.next(':') || !r.field(&p, name) {
			return p, false
		}
		if !r.next(',') {
			break
		}
	}
	return p, r.next('}') && r.at == len(r.text)
}

// plainReader reads the parts of an object one after the other.
type plainReader struct {
	text string
	at   int
}

// next reports whether c is next, and goes on behind it.
func (r *plainReader) next(c byte) bool {
	if r.at == len(r.text) || r.text[r.at] != c {
		return false
	}
	r.at++
	return true
}

// quoted returns the text that is next.
func (r *plainReader) quoted() (text string, ok bool) {
	if !r.next('"') {
		return "", false
	}
	start := r.at
	length := strings.IndexByte(r.text[start:], '"')
	if length < 0 {
		return "", false
	}
	r.at = start + length + 1
	return r.text[start : start+length], true
}

// field reads the value of a field of p.
func (r *plainReader) field(p *Person, name string) bool {
	if name == "assignedShare" {
		return r.percent(&p.AssignedShare)
	}
	value, ok := r.quoted()
	if !ok {
		return false
	}
	if to := p.dateNamed(name); to != nil {
		if value == "" {
			*to = Date{}
			return true
		}
		day, err := ParseDate(value)
		*to = day
		return err == nil
	}
	return p.setText(name, value)
}

// percent reads a number of at most three digits.
func (r *plainReader) percent(to *int) bool {
	start := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	n, _ := digits(r.text[start:r.at])
	*to = n
	return r.at > start && r.at <= start+3 && (r.text[start] != '0' || r.at == start+1)
}

// dateNamed returns the date of that name as JSON has it; nil where there is none.
func (p *Person) dateNamed(name string) *Date {
	switch name {
	case "birthDate":
		return &p.BirthDate
	case "qualifiedOn":
		return &p.QualifiedOn
	case "coverageFrom":
		return &p.CoverageFrom
	case "lostOn":
		return &p.LostOn
	case "validFrom":
		return &p.ValidFrom
	case "validUntil":
		return &p.ValidUntil
	case "certificateUntil":
		return &p.CertificateUntil
	case "issuedOn":
		return &p.IssuedOn
	}
	return nil
}

// setText sets the text of that name as JSON has it; false where there is none.
func (p *Person) setText(name, value string) bool {
	switch name {
	case "insurer":
		p.Insurer = InsurerNumber(value)
	case "symbol":
		p.Symbol = value
	case "number":
		p.Number = value
	case "branchNumber":
		p.BranchNumber = value
	case "name":
		p.Name = value
	case "kana":
		p.Kana = value
	case "alias":
		p.Alias = value
	case "aliasKana":
		p.AliasKana = value
	case "sex":
		p.Sex = Sex(value)
	case "relation":
		p.Relation = Relation(value)
	case "subscriberName":
		p.SubscriberName = value
	case "limit":
		p.Limit = LimitClass(value)
	case "postCode":
		p.PostCode = value
	case "address":
		p.Address = value
	case "mailPostCode":
		p.MailPostCode = value
	case "mailAddress":
		p.MailAddress = value
	case "householdNumber":
		p.HouseholdNumber = value
	case "employer":
		p.Employer = value
	case "registered":
		p.Registered = Answer(value)
	case "frequentUse":
		p.FrequentUse = Answer(value)
	case "needsCare":
		p.NeedsCare = Answer(value)
	case "withheld":
		p.Withheld = Answer(value)
	default:
		return false
	}
	return true
}
