package eligibility

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode"
)

// Faults of a situation's JSON; Field names the place.
var (
	ErrSituationJSON  = &Error{Code: Invalid, Key: "situation.json"}
	ErrSituationField = &Error{Code: Invalid, Key: "situation.unknown_field"}
	ErrSituationTwice = &Error{Code: Invalid, Key: "situation.field_twice"}
	ErrSituationDate  = &Error{Code: Invalid, Key: "situation.date"}
	ErrSituationType  = &Error{Code: Invalid, Key: "situation.type"}
	ErrSituationText  = &Error{Code: Invalid, Key: "situation.text"}
	ErrSituationKind  = &Error{Code: Invalid, Key: "situation.unknown_kind"}
)

// The JSON of a Situation; see the manual of `server methods`.
type situationJSON struct {
	Day           *string   `json:"day"`
	BirthDate     *string   `json:"birthDate"`
	InsurerNumber *string   `json:"insurerNumber"`
	Brings        *[]string `json:"brings"`
	Card          *struct {
		Present     *bool   `json:"present"`
		Kind        *string `json:"kind"`
		State       *string `json:"state"`
		Reads       *bool   `json:"reads"`
		Certificate *string `json:"certificate"`
		Pinless     *bool   `json:"pinless"`
		Photo       *bool   `json:"photo"`
		PIN         *string `json:"pin"`
		Face        *string `json:"face"`
		Registered  *bool   `json:"registered"`
	} `json:"card"`
	CertificateUntil      *string `json:"certificateUntil"`
	OldCardUntil          *string `json:"oldCardUntil"`
	EligibilityProofUntil *string `json:"eligibilityProofUntil"`
	NoticeUntil           *string `json:"noticeUntil"`
	PDFSavedOn            *string `json:"pdfSavedOn"`
	CertificateEnds       *string `json:"certificateEnds"`
	CardEnds              *string `json:"cardEnds"`
	PaperSpecial          *string `json:"paperSpecial"`
	Facility              *struct {
		Reader      *bool   `json:"reader"`
		PhoneReader *bool   `json:"phoneReader"`
		Kind        *string `json:"kind"`
		NetworkDown *bool   `json:"networkDown"`
		HomeVisit   *bool   `json:"homeVisit"`
	} `json:"facility"`
	LookupByNumber *string `json:"lookupByNumber"`
	LookupBy       *string `json:"lookupBy"`
	OQSAnswer      *string `json:"oqsAnswer"`
	Phone          *struct {
		OS  *string `json:"os"`
		Tap *string `json:"tap"`
	} `json:"phone"`
	Disaster *struct {
		Area   *string `json:"area"`
		Notice *string `json:"notice"`
	} `json:"disaster"`
	Emergency               *bool `json:"emergency"`
	FirstVisitByHomeConsent *bool `json:"firstVisitByHomeConsent"`
	MedicalAssistance       *bool `json:"medicalAssistance"`

	Cause *string `json:"cause"`
}

// ReadSituations reads one situation or an array of them; array says which it was. Every situation has passed
// Check. The error is an *Error that names the field: a fault of form (ErrSituationJSON, ErrSituationField,
// ErrSituationTwice, ErrSituationType), an impossible value (ErrSituationKind, ErrSituationDate,
// ErrInsurerNumber) or a contradiction. In an array Field begins with [index].
func ReadSituations(data []byte) (all []Situation, array bool, err error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if array = bytes.HasPrefix(data, []byte("[")); !array {
		s, err := readSituation(data)
		if err != nil {
			return nil, false, err
		}
		return []Situation{s}, false, nil
	}
	var each []json.RawMessage
	if err := json.Unmarshal(data, &each); err != nil {
		return nil, true, ErrSituationJSON.Because(err)
	}
	for i, one := range each {
		s, err := readSituation(one)
		if err != nil {
			var e *Error
			if errors.As(err, &e) {
				return nil, true, e.In(strings.TrimSuffix(fmt.Sprintf("[%d].%s", i, e.Field), "."))
			}
			return nil, true, err
		}
		all = append(all, s)
	}
	return all, true, nil
}

func readSituation(data []byte) (Situation, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return Situation{}, ErrSituationJSON
	}
	var in situationJSON
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&in); err != nil {
		return Situation{}, jsonFault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Situation{}, ErrSituationJSON.Because(errors.New("text after the object"))
	}
	if err := checkNames(json.NewDecoder(bytes.NewReader(data)), ""); err != nil {
		return Situation{}, err
	}
	s, err := in.situation()
	if err != nil {
		return Situation{}, err
	}
	return s, s.Check()
}

// jsonFault names the field of a decoder's error.
func jsonFault(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return ErrSituationType.In(
			wrong.Field,
		).Because(
			fmt.Errorf("%s stands where %s belongs", found[wrong.Value], wanted(wrong.Type)),
		)
	}
	return ErrSituationJSON.Because(err)
}

// found names what a decoder met where it wanted something else.
var found = map[string]string{
	"array":  "an array",
	"object": "an object",
	"string": "a string",
	"number": "a number",
	"bool":   "true or false",
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "an array of strings"
	case reflect.Struct:
		return "an object"
	}
	return "a string"
}

// checkNames looks at the names in one value of a well-formed situation: encoding/json takes "Day" for "day",
// and the last of two members of one name, where another reader takes the first.
func checkNames(d *json.Decoder, path string) error {
	token, err := d.Token()
	if err != nil {
		return ErrSituationJSON.Because(err)
	}
	if delim, ok := token.(json.Delim); !ok || delim == ']' || delim == '}' {
		return nil
	} else if delim == '[' {
		for d.More() {
			if err := checkNames(d, path); err != nil {
				return err
			}
		}
	} else {
		seen := map[string]bool{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return ErrSituationJSON.Because(err)
			}
			field := strings.TrimPrefix(path+"."+fmt.Sprint(name), ".")
			switch {
			case !situationNames[field]:
				return ErrSituationField.In(field)
			case seen[field]:
				return ErrSituationTwice.In(field)
			}
			seen[field] = true
			if err := checkNames(d, field); err != nil {
				return err
			}
		}
	}
	_, err = d.Token() // the end of the array or object
	return err
}

// situationNames are the members of a situation by their path: day, card.reads …
var situationNames = func() map[string]bool {
	names := map[string]bool{}
	var collect func(reflect.Type, string)
	collect = func(t reflect.Type, path string) {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for i := range t.NumField() {
			name := path + t.Field(i).Tag.Get("json")
			names[name] = true
			collect(t.Field(i).Type, name+".")
		}
	}
	collect(reflect.TypeOf(situationJSON{}), "")
	return names
}()

func (in *situationJSON) situation() (Situation, error) {
	var s Situation
	var r reader
	s.Day = r.date("day", in.Day, false)
	s.BirthDate = r.date("birthDate", in.BirthDate, true)
	s.CertificateUntil = r.date("certificateUntil", in.CertificateUntil, false)
	s.OldCardUntil = r.date("oldCardUntil", in.OldCardUntil, false)
	s.EligibilityProofUntil = r.date("eligibilityProofUntil", in.EligibilityProofUntil, false)
	s.NoticeUntil = r.date("noticeUntil", in.NoticeUntil, false)
	s.PDFSavedOn = r.date("pdfSavedOn", in.PDFSavedOn, false)
	s.PaperSpecial = pick(&r, "paperSpecial", in.PaperSpecial, MedicalExpense)
	if in.InsurerNumber != nil {
		n, err := ParseInsurerNumber(*in.InsurerNumber)
		if err != nil {
			r.fail(ErrInsurerNumber.In("insurerNumber"))
		}
		s.Insurer = n
	}
	if in.Brings != nil {
		s.BringsKnown = true
		for i, name := range *in.Brings {
			item := pick(&r, fmt.Sprintf("brings[%d]", i), &name, AllItems[:]...)
			s.Brings = s.Brings.With(item)
		}
	}
	if c := in.Card; c != nil {
		s.Card = CardFacts{
			Present:    answer(c.Present),
			Reads:      answer(c.Reads),
			Pinless:    answer(c.Pinless),
			Photo:      answer(c.Photo),
			Registered: answer(c.Registered),
			Kind:       pick(&r, "card.kind", c.Kind, OrdinaryCard, ResidenceCard),
			State:      pick(&r, "card.state", c.State, CardOK, CardLost, CardRenewing, CardExpired),
			Certificate: pick(&r, "card.certificate", c.Certificate, CertificateValid, CertificateGrace,
				CertificateExpired,
				CertificateRevoked),
			PIN:  pick(&r, "card.pin", c.PIN, PINKnown, PINForgotten, PINLocked),
			Face: pick(&r, "card.face", c.Face, FaceWorks, FaceFailed),
		}
	}
	s.Card.CertificateEnds = r.date("certificateEnds", in.CertificateEnds, false)
	s.Card.Ends = r.date("cardEnds", in.CardEnds, false)
	in.aroundTheCounter(&r, &s)
	return s, r.err
}

// aroundTheCounter reads what is known besides the papers and the card.
func (in *situationJSON) aroundTheCounter(r *reader, s *Situation) {
	if f := in.Facility; f != nil {
		s.Facility = FacilityFacts{
			Reader:      answer(f.Reader),
			PhoneReader: answer(f.PhoneReader),
			NetworkDown: answer(f.NetworkDown),
			HomeVisit:   answer(f.HomeVisit),
			Kind:        pick(r, "facility.kind", f.Kind, OrdinaryFacility, ExemptFacility, LimitedFacility),
		}
	}
	s.Lookup = pick(r, "lookupByNumber", in.LookupByNumber, LookupFound, LookupNotFound, LookupNotTried)
	s.LookupBy = pick(r, "lookupBy", in.LookupBy, LookupByRecords, LookupByPaper)
	s.OQSAnswer = pick(r, "oqsAnswer", in.OQSAnswer, AllOQSAnswers[:]...)
	if in.Phone != nil {
		if s.Phone = pick(r, "phone.os", in.Phone.OS, Android, IOS, "unknown"); s.Phone == "unknown" {
			s.Phone = ""
		}
		s.PhoneTap = pick(r, "phone.tap", in.Phone.Tap, TapWorks, TapFailed)
	}
	if d := in.Disaster; d != nil {
		s.Disaster = DisasterNotice{Area: r.line("disaster.area", d.Area), Title: r.line("disaster.notice",
			d.Notice)}
	}
	s.Emergency, s.FirstVisitByHomeConsent = answer(in.Emergency), answer(in.FirstVisitByHomeConsent)
	s.MedicalAssistance = answer(in.MedicalAssistance)
	s.Cause = pick(r, "cause", in.Cause, Illness, WorkInjury, ThirdParty, Abroad, Newborn, JobChange,
		Continued)
}

// reader keeps the first error of a row of conversions.
type reader struct{ err error }

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) date(field string, text *string, partial bool) Date {
	if text == nil {
		return Date{}
	}
	d, err := ParseDate(*text)
	if err != nil || d.IsZero() || !partial && !d.Exact() {
		r.fail(ErrSituationDate.In(field))
	}
	return d
}

// line reads a text of one line that is repeated in the answer.
func (r *reader) line(field string, text *string) string {
	if text == nil {
		return ""
	}
	line := strings.TrimSpace(*text)
	if len(line) > 300 || strings.ContainsFunc(line, unicode.IsControl) || HoldsMyNumber(line) {
		r.fail(ErrSituationText.In(field))
	}
	return line
}

// pick returns the kind that text names; an unknown one is a fault that lists the possible ones.
func pick[T ~string](r *reader, field string, text *string, kinds ...T) T {
	if text == nil {
		return ""
	}
	for _, k := range kinds {
		if string(k) == *text {
			return k
		}
	}
	r.fail(ErrSituationKind.In(field).Because(fmt.Errorf("possible are %q", kinds)))
	return ""
}

func answer(b *bool) Answer {
	switch {
	case b == nil:
		return Unknown
	case *b:
		return Yes
	}
	return No
}
