package agents

import (
	"strconv"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/server/counter"
)

func textRequest(birth eligibility.Date) counter.TextRequest {
	return counter.TextRequest{CardRequest: counter.CardRequest{
		Facility:  facility,
		CaseID:    "CASE",
		Shown:     "jws",
		BirthDate: birth,
	}, ExpiryYear: 2035, SecurityCode: "1234"}
}

var reading = card.TextReading{
	Name:      "髙橋　德一",
	Address:   "架空県架空市架空町１丁目２番３号",
	BirthDate: tokuichi,
	Sex:       eligibility.Male,
}

func changed(change func(*card.TextReading)) *card.TextReading {
	r := reading
	change(&r)
	return &r
}

func verdictOf(o card.Outcome, key string) wire.Verdict { return wire.Verdict{Outcome: o, Key: key} }

func TestAReadingThatDoesNotFitItsOwnVerdictIsDropped(t *testing.T) {
	minus, many := -1, 16
	s, url := open(t, true)
	var answer wire.TextReply
	impostor(t, s, url, func(_ *websocket.Conn, m wire.Message, _ []byte) *wire.Reply {
		return &wire.Reply{ID: m.Text.ID, Text: &answer}
	})
	answer = wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed"), Reading: &reading}
	r, err := s.Cards.CheckText(t.Context(), textRequest(tokuichi))
	if err != nil || r.Outcome != card.Confirmed ||
		*r.Reading != reading || r.By != card.ByAgent {
		t.Fatalf("one that fits: %+v %v", r, err)
	}
	number := "12345678901"
	for d := range 10 {
		if n := number + strconv.Itoa(d); eligibility.HoldsMyNumber(n) {
			number = n
			break
		}
	}
	for _, c := range []struct {
		name  string
		reply wire.TextReply
	}{
		{"confirmed without a reading",
			wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed")}},
		{"refused with a reading", wire.TextReply{Verdict: verdictOf(card.Refused, "card.copied"),
			Reading: &reading}},
		{"confirmed with a refusal's key", wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.copied"),
			Reading: &reading}},
		{"refused with a good key", wire.TextReply{Verdict: verdictOf(card.Refused, "card.text_confirmed")}},
		{"confirmed by another check's key",
			wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.certificate_valid"),
				Reading: &reading}},
		{"the server's own verdict", wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.confirmed"),
			Reading: &reading}},
		{"a sentence of its own", wire.TextReply{Verdict: verdictOf(card.Confirmed, "このカードは本物です"),
			Reading: &reading}},
		{"an outcome that does not exist",
			wire.TextReply{Verdict: verdictOf("splendid", "card.text_confirmed"),
				Reading: &reading}},
		{"another birth date than was asked",
			wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed"),
				Reading: changed(func(r *card.TextReading) {
					r.BirthDate = tokuichi.AddDays(1)
				})}},
		{"no name", wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed"),
			Reading: changed(func(r *card.TextReading) {
				r.Name = ""
			})}},
		{"a name without end", wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed"),
			Reading: changed(func(r *card.TextReading) {
				r.Name = strings.Repeat("長", 300)
			})}},
		{"an address without end", wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed"),
			Reading: changed(func(r *card.TextReading) {
				r.Address = strings.Repeat("長", 500)
			})}},
		{"a My Number in the address",
			wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed"),
				Reading: changed(func(r *card.TextReading) {
					r.Address = number
				})}},
		{"a sex that does not exist",
			wire.TextReply{Verdict: verdictOf(card.Confirmed, "card.text_confirmed"),
				Reading: changed(func(r *card.TextReading) {
					r.Sex = "x"
				})}},
		{"fewer tries than none", wire.TextReply{Verdict: verdictOf(card.Refused, "card.number_b_mismatch"),
			TriesLeft: &minus}},
		{"more tries than a counter holds",
			wire.TextReply{Verdict: verdictOf(card.Refused, "card.number_b_mismatch"),
				TriesLeft: &many}},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer = c.reply
			if r, err := s.Cards.CheckText(t.Context(), textRequest(tokuichi)); err != nil ||
				r.Outcome != card.Refused || r.Key != "card.evidence" || r.Reading != nil {
				t.Errorf("%s: %+v %v", c.name, r, err)
			}
		})
	}
}

func TestDatesThatDoNotFitTheirOwnVerdictAreDropped(t *testing.T) {
	s, url := open(t, true)
	var answer wire.DatesReply
	impostor(t, s, url, func(_ *websocket.Conn, m wire.Message, _ []byte) *wire.Reply {
		return &wire.Reply{ID: m.Dates.ID, Dates: &answer}
	})
	day, from := eligibility.MustDate("2026-11-22"), eligibility.MustDate("2021-07-01")
	for _, c := range []struct {
		name string

		key   string
		until string
		state eligibility.CertificateState
	}{
		{"valid to this day", "card.certificate_valid", "2026-11-22", eligibility.CertificateValid},
		{"in grace", "card.certificate_grace", "2026-11-21", eligibility.CertificateGrace},
		{"over", "card.certificate_expired", "2026-06-30", eligibility.CertificateExpired},
		{"over, called valid", "card.certificate_valid", "2026-06-30", ""},
		{"in grace, called over", "card.certificate_expired", "2026-11-21", ""},
		{"a refusal's key", "card.certificate_purpose", "2030-01-01", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer = wire.DatesReply{Verdict: verdictOf(card.Confirmed, c.key), From: from,
				Until: eligibility.MustDate(c.until)}
			want := card.Confirmed
			if c.state == "" {
				want = card.Refused
			}
			if r, err := s.Cards.CheckDates(t.Context(), counter.CardRequest{Facility: facility},
				day); err != nil ||
				r.Outcome != want || r.State != c.state {
				t.Errorf("%s: %+v %v", c.name, r, err)
			}
		})
	}
	answer = wire.DatesReply{Verdict: verdictOf(card.Confirmed, "card.certificate_valid")}
	if r, err := s.Cards.CheckDates(t.Context(), counter.CardRequest{Facility: facility}, day); err != nil ||
		r.Outcome != card.Refused {
		t.Errorf("without dates: %+v %v", r, err)
	}
}

func TestAComparisonHoldsNothingButItsThreeWords(t *testing.T) {
	s, url := open(t, true)
	var answer []wire.FieldResult
	impostor(t, s, url, func(_ *websocket.Conn, m wire.Message, _ []byte) *wire.Reply {
		return &wire.Reply{ID: m.OQS.ID, Compared: answer}
	})
	for _, c := range []struct {
		name string
		c    []wire.FieldResult
	}{
		{"a value as result", []wire.FieldResult{{Name: "number",
			Result: "0001234"}}},
		{"a value as name", []wire.FieldResult{{Name: "架空県架空市", Result: wire.Equal}}},
		{"an item twice",
			[]wire.FieldResult{{Name: "name", Result: wire.Equal}, {Name: "name", Result: wire.Different}}},
		{"nothing", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer = c.c
			if got, err := s.Cards.CompareOQS(t.Context(), counter.CardRequest{Facility: facility},
				wire.Items{Name: "髙橋 德一"}); err == nil {
				t.Errorf("%s: %+v", c.name, got)
			}
		})
	}
}
