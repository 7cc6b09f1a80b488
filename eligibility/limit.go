package eligibility

// LimitClass is 限度額適用区分 by its OQS flag A01…A06, B01…B10
// (docs/facts/shares-and-limits.md#limit-classes). The zero value is unknown.
type LimitClass string

var limitNames = map[LimitClass]string{
	"A01": "ア", "A02": "イ", "A03": "ウ", "A04": "エ", "A05": "オ", "A06": "オ（境界層該当）",
	"B01": "現役並みⅢ", "B02": "現役並みⅡ", "B03": "現役並みⅠ", "B04": "一般", "B05": "低所得Ⅱ", "B06": "低所得Ⅰ",
	"B07": "低所得Ⅰ（老福）", "B08": "低所得Ⅰ（境界層該当）", "B09": "一般Ⅱ", "B10": "一般Ⅰ",
}

// Japanese returns the class as papers print it (ウ, 現役並みⅡ …), or "" when it is unknown.
func (l LimitClass) Japanese() string { return limitNames[l] }

// LimitTable is which classes there are in a span of days. Count is how many; Classes lists those whose flags
// are known.
type LimitTable struct {
	Ja          string // whom it is for
	From, Until Date   // zero: no start known, no end known
	Count       int
	Classes     []LimitClass
	Confidence  Confidence
	Source      Source
}

// LimitTables are the classes by date. From 2027-08 five classes become thirteen; their names and flags are
// not known yet.
var LimitTables = [...]LimitTable{
	{Ja: "70歳未満", Until: Date{2027, 7, 31}, Count: 5, Classes: []LimitClass{"A01", "A02", "A03", "A04",
		"A05"},
		Confidence: Certain, Source: srcLimits},
	{Ja: "70歳未満", From: Date{2027, 8, 1}, Count: 13, Confidence: Certain, Source: srcLimits},
}

// On reports whether the table holds on day.
func (t LimitTable) On(day Date) bool {
	return !day.Before(t.From) && (t.Until.IsZero() || !day.After(t.Until))
}

// HoldsOn says whether a class still stands in the table of day; unknown from the day on which the classes of
// people below 70 change.
func (l LimitClass) HoldsOn(day Date) Answer {
	if l == "" || l[0] != 'A' {
		return Unknown
	}
	for _, t := range LimitTables {
		if t.On(day) && len(t.Classes) > 0 {
			return Yes
		}
	}
	return Unknown
}

// Valid reports whether l is one of the flags of the OQS interface.
func (l LimitClass) Valid() bool { return limitNames[l] != "" }
