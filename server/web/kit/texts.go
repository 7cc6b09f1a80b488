package kit

import (
	"strconv"
	"strings"

	"madoguchi/eligibility"
)

// SharesText says a share as papers do (2割), or which are possible where income decides.
func SharesText(percents []int) string {
	var each []string
	for _, p := range percents {
		each = append(each, strconv.Itoa(p/10)+"割")
	}
	if len(each) > 1 {
		return strings.Join(each, "か") + "（所得で決まります）"
	}
	return strings.Join(each, "")
}

// PostCode writes a 郵便番号 as envelopes have it, whatever was imported.
func PostCode(code string) string {
	code, _ = eligibility.PostCode(code)
	return code
}
