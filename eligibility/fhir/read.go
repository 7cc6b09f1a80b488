package fhir

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"madoguchi/eligibility"
	"strings"
)

// Read returns the person of a Coverage, whoever wrote it: from the extensions, else from identifier A or B.
// The error is ErrCoverage, ErrNumber, or an *eligibility.Error that names the field.
func Read(data []byte) (eligibility.Person, error) {
	var c coverage
	if err := json.Unmarshal(data, &c); err != nil {
		return eligibility.Person{}, ErrCoverage.Because(err)
	}
	if c.ResourceType != "Coverage" {
		return eligibility.Person{}, ErrCoverage.Because(fmt.Errorf("resourceType is %q", c.ResourceType))
	}
	var p eligibility.Person
	c.numbers(&p)
	if p.Number == "" {
		return eligibility.Person{}, ErrNumber
	}
	insurer, err := eligibility.ParseInsurerNumber(string(p.Insurer))
	if err != nil {
		return eligibility.Person{}, eligibility.ErrInsurerNumber.In("payor.identifier")
	}
	p.Insurer = insurer
	if err := c.patient(&p); err != nil {
		return eligibility.Person{}, err
	}
	if c.Relationship != nil && len(c.Relationship.Coding) > 0 {
		p.Relation = map[string]eligibility.Relation{
			"1": eligibility.Subscriber,
			"2": eligibility.Dependent,
		}[c.Relationship.Coding[0].Code]
	}
	if c.Subscriber != nil {
		p.SubscriberName = c.Subscriber.Display
	}
	if c.Period == nil {
		return p, nil
	}
	if p.QualifiedOn, err = day(c.Period.Start); err != nil {
		return eligibility.Person{}, eligibility.ErrDate.In("period.start")
	}
	end, err := day(c.Period.End)
	if err != nil {
		return eligibility.Person{}, eligibility.ErrDate.In("period.end")
	}
	if c.Status == "cancelled" && !end.IsZero() {
		p.LostOn = end.AddDays(1)
	} else {
		p.ValidUntil = end
	}
	return p, nil
}

// day reads the day of a FHIR dateTime.
func day(text string) (eligibility.Date, error) {
	if text == "" {
		return eligibility.Date{}, nil
	}
	text, _, _ = strings.Cut(text, "T")
	return eligibility.ParseDate(text)
}

// numbers fills the insurer's number, 記号, 番号 and 枝番, 負担割合 and 限度額.
func (c *coverage) numbers(p *eligibility.Person) {
	for _, id := range c.Identifier {
		var parts []string
		switch id.System {
		case systemMember:
			parts = strings.Split(id.Value, ":")
		case systemCoverage:
			row := csv.NewReader(strings.NewReader(id.Value))
			parts, _ = row.Read() // what is no CSV has not four parts
		}
		if len(parts) == 4 && p.Number == "" {
			p.Insurer, p.Symbol, p.Number, p.BranchNumber = eligibility.InsurerNumber(
				parts[0],
			), parts[1], parts[2], eligibility.NormaliseBranch(
				parts[3],
			)
		}
	}
	for _, e := range c.Extension {
		switch e.URL {
		case extSymbol:
			p.Symbol = e.ValueString
		case extNumber:
			p.Number = e.ValueString
		case extSubNumber:
			p.BranchNumber = eligibility.NormaliseBranch(e.ValueString)
		case extLimit:
			p.Limit = eligibility.LimitClass(e.ValueString)
		case extShare:
			if e.ValueInteger != nil {
				p.AssignedShare = *e.ValueInteger
			}
		}
	}
	if p.BranchNumber == "" {
		p.BranchNumber = eligibility.NormaliseBranch(c.Dependent)
	}
	for _, payor := range c.Payor {
		if payor.Identifier != nil && payor.Identifier.System == systemInsurer {
			p.Insurer = eligibility.InsurerNumber(payor.Identifier.Value)
		}
		for _, org := range c.Contained {
			if "#"+org.ID != payor.Reference {
				continue
			}
			for _, id := range org.Identifier {
				if id.System == systemInsurer {
					p.Insurer = eligibility.InsurerNumber(id.Value)
				}
			}
		}
	}
}

// patient fills the person's own facts from the contained Patient.
func (c *coverage) patient(p *eligibility.Person) error {
	for _, r := range c.Contained {
		if r.ResourceType != "Patient" {
			continue
		}
		birth, err := day(r.BirthDate)
		if err != nil {
			return eligibility.ErrDate.In("birthDate")
		}
		p.BirthDate, p.Sex = birth, eligibility.Sex(r.Gender)
		if p.Sex != eligibility.Male && p.Sex != eligibility.Female {
			p.Sex = eligibility.SexUnknown
		}
		if len(r.Address) > 0 {
			p.Address, p.PostCode = r.Address[0].Text, r.Address[0].PostalCode
		}
		again, err := json.Marshal(r.Name)
		if err != nil {
			return ErrCoverage.In("name").Because(err)
		}
		var names []humanName
		if err := json.Unmarshal(again, &names); err != nil {
			return ErrCoverage.In("name").Because(err)
		}
		for _, n := range names {
			switch {
			case n.Use == "usual":
				p.Alias = n.Text
			case len(n.Extension) > 0 && n.Extension[0].ValueCode == representKana:
				p.Kana = n.Text
			case p.Name == "":
				p.Name = n.Text
			}
		}
	}
	return nil
}
