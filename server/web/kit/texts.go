package kit

import (
	"strings"
	"sync"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// SharesText says a share as papers do (2割), or which are possible where income decides.
func SharesText(percents []int) string {
	if len(percents) == 1 && percents[0] >= 0 && percents[0] <= 100 {
		return shareTexts()[percents[0]] // nearly always
	}
	return sharesText(percents)
}

// shareTexts are ShareText in Japanese of each percent: every screen says one.
var shareTexts = sync.OnceValue(func() (all [101]string) {
	for p := range all {
		all[p] = ShareText("ja", p)
	}
	return all
})

func sharesText(percents []int) string {
	var each []string
	for _, p := range percents {
		each = append(each, ShareText("ja", p))
	}
	if len(each) > 1 {
		or := message.New("screen.share.or", nil).Text("ja")
		shares := message.Args{"shares": message.Text(strings.Join(each, or))}
		return message.New("screen.share.by_income", shares).Text("ja")
	}
	return strings.Join(each, "")
}

// ShareText is a share in percent as a language writes it: 2割 in Japanese, 20% in others.
func ShareText(lang string, percent int) string {
	tenths := message.Args{"n": message.Number(percent / 10)}
	return message.New("screen.share.tenths", tenths).Text(lang)
}

// PostCode writes a 郵便番号 as envelopes have it, whatever was imported.
func PostCode(code string) string {
	code, _ = eligibility.PostCode(code)
	return code
}
