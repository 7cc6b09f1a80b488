package insuredcsv

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Column is a known column by its usual heading.
type Column string

const (
	colInsurer     Column = "保険者番号"
	colSymbol      Column = "記号"
	colNumber      Column = "番号"
	colBranch      Column = "枝番"
	colName        Column = "氏名"
	colKana        Column = "氏名カナ"
	colBirth       Column = "生年月日"
	colSex         Column = "性別"
	colRelation    Column = "本人家族区分"
	colQualified   Column = "資格取得年月日"
	colCoverage    Column = "適用開始年月日"
	colLost        Column = "資格喪失年月日"
	colShare       Column = "負担割合"
	colValidFrom   Column = "発効期日"
	colValidUntil  Column = "有効期限"
	colLimit       Column = "限度額適用区分"
	colPostCode    Column = "郵便番号"
	colAddress     Column = "住所"
	colMailCode    Column = "送付先郵便番号"
	colMail        Column = "送付先住所"
	colSubscriber  Column = "被保険者氏名"
	colAlias       Column = "通称名"
	colAliasKana   Column = "通称名カナ"
	colHousehold   Column = "世帯番号"
	colEmployer    Column = "事業所名"
	colRegistered  Column = "マイナ保険証登録"
	colCertificate Column = "電子証明書有効期限"
	colFrequentUse Column = "マイナ保険証利用実績" // 有: used as often as the 広域連合's own rule asks
	colNeedsCare   Column = "要配慮"
	colWithheld    Column = "不開示"
	colIssued      Column = "交付年月日"
	colInsurerName Column = "保険者名称" // known, and not needed: the insurer's own settings say it
	maxColumns            = 500
)

// synonyms maps headings, normalised, to columns. Each column's own heading is one.
var synonyms = func() map[string]Column {
	table := map[string]Column{}
	for column, others := range map[Column]string{
		colInsurer:     "保険者No 保険者コード",
		colSymbol:      "被保険者証記号 被保険者証等記号 保険証記号 被保険者記号 証記号",
		colNumber:      "被保険者番号 被保険者証番号 被保険者証等番号 保険証番号 証番号",
		colBranch:      "枝番号 被保険者証枝番 被保険者証等枝番 証枝番",
		colName:        "名前 漢字氏名 氏名漢字 加入者氏名 加入者名 対象者氏名",
		colKana:        "カナ氏名 フリガナ ふりがな 氏名フリガナ 氏名ふりがな カナ 氏名かな シメイ 氏名(カナ)",
		colBirth:       "誕生日 生年月日(和暦) 生年月日(西暦)",
		colSex:         "男女 性別コード",
		colRelation:    "本人・家族の別 本人家族の別 本人・家族区分 本人家族 本家区分",
		colQualified:   "資格取得日 取得年月日 認定年月日",
		colCoverage:    "適用開始日",
		colLost:        "資格喪失日 喪失年月日 喪失日",
		colShare:       "一部負担金割合 一部負担金の割合 負担割 割合 給付割合区分",
		colValidFrom:   "発効年月日 有効開始年月日 有効開始日 発効日",
		colValidUntil:  "有効年月日 有効終了年月日 有効終了日 有効期間終了日",
		colLimit:       "適用区分 限度額区分 限度額適用認定証区分",
		colPostCode:    "〒 郵便",
		colAddress:     "現住所 住所1",
		colMailCode:    "送付先〒 送付郵便番号",
		colMail:        "送付先 送付住所 別送付先",
		colSubscriber:  "被保険者名 世帯主氏名 組合員氏名 本人氏名",
		colAlias:       "通称 通称氏名",
		colAliasKana:   "通称カナ 通称名フリガナ 通称フリガナ",
		colHousehold:   "世帯コード 世帯No",
		colEmployer:    "事業所 事業所名称 会社名 勤務先",
		colRegistered:  "利用登録 保険証利用登録 マイナ保険証 マイナ保険証利用登録 マイナンバーカード保険証登録 個人番号カード保険証登録",
		colCertificate: "電子証明書の有効期限 証明書有効期限 利用者証明用電子証明書有効期限",
		colFrequentUse: "マイナ保険証利用 利用実績",
		colNeedsCare:   "要配慮者 要配慮フラグ",
		colWithheld:    "不開示フラグ 不開示該当 自己情報不開示",
		colIssued:      "交付日 交付年月日(和暦) 発行年月日",
		colInsurerName: "保険者名",
	} {
		table[normalHeading(string(column))] = column
		for _, other := range strings.Fields(others) {
			table[normalHeading(other)] = column
		}
	}
	for _, own := range errorColumns { // a mended error file comes back as it went out
		table[normalHeading(own)] = LeftOut
	}
	return table
}()

// normalHeading makes headings comparable: NFKC, no blanks, one form of dots and brackets, small letters.
func normalHeading(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\r', '\ufeff', '・', '_', '-', '"', '\'', '　', '※', '*', '＊':
			return -1
		}
		return r
	}, norm.NFKC.String(strings.ReplaceAll(s, "･", "・"))))
}

// forbiddenHeading reports whether a heading announces the 12-digit number. マイナ保険証登録 and the like do not.
func forbiddenHeading(s string) bool {
	h := normalHeading(s)
	// the card is not the number; 番号法 2条7項 calls it 個人番号カード
	for _, card := range []string{"マイナンバーカード", "個人番号カード", "mynumbercard"} {
		h = strings.ReplaceAll(h, card, "")
	}
	for _, bad := range []string{"個人番号", "マイナンバー", "mynumber"} {
		if strings.Contains(h, bad) {
			return true
		}
	}
	return false
}
