package pdf

import "strings"

// slotWords are the names of the forms' slots as clerks know them.
var slotWords = map[string]string{
	"addressee":     "宛名",
	"address":       "住所",
	"postcode":      "郵便番号",
	"issued":        "交付年月日",
	"issuer":        "交付者名",
	"insurer":       "保険者名",
	"insurernumber": "保険者番号",
	"number":        "記号・番号",
	"name":          "氏名",
	"reading":       "フリガナ",
	"until":         "有効期限",
	"since":         "資格取得年月日",
	"screen":        "②のことば",
	"code":          "手で入れるコード",
	"origin":        "発行者の注記",
	"serial":        "通し番号",
	"cutissuer":     "切り取り部分の交付者名",
	"cutnumber":     "切り取り部分の記号・番号",
	"cutname":       "切り取り部分の氏名",
	"remarks":       "備考",
	"birth":         "生年月日",
	"to":            "提出先",
}

// slotWord is what clerks call a slot: cards on one sheet have their number behind #, cells theirs before it.
func slotWord(slot string) string {
	name, _, _ := strings.Cut(slot, "#")
	if words, known := slotWords[strings.TrimRight(name, "123456")]; known {
		return words
	}
	return slot
}
