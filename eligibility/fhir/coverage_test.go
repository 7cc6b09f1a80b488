package fhir

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/persontest"
)

var today = eligibility.MustDate("2026-11-22")

// sample is no. 3 of docs/facts/test-people.md#people.
func sample() eligibility.Person {
	return persontest.Tokuichi(func(p *eligibility.Person) {
		p.Alias = "高橋 徳一"
		p.Relation = eligibility.Dependent
		p.SubscriberName = "髙橋 花子"
		p.QualifiedOn = eligibility.MustDate("2020-04-01")
		p.ValidUntil = eligibility.MustDate("2027-07-31")
		p.AssignedShare = 20
		p.Limit = "B09"
		p.Address = "架空市1-1"
		p.PostCode = "100-0001"
	})
}

func TestIdentifiersAreThoseOfJPCore(t *testing.T) {
	// The examples of docs/facts/fhir-jp-core.md#identifiers: 00012345:あいう:１８７:05 and
	// "00012345","１２－３４","５６７８","00".
	if got := MemberID(eligibility.Person{
		Insurer:      "00012345",
		Symbol:       "あいう",
		Number:       "１８７",
		BranchNumber: "05",
	}); got != "00012345:あいう:１８７:05" {
		t.Error(got)
	}
	if got := MemberID(eligibility.Person{Insurer: "00012345", Number: "5678"}); got != "00012345::5678:" {
		t.Error(got)
	}
	got := CoverageID(eligibility.Person{
		Insurer:      "00012345",
		Symbol:       "12-34",
		Number:       "5678",
		BranchNumber: "00",
	})
	if got != `"00012345","１２－３４","５６７８","00"` {
		t.Error(got)
	}
}

func TestACoverageIsReadAsItWasWritten(t *testing.T) {
	want := sample()
	data, err := Write(want, "架空市", today)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	err = json.Unmarshal(data, &plain)
	if err != nil || plain["status"] != "active" || plain["dependent"] != "02" {
		t.Fatalf("%s %v", data, err)
	}
	// required by JP_Coverage
	for _, required := range []string{"resourceType", "status", "beneficiary", "payor", "identifier"} {
		if plain[required] == nil {
			t.Errorf("%s is missing", required)
		}
	}
	got, err := Read(data)
	want.Symbol, want.Number = "国１３", "０００１２３４" // one width: a kanji in it, so both in full width
	if err != nil || got != want {
		t.Errorf("\n%+v\n%+v %v", got, want, err)
	}
}

func TestALostEligibilityIsCancelled(t *testing.T) {
	p := sample()
	p.LostOn, p.Relation = eligibility.MustDate("2026-10-01"), eligibility.Subscriber
	p.SubscriberName, p.ValidUntil = "", eligibility.Date{}
	data, _ := Write(p, "架空市", today)
	got, err := Read(data)
	if err != nil || got.LostOn != p.LostOn || got.Relation != eligibility.Subscriber ||
		!strings.Contains(string(data), `"end":"2026-09-30"`) {
		t.Errorf("%s %+v %v", data, got, err)
	}
	p.QualifiedOn, p.LostOn = eligibility.Date{}, eligibility.Date{}
	if data, _ := Write(p, "", today); strings.Contains(string(data), `"period"`) {
		t.Errorf("a period without days: %s", data)
	}
}

func TestForeignCoveragesAreRead(t *testing.T) {
	// Written by others: no extensions, identifier A or B only, the insurer in the contained organisation, a
	// dateTime.
	for _, text := range []string{
		`{"resourceType":"Coverage","status":"active",` +
			`"identifier":[{"system":"http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID",` +
			`"value":"00138990::998877:"}],"dependent":"０５","beneficiary":{},"payor":[],` +
			`"period":{"start":"2020-04-01T00:00:00+09:00"}}`,
		`{"resourceType":"Coverage","status":"active",` +
			`"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/JP_Coverage_id",` +
			`"value":"\"138990\",\"\",\"９９８８７７\",\"05\""}],"beneficiary":{},` +
			`"payor":[{"reference":"#o"}],"contained":[{"resourceType":"Organization",` +
			`"id":"o","identifier":[{"system":"http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber",` +
			`"value":"138990"}]},{"resourceType":"Patient","id":"p","gender":"unknown"}]}`,
	} {
		p, err := Read([]byte(text))
		if err != nil || p.Insurer != "00138990" || eligibility.NormaliseNumber(p.Number) != "998877" ||
			p.BranchNumber != "05" || p.Sex != "" {
			t.Errorf("%s: %+v %v", text, p, err)
		}
	}
}

func TestWhatIsNoCoverageIsRefused(t *testing.T) {
	good, _ := Write(sample(), "架空市", today)
	swap := func(a, b string) string { return strings.ReplaceAll(string(good), a, b) }
	for _, c := range []struct {
		name string
		text string
		want error
	}{
		{"no JSON", "{", ErrCoverage},
		{"another resource", `{"resourceType":"Patient"}`, ErrCoverage},
		{"no number", `{"resourceType":"Coverage"}`, ErrNumber},
		{"wrong insurer", swap("00138990", "00138991"), eligibility.ErrInsurerNumber},
		{"wrong birth date", swap("1955-07-01", "1955-02-30"), eligibility.ErrDate},
		{"wrong start", swap("2020-04-01", "2020-4-1"), eligibility.ErrDate},
		{"wrong end", swap("2027-07-31", "2027-07-32"), eligibility.ErrDate},
		{"a name that is a text", strings.Replace(string(good), `"name":[`, `"name":"x","x":[`, 1),
			ErrCoverage},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read([]byte(c.text)); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := Write(eligibility.Person{}, "", today); !errors.Is(err, ErrNumber) {
		t.Error(err)
	}
}
