package credential

import (
	"strconv"
	"unicode/utf8"
)

// This file writes a payload as encoding/json does (encodeJSON), byte for byte, in a fifth of the time: each
// phone that shows a live screen asks for another one every half minute.

// appendJSON appends a payload that newPayload made.
func (p payload) appendJSON(b []byte) []byte {
	b = appendMember(b, `{"iss":`, p.ISS)
	b = strconv.AppendInt(append(b, `,"nbf":`...), p.NBF, 10)
	b = strconv.AppendInt(append(b, `,"exp":`...), p.EXP, 10)
	if p.HCNF != nil {
		b = append(appendMember(b, `,"hcnf":{"kid":`, p.HCNF.KID), '}')
	}
	b = appendEach(append(b, `,"vc":{"type":`...), p.VC.Type, appendText)
	b = appendMember(b, `,"credentialSubject":{"fhirVersion":`, p.VC.Subject.FHIRVersion)
	b = appendMember(b, `,"fhirBundle":{"resourceType":`, p.VC.Subject.Bundle.ResourceType)
	b = appendMember(b, `,"type":`, p.VC.Subject.Bundle.Type)
	b = appendEach(append(b, `,"entry":`...), p.VC.Subject.Bundle.Entry, appendEntry)
	b = appendStated(append(b, `}}`...), `,"rid":`, p.VC.RID)
	return append(b, `}}`...)
}

func appendEntry(b []byte, e entry) []byte {
	b = appendMember(b, `{"fullUrl":`, e.FullURL)
	return append(appendResource(append(b, `,"resource":`...), &e.Resource), '}')
}

func appendResource(b []byte, r *resource) []byte {
	b = appendMember(b, `{"resourceType":`, r.ResourceType)
	if len(r.Identifier) > 0 {
		b = appendEach(append(b, `,"identifier":`...), r.Identifier, appendIdentifier)
	}
	if len(r.Name) > 0 {
		b = appendEach(append(b, `,"name":`...), r.Name, appendName)
	}
	b = appendStated(b, `,"gender":`, r.Gender)
	b = appendStated(b, `,"birthDate":`, r.BirthDate)
	b = appendStated(b, `,"status":`, r.Status)
	if r.Subscriber != nil {
		b = appendReference(append(b, `,"subscriber":`...), r.Subscriber)
	}
	if r.Beneficiary != nil {
		b = appendReference(append(b, `,"beneficiary":`...), r.Beneficiary)
	}
	if r.Period != nil {
		b = append(b, `,"period":`...)
		b = appendStatedOnly(b, `"start":`, r.Period.Start, `"end":`, r.Period.End)
	}
	if len(r.Payor) > 0 {
		b = appendEach(append(b, `,"payor":`...), r.Payor, func(b []byte, p payor) []byte {
			return append(appendMember(b, `{"display":`, p.Display), '}')
		})
	}
	if len(r.Cost) > 0 {
		b = appendEach(append(b, `,"costToBeneficiary":`...), r.Cost, appendCost)
	}
	return append(b, '}')
}

func appendIdentifier(b []byte, i identifier) []byte {
	return append(appendMember(appendMember(b, `{"system":`, i.System), `,"value":`, i.Value), '}')
}

func appendName(b []byte, n humanName) []byte {
	first := len(b)
	if len(n.Extension) > 0 {
		b = appendEach(append(b, `,"extension":`...), n.Extension, func(b []byte, e extension) []byte {
			return append(appendMember(appendMember(b, `{"url":`, e.URL), `,"valueCode":`, e.ValueCode), '}')
		})
	}
	b = appendStated(b, `,"text":`, n.Text)
	b = appendStated(b, `,"family":`, n.Family)
	if len(n.Given) > 0 {
		b = appendEach(append(b, `,"given":`...), n.Given, appendText)
	}
	if len(b) == first {
		return append(b, `{}`...)
	}
	b[first] = '{' // in the place of the first member's comma
	return append(b, '}')
}

func appendReference(b []byte, r *reference) []byte {
	return appendStatedOnly(b, `"reference":`, r.Reference, `"display":`, r.Display)
}

func appendCost(b []byte, c cost) []byte {
	b = strconv.AppendInt(append(b, `{"valueQuantity":{"value":`...), int64(c.Quantity.Value), 10)
	return append(appendMember(b, `,"unit":`, c.Quantity.Unit), `}}`...)
}

// appendEach appends an array.
func appendEach[T any](b []byte, all []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

// appendStatedOnly appends an object of two members, each left out when empty.
func appendStatedOnly(b []byte, first, text, second, other string) []byte {
	b = appendStated(append(b, '{'), first, text)
	if text != "" && other != "" {
		b = append(b, ',')
	}
	return append(appendStated(b, second, other), '}')
}

// appendStated appends a member that is left out when empty.
func appendStated(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return appendMember(b, name, text)
}

func appendMember(b []byte, name, text string) []byte { return appendText(append(b, name...), text) }

// appendText appends a string. One that needs an escape is left to encoding/json.
func appendText(b []byte, text string) []byte {
	for _, r := range text {
		if r < ' ' || r == '"' || r == '\\' || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			escaped, _ := encodeJSON(text) // a string has a form in JSON
			return append(b, escaped...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}
