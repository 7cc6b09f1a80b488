package eligibility

// LimitClass is 限度額適用区分 by its OQS flag A01…A06, B01…B10 (rules.md 5.1). The zero value is unknown.
type LimitClass string

var limitNames = map[LimitClass]string{
	"A01": "ア", "A02": "イ", "A03": "ウ", "A04": "エ", "A05": "オ", "A06": "オ（境界層該当）",
	"B01": "現役並みⅢ", "B02": "現役並みⅡ", "B03": "現役並みⅠ", "B04": "一般", "B05": "低所得Ⅱ", "B06": "低所得Ⅰ",
	"B07": "低所得Ⅰ（老福）", "B08": "低所得Ⅰ（境界層該当）", "B09": "一般Ⅱ", "B10": "一般Ⅰ",
}

// Japanese returns the class as papers print it (ウ, 現役並みⅡ …), or "" when it is unknown.
func (l LimitClass) Japanese() string { return limitNames[l] }

// Valid reports whether l is one of the flags of the OQS interface.
func (l LimitClass) Valid() bool { return limitNames[l] != "" }
