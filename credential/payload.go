package credential

import (
	"strings"
	"time"

	"madoguchi/eligibility"
)

// The payload is a SMART Health Card whose bundle is shaped after FHIR JP Core, cut to what fits one QR
// (docs/facts/smart-health-card.md#payload).
type payload struct {
	ISS  string `json:"iss"`
	NBF  int64  `json:"nbf"`
	EXP  int64  `json:"exp"`
	HCNF *hcnf  `json:"hcnf,omitempty"`
	VC   vc     `json:"vc"`
}

type hcnf struct {
	KID string `json:"kid"`
}

type vc struct {
	Type    []string `json:"type"`
	Subject subject  `json:"credentialSubject"`
	RID     string   `json:"rid,omitempty"`
}

type subject struct {
	FHIRVersion string `json:"fhirVersion"`
	Bundle      bundle `json:"fhirBundle"`
}

type bundle struct {
	ResourceType string  `json:"resourceType"`
	Type         string  `json:"type"`
	Entry        []entry `json:"entry"`
}

type entry struct {
	FullURL  string   `json:"fullUrl"`
	Resource resource `json:"resource"`
}

// resource is a Patient (first four groups) or a Coverage; unused members are left out.
type resource struct {
	ResourceType string `json:"resourceType"`

	Identifier []identifier `json:"identifier,omitempty"`
	Name       []humanName  `json:"name,omitempty"`
	Gender     string       `json:"gender,omitempty"`
	BirthDate  string       `json:"birthDate,omitempty"`

	Status      string     `json:"status,omitempty"`
	Subscriber  *reference `json:"subscriber,omitempty"`
	Beneficiary *reference `json:"beneficiary,omitempty"`
	Period      *period    `json:"period,omitempty"`
	Payor       []payor    `json:"payor,omitempty"`
	Cost        []cost     `json:"costToBeneficiary,omitempty"`
}

type identifier struct {
	System string `json:"system"`
	Value  string `json:"value"`
}

type humanName struct {
	Extension []extension `json:"extension,omitempty"`
	Text      string      `json:"text,omitempty"`
	Family    string      `json:"family,omitempty"`
	Given     []string    `json:"given,omitempty"`
}

type extension struct {
	URL       string `json:"url"`
	ValueCode string `json:"valueCode"`
}

type reference struct {
	Reference string `json:"reference,omitempty"`
	Display   string `json:"display,omitempty"`
}

type period struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

type payor struct {
	Display string `json:"display"`
}

type cost struct {
	Quantity quantity `json:"valueQuantity"`
}

type quantity struct {
	Value int    `json:"value"`
	Unit  string `json:"unit"`
}

const (
	healthCardType = "https://smarthealth.cards#health-card"
	memberSystem   = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID"
	nameExtension  = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
	patientURL     = "resource:0"
	coverageURL    = "resource:1"
)

// representativeMark is the Coverage's identifier in a credential that a representative's phone shows (own
// rule; docs/facts/smart-health-card.md#payload). It stands there, and not in a claim of its own, because the
// verifiers of before refuse claims that they do not know, and do not look at this element.
var representativeMark = identifier{"urn:madoguchi:shown-by", "representative"}

// sylTag marks a name as written in syllables (kana).
var sylTag = extension{nameExtension, "SYL"}

// sylTags is what a name that is marked so carries; nobody changes it.
var sylTags = []extension{sylTag}

// payloadRoom is a payload with what its members point to, as one piece of memory.
type payloadRoom struct {
	payload
	types       [1]string
	entries     [2]entry
	member      [1]identifier
	names       [2]humanName
	given       [2][1]string
	subscriber  reference
	beneficiary reference
	period      period
	payor       [1]payor
	cost        [1]cost
	mark        [1]identifier
	hcnf        hcnf
}

// newPayload builds the payload of a request. Without syl the kana name carries no SYL tag (order tells it).
func newPayload(iss string, r Request, nbf, exp time.Time, syl bool) payload {
	p, to := r.Person, new(payloadRoom)
	to.types[0] = healthCardType
	to.member[0] = identifier{memberSystem,
		string(p.Insurer) + ":" + p.Symbol + ":" + p.Number + ":" + p.BranchNumber}
	to.names[0] = splitName(p.Name, &to.given[0])
	patient := resource{
		ResourceType: "Patient",
		Identifier:   to.member[:],
		Name:         to.names[:1],
		Gender:       string(p.Sex),
		BirthDate:    p.BirthDate.String(),
	}
	if p.Kana != "" {
		to.names[1] = splitName(p.Kana, &to.given[1])
		patient.Name = to.names[:]
	}
	to.beneficiary, to.payor[0] = reference{Reference: patientURL}, payor{r.InsurerName}
	coverage := resource{
		ResourceType: "Coverage",
		Status:       "active",
		Beneficiary:  &to.beneficiary,
		Payor:        to.payor[:],
	}
	switch {
	case p.Relation == eligibility.Subscriber:
		to.subscriber.Reference = patientURL
		coverage.Subscriber = &to.subscriber
	case p.SubscriberName != "":
		to.subscriber.Display = p.SubscriberName
		coverage.Subscriber = &to.subscriber
	}
	start := p.CoverageFrom
	if !p.ValidFrom.IsZero() {
		start = p.ValidFrom
	}
	if !start.IsZero() || !p.ValidUntil.IsZero() {
		to.period = period{Start: start.String(), End: p.ValidUntil.String()}
		coverage.Period = &to.period
	}
	if r.Share > 0 {
		to.cost[0] = cost{quantity{r.Share, "%"}}
		coverage.Cost = to.cost[:]
	}
	if r.Representative {
		to.mark[0] = representativeMark
		coverage.Identifier = to.mark[:]
	}
	to.entries = [2]entry{{patientURL, patient}, {coverageURL, coverage}}
	to.payload = payload{
		ISS: iss,
		NBF: nbf.Unix(),
		EXP: exp.Unix(),
		VC: vc{Type: to.types[:],
			Subject: subject{"4.0.1", bundle{"Bundle", "collection", to.entries[:]}}},
	}
	switch r.Tier {
	case TierOffline:
		to.hcnf.KID = r.DeviceKeyID
		to.payload.HCNF = &to.hcnf
	case TierSaved:
		to.payload.VC.RID = EncodeRID(r.RID)
	}
	to.payload.tagKana(syl)
	return to.payload
}

// tagKana says whether the kana name carries the SYL tag.
func (p payload) tagKana(syl bool) {
	names := p.VC.Subject.Bundle.Entry[0].Resource.Name
	if len(names) < 2 {
		return
	}
	names[1].Extension = nil
	if syl {
		names[1].Extension = sylTags
	}
}

// splitName parts a name at its first blank into family and given names, of which it makes given; without a
// blank it is one text.
func splitName(name string, given *[1]string) humanName {
	family, rest, ok := strings.Cut(strings.TrimSpace(strings.ReplaceAll(name, "　", " ")), " ")
	if !ok {
		return humanName{Text: family}
	}
	given[0] = strings.TrimSpace(rest)
	return humanName{Family: family, Given: given[:]}
}

func (n humanName) String() string {
	if n.Text != "" {
		return n.Text
	}
	return strings.TrimSpace(n.Family + " " + strings.Join(n.Given, " "))
}

// Eligibility is what a credential says of its person: the signed items, as printed.
type Eligibility struct {
	Insurer      eligibility.InsurerNumber `json:"insurerNumber"`
	InsurerName  string                    `json:"insurerName,omitempty"`
	Symbol       string                    `json:"symbol,omitempty"`
	Number       string                    `json:"number"`
	BranchNumber string                    `json:"branchNumber,omitempty"`
	Name         string                    `json:"name"`
	Kana         string                    `json:"kana,omitempty"`
	BirthDate    eligibility.Date          `json:"birthDate"`
	Sex          eligibility.Sex           `json:"sex,omitempty"`
	Relation     eligibility.Relation      `json:"relation,omitempty"`
	Subscriber   string                    `json:"subscriber,omitempty"` // 被保険者氏名, for a dependent
	Share        int                       `json:"share,omitempty"`      // percent; 0 = not stated
	ValidFrom    eligibility.Date          `json:"validFrom,omitzero"`
	ValidUntil   eligibility.Date          `json:"validUntil,omitzero"`
}

// hasOwnShape reports whether the bundle is of this program's shape: nothing in it that eligibilityOf does
// not read, so that nobody else reads more or something else in it.
func (p payload) hasOwnShape() bool {
	b := p.VC.Subject.Bundle
	if len(p.VC.Type) != 1 || p.VC.Type[0] != healthCardType || b.ResourceType != "Bundle" ||
		len(b.Entry) != 2 || b.Entry[0].FullURL != patientURL || b.Entry[1].FullURL != coverageURL {
		return false
	}
	patient, coverage := &b.Entry[0].Resource, &b.Entry[1].Resource
	if patient.ResourceType != "Patient" || len(patient.Identifier) != 1 ||
		patient.Identifier[0].System != memberSystem ||
		len(patient.Name) == 0 || len(patient.Name) > 2 || len(patient.Name[0].Extension) > 0 {
		return false
	}
	if len(patient.Name) == 2 && len(patient.Name[1].Extension) > 0 &&
		(len(patient.Name[1].Extension) > 1 || patient.Name[1].Extension[0] != sylTag) {
		return false
	}
	if coverage.ResourceType != "Coverage" || coverage.Status != "active" || len(coverage.Payor) != 1 ||
		len(coverage.Cost) > 1 ||
		coverage.Beneficiary == nil || *coverage.Beneficiary != (reference{Reference: patientURL}) {
		return false
	}
	if n := len(coverage.Identifier); n > 1 || n == 1 && coverage.Identifier[0] != representativeMark {
		return false
	}
	if s := coverage.Subscriber; s != nil && s.Reference != "" && *s != (reference{Reference: patientURL}) {
		return false
	}
	for _, c := range coverage.Cost {
		if c.Quantity.Unit != "%" || c.Quantity.Value <= 0 || c.Quantity.Value > 100 {
			return false
		}
	}
	return true
}

// shownByRepresentative reports whether a payload of our own shape carries representativeMark.
func (p payload) shownByRepresentative() bool {
	return len(p.VC.Subject.Bundle.Entry[1].Resource.Identifier) > 0
}

// eligibilityOf reads the items back; ok is false when the bundle is not of this program's shape or a text in
// it would show as something else than it is.
func (p payload) eligibilityOf() (e Eligibility, ok bool) {
	if !p.hasOwnShape() {
		return e, false
	}
	patient, coverage := &p.VC.Subject.Bundle.Entry[0].Resource, &p.VC.Subject.Bundle.Entry[1].Resource
	parts, ok := memberParts(patient.Identifier[0].Value)
	if !ok || parts[2] == "" {
		return e, false
	}
	number, err := eligibility.ParseInsurerNumber(parts[0])
	if err != nil || string(number) != parts[0] {
		return e, false
	}
	birth, err := eligibility.ParseDate(patient.BirthDate)
	if err != nil {
		return e, false
	}
	e = Eligibility{
		Insurer:      number,
		Symbol:       parts[1],
		Number:       parts[2],
		BranchNumber: parts[3],
		Name:         patient.Name[0].String(),
		InsurerName:  coverage.Payor[0].Display,
		BirthDate:    birth,
		Sex:          eligibility.Sex(patient.Gender),
	}
	if e.Sex != eligibility.SexUnknown && e.Sex != eligibility.Male && e.Sex != eligibility.Female {
		return e, false
	}
	if len(patient.Name) == 2 {
		e.Kana = patient.Name[1].String()
	}
	if s := coverage.Subscriber; s != nil {
		e.Relation = eligibility.Dependent
		e.Subscriber = s.Display
		if s.Reference == patientURL {
			e.Relation = eligibility.Subscriber
		}
	}
	if len(coverage.Cost) > 0 {
		e.Share = coverage.Cost[0].Quantity.Value
	}
	if coverage.Period != nil {
		if e.ValidFrom.UnmarshalText([]byte(coverage.Period.Start)) != nil ||
			e.ValidUntil.UnmarshalText([]byte(coverage.Period.End)) != nil {
			return e, false
		}
	}
	return e, e.Name != "" && e.showsAsWritten()
}

// memberParts parts a member's identifier into insurer, symbol, number and branch number.
func memberParts(value string) (parts [4]string, ok bool) {
	for i := range 3 {
		if parts[i], value, ok = strings.Cut(value, ":"); !ok {
			return parts, false
		}
	}
	parts[3] = value
	return parts, !strings.Contains(value, ":")
}

// showsAsWritten reports whether every text of e shows as what it is.
func (e Eligibility) showsAsWritten() bool {
	for _, s := range [...]string{e.InsurerName, e.Symbol, e.Number, e.BranchNumber, e.Name, e.Kana,
		e.Subscriber} {
		if !showsAsWritten(s) {
			return false
		}
	}
	return true
}
