package eligibility

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WritePerson returns a person as json.Marshal does, byte for byte: a register's records are told from each
// other by these bytes. A text that needs an escape, which hardly anybody has, is left to json.Marshal.
func WritePerson(p Person) ([]byte, error) {
	w := plainWriter{object: make([]byte, 0, 512)}
	w.person(&p)
	if w.escapes || !utf8.Valid(w.object) {
		return json.Marshal(p)
	}
	return append(w.object, '}'), nil
}

// plainWriter writes the members of an object one after the other.
type plainWriter struct {
	object  []byte
	escapes bool // some text needs one: the object is not to be used
}

// person writes the members in the order of Person's fields.
func (w *plainWriter) person(p *Person) {
	w.text(`{"insurer":"`, string(p.Insurer))
	w.stated(`,"symbol":"`, p.Symbol)
	w.text(`,"number":"`, p.Number)
	w.stated(`,"branchNumber":"`, p.BranchNumber)
	w.text(`,"name":"`, p.Name)
	w.stated(`,"kana":"`, p.Kana)
	w.stated(`,"alias":"`, p.Alias)
	w.stated(`,"aliasKana":"`, p.AliasKana)
	w.date(`,"birthDate":"`, p.BirthDate)
	w.stated(`,"sex":"`, string(p.Sex))
	w.stated(`,"relation":"`, string(p.Relation))
	w.stated(`,"subscriberName":"`, p.SubscriberName)
	w.statedDate(`,"qualifiedOn":"`, p.QualifiedOn)
	w.statedDate(`,"coverageFrom":"`, p.CoverageFrom)
	w.statedDate(`,"lostOn":"`, p.LostOn)
	if p.AssignedShare != 0 {
		w.object = strconv.AppendInt(append(w.object, `,"assignedShare":`...), int64(p.AssignedShare), 10)
	}
	w.statedDate(`,"validFrom":"`, p.ValidFrom)
	w.statedDate(`,"validUntil":"`, p.ValidUntil)
	w.stated(`,"limit":"`, string(p.Limit))
	w.stated(`,"postCode":"`, p.PostCode)
	w.stated(`,"address":"`, p.Address)
	w.stated(`,"mailPostCode":"`, p.MailPostCode)
	w.stated(`,"mailAddress":"`, p.MailAddress)
	w.stated(`,"householdNumber":"`, p.HouseholdNumber)
	w.stated(`,"employer":"`, p.Employer)
	w.stated(`,"registered":"`, string(p.Registered))
	w.statedDate(`,"certificateUntil":"`, p.CertificateUntil)
	w.stated(`,"frequentUse":"`, string(p.FrequentUse))
	w.stated(`,"needsCare":"`, string(p.NeedsCare))
	w.stated(`,"withheld":"`, string(p.Withheld))
	w.statedDate(`,"issuedOn":"`, p.IssuedOn)
}

// text writes a member. Its name stands with the signs around it.
func (w *plainWriter) text(name, text string) {
	w.escapes = w.escapes || !isPlainText(text)
	w.object = append(append(append(w.object, name...), text...), '"')
}

// stated writes a text that is left out when empty.
func (w *plainWriter) stated(name, text string) {
	if text != "" {
		w.text(name, text)
	}
}

func (w *plainWriter) date(name string, d Date) {
	w.object = append(d.appendTo(append(w.object, name...)), '"')
}

// statedDate writes a date that is left out when there is none.
func (w *plainWriter) statedDate(name string, d Date) {
	if !d.IsZero() {
		w.date(name, d)
	}
}

// escaped are the bytes with which something begins, or may begin, that json.Marshal does not write as it is:
// what HTML has in its own signs too, and the two line ends of JavaScript that JSON does not have, E2 80 A8
// and E2 80 A9 (encoding/json.HTMLEscape).
var escaped = [256]bool{'"': true, '\\': true, '<': true, '>': true, '&': true, 0xe2: true}

func init() {
	for c := range ' ' {
		escaped[c] = true
	}
}

// isPlainText reports whether json.Marshal writes a text as it is, if it is one (UTF-8).
func isPlainText(text string) bool {
	for i := range len(text) {
		if !escaped[text[i]] {
			continue
		}
		rest := text[i:]
		if rest[0] != 0xe2 || strings.HasPrefix(rest, "\u2028") || strings.HasPrefix(rest, "\u2029") {
			return false
		}
	}
	return true
}
