// Package fhir writes and reads an eligibility as FHIR R4 JP Core Coverage (jpfhir.jp.core 1.2), full
// form: 記号, 番号 and 枝番 as extensions, both identifiers, the insurer with its number, and what JP Core
// has no slot for (負担割合, 限度額) as extensions of this program (docs/facts/fhir-jp-core.md).
package fhir

import (
	"encoding/json"
	"fmt"

	"madoguchi/eligibility"
)

// Names of JP Core. The text of its guide calls the colon of identifier A 5A in hexadecimal; it is 3A.
const (
	base             = "http://jpfhir.jp/fhir"
	Profile          = base + "/core/StructureDefinition/JP_Coverage"
	extSymbol        = base + "/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol"
	extNumber        = base + "/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber"
	extSubNumber     = base + "/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber"
	systemMember     = base + "/clins/Idsystem/JP_Insurance_memberID"
	systemCoverage   = base + "/core/IdSystem/JP_Coverage_id"
	systemInsurer    = base + "/core/mhlw/IdSystem/InsurerNumber"
	systemRelation   = base + "/core/mhlw/CodeSystem/InsuredPersonCategory"
	extShare         = "urn:madoguchi:coverage:share-percent"
	extLimit         = "urn:madoguchi:coverage:limit-class"
	systemActCode    = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
	useOfficial      = "official"
	representKana    = "SYL" // ISO21090 EN representation: reading
	representWritten = "IDE"
	extRepresent     = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
)

// Faults of a Coverage.
var (
	ErrCoverage = &eligibility.Error{Code: eligibility.Invalid, Key: "fhir.coverage"}
	ErrNumber   = &eligibility.Error{Code: eligibility.Invalid, Key: "fhir.number"}
)

type extension struct {
	URL          string `json:"url"`
	ValueString  string `json:"valueString,omitempty"`
	ValueInteger *int   `json:"valueInteger,omitempty"`
	ValueCode    string `json:"valueCode,omitempty"`
}

type identifier struct {
	System string `json:"system,omitempty"`
	Value  string `json:"value,omitempty"`
}

type coding struct {
	System  string `json:"system,omitempty"`
	Code    string `json:"code,omitempty"`
	Display string `json:"display,omitempty"`
}

type concept struct {
	Coding []coding `json:"coding,omitempty"`
}

type reference struct {
	Reference  string      `json:"reference,omitempty"`
	Identifier *identifier `json:"identifier,omitempty"`
	Display    string      `json:"display,omitempty"`
}

type period struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

type humanName struct {
	Extension []extension `json:"extension,omitempty"`
	Use       string      `json:"use,omitempty"`
	Text      string      `json:"text,omitempty"`
}

type address struct {
	Text       string `json:"text,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
}

// contained is the Patient or the Organization within the Coverage.
type contained struct {
	ResourceType string       `json:"resourceType"`
	ID           string       `json:"id"`
	Identifier   []identifier `json:"identifier,omitempty"`
	Name         any          `json:"name,omitempty"` // a text for an Organization, HumanNames for a Patient
	Gender       string       `json:"gender,omitempty"`
	BirthDate    string       `json:"birthDate,omitempty"`
	Address      []address    `json:"address,omitempty"`
}

type meta struct {
	Profile []string `json:"profile,omitempty"`
}

type coverage struct {
	ResourceType string       `json:"resourceType"`
	Meta         *meta        `json:"meta,omitempty"`
	Contained    []contained  `json:"contained,omitempty"`
	Extension    []extension  `json:"extension,omitempty"`
	Identifier   []identifier `json:"identifier,omitempty"`
	Status       string       `json:"status"`
	Type         *concept     `json:"type,omitempty"`
	Subscriber   *reference   `json:"subscriber,omitempty"`
	Beneficiary  reference    `json:"beneficiary"`
	Dependent    string       `json:"dependent,omitempty"`
	Relationship *concept     `json:"relationship,omitempty"`
	Period       *period      `json:"period,omitempty"`
	Payor        []reference  `json:"payor"`
}

// MemberID is identifier A: 保険者番号8:記号:番号:枝番, a missing part empty, the last colon kept.
func MemberID(p eligibility.Person) string {
	symbol, number := eligibility.OneWidth(p.Symbol, p.Number)
	return string(p.Insurer) + ":" + symbol + ":" + number + ":" + eligibility.NormaliseBranch(p.BranchNumber)
}

// CoverageID is identifier B: a CSV row of the insurer's number, 記号 and 番号 in full width, and 枝番 in half
// width.
func CoverageID(p eligibility.Person) string {
	return fmt.Sprintf(
		`"%s","%s","%s","%s"`,
		p.Insurer,
		eligibility.FullWidth(p.Symbol),
		eligibility.FullWidth(p.Number),
		eligibility.NormaliseBranch(p.BranchNumber),
	)
}

// Write returns the Coverage of a person insured by an insurer of that name, as it stands on day: active, or
// cancelled from the day of loss on.
func Write(p eligibility.Person, insurerName string, day eligibility.Date) ([]byte, error) {
	if p.Insurer == "" || p.Number == "" {
		return nil, ErrNumber
	}
	names := []humanName{
		{
			Use:       useOfficial,
			Text:      p.Name,
			Extension: []extension{{URL: extRepresent, ValueCode: representWritten}},
		},
	}
	if p.Kana != "" {
		names = append(
			names,
			humanName{
				Use:       useOfficial,
				Text:      p.Kana,
				Extension: []extension{{URL: extRepresent, ValueCode: representKana}},
			},
		)
	}
	if p.Alias != "" {
		names = append(
			names,
			humanName{
				Use:       "usual",
				Text:      p.Alias,
				Extension: []extension{{URL: extRepresent, ValueCode: representWritten}},
			},
		)
	}
	patient := contained{
		ResourceType: "Patient",
		ID:           "patient",
		Name:         names,
		Gender:       string(p.Sex),
		BirthDate:    p.BirthDate.String(),
	}
	if p.Address != "" || p.PostCode != "" {
		patient.Address = []address{{Text: p.Address, PostalCode: p.PostCode}}
	}
	insurer := identifier{System: systemInsurer, Value: string(p.Insurer)}
	c := coverage{
		ResourceType: "Coverage",
		Meta:         &meta{Profile: []string{Profile}},
		Contained: []contained{
			patient,
			{
				ResourceType: "Organization",
				ID:           "insurer",
				Identifier:   []identifier{insurer},
				Name:         insurerName,
			},
		},
		Identifier: []identifier{
			{System: systemMember, Value: MemberID(p)},
			{System: systemCoverage, Value: CoverageID(p)},
		},
		Status: "active",
		Type: &concept{Coding: []coding{
			{System: systemActCode, Code: "PUBLICPOL", Display: "public healthcare"},
		}},
		Beneficiary: reference{Reference: "#patient"},
		Dependent:   eligibility.NormaliseBranch(p.BranchNumber),
		Payor:       []reference{{Reference: "#insurer", Identifier: &insurer, Display: insurerName}},
	}
	symbol, number := eligibility.OneWidth(p.Symbol, p.Number)
	for _, e := range []extension{
		{URL: extSymbol, ValueString: symbol},
		{URL: extNumber, ValueString: number},
		{URL: extSubNumber, ValueString: eligibility.NormaliseBranch(p.BranchNumber)},
		{URL: extLimit, ValueString: string(p.Limit)},
	} {
		if e.ValueString != "" {
			c.Extension = append(c.Extension, e)
		}
	}
	if p.AssignedShare > 0 {
		c.Extension = append(c.Extension, extension{URL: extShare, ValueInteger: &p.AssignedShare})
	}
	switch p.Relation {
	case eligibility.Subscriber:
		c.Relationship = &concept{Coding: []coding{{System: systemRelation, Code: "1", Display: "被保険者"}}}
	case eligibility.Dependent:
		c.Relationship = &concept{Coding: []coding{{System: systemRelation, Code: "2", Display: "被扶養者"}}}
		c.Subscriber = subscriber(p)
	}
	c.Period = validity(p)
	if !p.LostOn.IsZero() && !day.Before(p.LostOn) {
		c.Status = "cancelled"
	}
	return json.Marshal(c)
}

func subscriber(p eligibility.Person) *reference {
	if p.SubscriberName == "" {
		return nil
	}
	return &reference{Display: p.SubscriberName}
}

// validity is the span of the eligibility: from 資格取得 (or 適用開始) to the day before the loss, or to 有効期限.
func validity(p eligibility.Person) *period {
	from, until := p.QualifiedOn, p.ValidUntil
	if from.IsZero() {
		from = p.CoverageFrom
	}
	if !p.LostOn.IsZero() {
		until = p.LostOn.AddDays(-1)
	}
	if from.IsZero() && until.IsZero() {
		return nil
	}
	return &period{Start: from.String(), End: until.String()}
}
