package demo

import (
	"fmt"
	"strconv"
	"strings"

	"madoguchi/eligibility"
)

// Stranger is a fictional person of a crowd: the same number is the same person at each start. Whoever puts
// a crowd into the register of a demo (madoguchi load) can sign in as each of them.
type Stranger struct {
	N          int // 1 to MaxStranger
	Name, Kana string
	Born       eligibility.Date
}

// MaxStranger is the last number of a stranger: 番号 has eight digits.
const MaxStranger = 99_999_999

const strangerPrefix = "demo-stranger-"

var (
	strangerFamilies = strings.Fields("仮山 仮川 仮田 見本 例題 練習 試験 検査")
	strangerReadings = strings.Fields("カリヤマ カリカワ カリタ ミホン レイダイ レンシュウ シケン ケンサ")
	strangerGiven    = strings.Fields("一郎 二郎 三郎 花子 月子 雪子 春夫 秋子 夏実 冬美")
	strangerSpoken   = strings.Fields("イチロウ ジロウ サブロウ ハナコ ツキコ ユキコ ハルオ アキコ ナツミ フユミ")
	// few, so that a load needs few virtual cards; of people between 18 and 69, whose share no income decides
	strangerBirths = []eligibility.Date{
		eligibility.MustDate("1961-03-14"),
		eligibility.MustDate("1968-12-01"),
		eligibility.MustDate("1974-08-30"),
		eligibility.MustDate("1989-01-08"),
		eligibility.MustDate("1995-06-21"),
		eligibility.MustDate("2003-10-05"),
	}
)

// NewStranger is the person of a number.
func NewStranger(n int) Stranger {
	family, given := n%len(strangerFamilies), n/len(strangerFamilies)%len(strangerGiven)
	return Stranger{
		N:    n,
		Name: strangerFamilies[family] + "　" + strangerGiven[given],
		Kana: strangerReadings[family] + " " + strangerSpoken[given],
		Born: strangerBirths[n%len(strangerBirths)],
	}
}

// Births are the birth dates that strangers have.
func Births() []eligibility.Date { return append([]eligibility.Date{}, strangerBirths...) }

// Subject is by whom a stranger signs in at the demo's provider.
func (s Stranger) Subject() string { return fmt.Sprintf("%s%d", strangerPrefix, s.N) }

// Number is the stranger's 番号, eight digits.
func (s Stranger) Number() string { return fmt.Sprintf("%08d", s.N) }

// strangerOf is whom a subject names; false for any other.
func strangerOf(subject string) (Stranger, bool) {
	text, ok := strings.CutPrefix(subject, strangerPrefix)
	n, err := strconv.Atoi(text)
	if !ok || err != nil || n < 1 || n > MaxStranger || strconv.Itoa(n) != text {
		return Stranger{}, false
	}
	return NewStranger(n), true
}
