package eligibility

import "testing"

// What people are told to bring is accepted by the rules at a counter whose reader fails, whatever went wrong
// before.
func TestWhatIsBroughtNextIsAcceptedEvenWhereTheReaderFails(t *testing.T) {
	cards := map[Setback]CardFacts{
		SetbackReader: {}, SetbackForgot: {},
		SetbackPIN:     {PIN: PINLocked},
		SetbackPinless: {Pinless: Yes, Face: FaceFailed},
		SetbackExpired: {Certificate: CertificateExpired},
		SetbackLost:    {State: CardLost},
	}
	for _, why := range AllSetbacks {
		items, instead := BringNext(why)
		sets := [][]Item{items}
		if instead != "" {
			sets = append(sets, []Item{ItemCard, instead})
		}
		for _, set := range sets {
			s := Situation{Day: MustDate("2026-11-22"), BringsKnown: true, Card: cards[why]}
			for _, item := range set {
				s.Brings = s.Brings.With(item)
			}
			if s.Brings.Has(ItemCard) {
				s.Card.Reads = No
			}
			if s.Brings.Has(ItemCertificate) {
				s.CertificateUntil = MustDate("2027-07-31")
			}
			outcome, err := Methods(s)
			if err != nil {
				t.Fatalf("%s %v: %v", why, set, err)
			}
			want := map[Item]MethodCode{
				ItemNotice:        "N1",
				ItemInsurerScreen: "N1e",
				ItemInsurerPDF:    "N1e",
				ItemCertificate:   "C1",
			}[set[len(set)-1]]
			if outcome.Best != want {
				t.Errorf("%s %v: the rules answer %q, want %s", why, set, outcome.Best, want)
			}
		}
	}
}
