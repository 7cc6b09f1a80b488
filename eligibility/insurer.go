package eligibility

import (
	"strconv"
	"strings"

	"madoguchi/message"
)

// InsurerNumber is a 保険者番号 as eight digits; 国民健康保険's six digits are padded with zeros on the left, as OQS and
// FHIR JP Core do. Paper shows it as printed.
type InsurerNumber string

// ErrInsurerNumber is returned for a number that no insurer can have.
var ErrInsurerNumber = &Error{Code: Invalid, Key: "insurer.number"}

// ParseInsurerNumber reads 6 or 8 digits (half or full width, blanks and hyphens ignored) and verifies
// the check digit (docs/facts/insurer-numbers.md#check-digit). It returns ErrInsurerNumber when the
// length or the check digit is wrong.
func ParseInsurerNumber(s string) (InsurerNumber, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case r == ' ' || r == '　' || r == '-' || r == '－' || r == '\t':
		default:
			return "", ErrInsurerNumber
		}
	}
	n := b.String()
	if len(n) == 6 {
		n = "00" + n
	}
	if len(n) != 8 || n == "00000000" || checkDigit(n[:7]) != n[7] {
		return "", ErrInsurerNumber
	}
	return InsurerNumber(n), nil
}

// checkDigit is the 検証番号 of a body of digits: weights 2, 1, 2, 1 … from the right, two-digit products
// counted as their digit sum, then 10 less the last digit of the total
// (docs/facts/insurer-numbers.md#check-digit). Leading zeros do not change it.
func checkDigit(body string) byte {
	t := 0
	for i := range body {
		p := int(body[len(body)-1-i]-'0') * (2 - i%2)
		t += p/10 + p%10
	}
	return byte('0' + (10-t%10)%10)
}

// Paper returns the number as papers print it: six digits for 国民健康保険, eight otherwise.
func (n InsurerNumber) Paper() string { return strings.TrimPrefix(string(n), "00") }

// The systems by 法別番号 (docs/facts/insurer-numbers.md#system-numbers); 国民健康保険 has none and is padded with 00.
var systems = map[string]struct {
	kind   string
	scheme scheme
}{
	"00": {"国民健康保険", residents},
	"01": {"全国健康保険協会（協会けんぽ）", employees},
	"02": {"船員保険", employees},
	"03": {"日雇特例被保険者の保険（一般）", employees},
	"04": {"日雇特例被保険者の保険（特別）", employees},
	"06": {"組合管掌健康保険", employees},
	"07": {"自衛官等の療養の給付", employees},
	"12": {"生活保護の医療扶助（公費）", 0},
	"31": {"国家公務員共済組合", employees},
	"32": {"地方公務員等共済組合", employees},
	"33": {"警察共済組合", employees},
	"34": {"公立学校共済組合・日本私立学校振興・共済事業団", employees},
	"39": {"後期高齢者医療", elderly},
	"63": {"特定健康保険組合（特例退職）", employees},
	"67": {"国民健康保険（退職者医療）", residents},
	"72": {"国家公務員特定共済組合（特例退職）", employees},
	"73": {"地方公務員等特定共済組合（特例退職）", employees},
	"74": {"警察特定共済組合（特例退職）", employees},
	"75": {"公立学校・私立学校特定共済組合（特例退職）", employees},
}

// Kind returns the system that the number belongs to (国民健康保険, 後期高齢者医療 …), "" for a 法別番号 that no system has.
func (n InsurerNumber) Kind() string {
	if len(n) != 8 {
		return ""
	}
	return systems[string(n[:2])].kind
}

// System returns the 法別番号, the first two digits; "" for a number that no system has.
func (n InsurerNumber) System() string {
	if n.Kind() == "" {
		return ""
	}
	return string(n[:2])
}

// PublicExpense reports whether the number is of 生活保護の医療扶助 (法別番号 12), which is no insurance.
func (n InsurerNumber) PublicExpense() bool { return len(n) == 8 && n[:2] == "12" }

// MayBeAssociation reports whether a 国民健康保険 number is of the range given to 国民健康保険組合: third digit 3
// (docs/facts/insurer-numbers.md#structure).
func (n InsurerNumber) MayBeAssociation() bool { return len(n) == 8 && n[:2] == "00" && n[4] == '3' }

// schemeOf returns the calendar that an insurer follows; everyone when it is unknown.
func schemeOf(n InsurerNumber) scheme {
	if len(n) == 8 {
		if s := systems[string(n[:2])]; s.scheme != 0 {
			return s.scheme
		}
	}
	return everyone
}

var prefectures = [...]string{"", "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県",
	"埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県",
	"愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県",
	"山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県"}

// PrefectureHint says that the number's prefecture does not exist (JIS X 0401 ends at 47); odd is false where
// it does.
// Such a number may have been misread; it is no error, since the check digit holds and no register of
// insurers is asked.
func (n InsurerNumber) PrefectureHint() (hint message.Message, odd bool) {
	if len(n) != 8 || n.Prefecture() != "" {
		return message.Message{}, false
	}
	return message.New("hint.prefecture", message.Args{"code": message.Text(string(n[2:4]))}), true
}

// Prefecture returns the insurer's prefecture (JIS X 0401), "" for a code that is none.
func (n InsurerNumber) Prefecture() string {
	if len(n) != 8 {
		return ""
	}
	code, err := strconv.Atoi(string(n[2:4]))
	if err != nil || code >= len(prefectures) {
		return ""
	}
	return prefectures[code]
}
