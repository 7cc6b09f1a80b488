package eligibility

// posterCodes are the ways that a poster names, in the order in which it does: what patients may have with
// them when the reader does not read their card.
var posterCodes = [...]MethodCode{"P1", "P2", "N1", "C1"}

// PosterWays returns what is accepted on a day from a patient whose card the reader does not read, besides
// the insurer's own screen, in the order in which a poster names it. It is from the same table as every other
// answer.
func PosterWays(day Date) ([]Method, error) {
	if !day.Exact() {
		return nil, ErrDayMissing
	}
	outcome, err := judged(Situation{
		Day:         day,
		BringsKnown: true,
		Card:        CardFacts{Present: Yes, Reads: No},
		Brings:      items(ItemPortalScreen, ItemPortalPDF, ItemNotice, ItemCertificate),
	}, true)
	if err != nil {
		return nil, err
	}
	var ways []Method
	for _, code := range posterCodes {
		for _, m := range outcome.Methods {
			if m.Code == code && m.Accepted {
				ways = append(ways, m)
			}
		}
	}
	return ways, nil
}
