package eligibility

import (
	"fmt"
	"io"
	"strings"
)

// field is one member of a situation's JSON as the manual tells it.
type field struct {
	path   string
	values string // "true|false", "date", "text", or the words, parted by |
	means  string
}

// situationFields is the manual of the JSON that `server methods` reads: every field with every value.
var situationFields = [...]field{
	{"day", "date", "the day of care; the only compulsory field"},
	{"birthDate", "date", "生年月日; 1980 or 1980-02 where the rest is unknown"},
	{"insurerNumber", "text", "保険者番号 on the papers or the screen, 6 or 8 digits"},
	{
		"brings",
		oneOf(AllItems[:]),
		"what the patient shows, as a full list: [] is nothing. card: マイナンバーカード; phone; " +
			"portalScreen, portalPdf, portalScreenshot: マイナポータル's own screen, its PDF, a picture of it; " +
			"insurerScreen, insurerPdf: the insurer's electronic notice; notice: 資格情報のお知らせ; " +
			"certificate: 資格確認書; oldCard: 健康保険証; eligibilityProof: 健康保険被保険者資格証明書; " +
			"medicalTicket: 医療券・調剤券; publicExpense: 公費の受給者証",
	},
	{"card.present", "true|false", "wins over brings; a disagreement with it is an error"},
	{"card.kind", "ordinary|residence", "residence: 特定在留カード・特定特別永住者証明書 (from 2026-06-14)"},
	{"card.state", "ok|lost|renewing|expired", "of the card itself; follows from cardEnds"},
	{"card.reads", "true|false", "whether the official reader reads it; false: it was tried and failed"},
	{
		"card.certificate",
		"valid|grace|expired|revoked",
		"利用者証明用電子証明書; follows from certificateEnds, but for revoked (失効)",
	},
	{"card.pinless", "true|false", "顔認証マイナンバーカード"},
	{"card.photo", "true|false", "false: a baby's card"},
	{"card.pin", "known|forgotten|locked", "暗証番号, four digits"},
	{"card.face", "works|failed", "顔認証 on the reader"},
	{"card.registered", "true|false", "健康保険証利用登録"},
	{
		"certificateEnds",
		"date",
		"last day of the 電子証明書: valid to it, grace to the end of the third month after its month, " +
			"then expired; another card.certificate is an error",
	},
	{
		"cardEnds",
		"date",
		"last day of the card itself: ok to it, then expired; another card.state is an error",
	},
	{"certificateUntil", "date", "last day printed on the 資格確認書"},
	{"oldCardUntil", "date", "last day printed on the 健康保険証"},
	{"eligibilityProofUntil", "date", "last day printed on the 健康保険被保険者資格証明書 (20 days at most)"},
	{"noticeUntil", "date", "last day printed on the 資格情報のお知らせ; most have none"},
	{"pdfSavedOn", "date", "the day on which the PDF was saved"},
	{"paperSpecial", "medicalExpense", "the paper says 特別療養: 10割 at the counter"},
	{"facility.reader", "true|false", "an official card reader stands here"},
	{"facility.phoneReader", "true|false", "with the part that reads phones"},
	{"facility.kind", "ordinary|exempt|limited", "exempt: may bill on paper; limited: 資格確認限定型 (マイナ資格確認アプリ)"},
	{"facility.networkDown", "true|false", "オンライン資格確認 or the line is down; no look-up answers then"},
	{"facility.homeVisit", "true|false", "訪問診療, car park, separate route"},
	{"lookupByNumber", "found|notFound|notTried", "whether OQS answered for a number with an eligibility"},
	{
		"lookupBy",
		"records|paper",
		"whose number was looked up: the facility's own record's, or a brought paper's",
	},
	{"oqsAnswer", oneOf(AllOQSAnswers[:]), "what OQS answered, card read or number looked up: " +
		"有効, 無効, 無効（新しい資格あり）, 該当資格なし, 複数該当, 有効（未登録）"},
	{"phone.os", "android|ios|unknown", "the phone's system"},
	{"phone.tap", "works|failed", "what came of holding the phone to the reader; it implies a phone"},
	{
		"disaster.area",
		"text",
		"where a ministry's notice for victims holds, as this facility has switched it on",
	},
	{"disaster.notice", "text", "the notice's title; D0 needs both"},
	{"emergency", "true|false", "緊急やむを得ない場合, eligibility evident"},
	{"firstVisitByHomeConsent", "true|false", "居宅同意取得型 consent at the first visit"},
	{"medicalAssistance", "true|false", "生活保護の医療扶助, perhaps beside an insurance"},
	{"cause", "illness|workInjury|thirdParty|abroad|newborn|jobChange|continued",
		"why the patient comes or what changed: 労災, 第三者行為, 海外, 出生, 転職・退職, 任意継続"},
}

func oneOf[T ~string](all []T) string {
	var words []string
	for _, w := range all {
		words = append(words, string(w))
	}
	return strings.Join(words, "|")
}

// SituationManual is the manual of a situation's JSON as plain text, a line a field.
func SituationManual() string {
	var b strings.Builder
	b.WriteString(
		"One situation (an object) or an array of them. Every field may be left out: unknown is never " +
			"false. Unknown fields, fields twice, wrong types, impossible dates and contradictions are " +
			"errors that name the field.\n\n",
	)
	for _, f := range situationFields {
		fmt.Fprintf(&b, "%s  (%s)  %s\n\n", f.path, f.values, f.means)
	}
	b.WriteString(
		"The answer holds best (null where nothing is accepted) with next, bringNext, reason, source, " +
			"confidence (certain|likely|unverified) and reservation, then every method of the table with " +
			"the same, provisional (shares in percent for a declaration), hints, checkedUntil and readOn " +
			"(how far the rules are known). en holds the same texts in English, messages their keys and " +
			"arguments.",
	)
	return b.String()
}

// WriteManual writes the manual as Markdown: docs/methods.md is this text.
func WriteManual(w io.Writer) error {
	var b strings.Builder
	b.WriteString(`# The JSON of ` + "`methods`" + `

This page is made from ` + "`eligibility/manual.go`" + `: ` +
		"`go run ./server rules --json > docs/methods.md`" + `.

` + "`madoguchi methods --json FILE|-`" +
		` reads one situation (an object) or an array of them and answers in the same shape.
Exit codes: 0 answered; 2 bad input, with the reason on standard error and nothing on standard output.

Every field may be left out: **unknown is never false**. Unknown fields, fields that stand twice, wrong
types, impossible dates and contradictions are errors that name the field.

|Field|Values|Meaning|
|---|---|---|
`)
	for _, f := range situationFields {
		values := strings.ReplaceAll(f.values, "|", " \\| ")
		fmt.Fprintf(&b, "|`%s`|%s|%s|\n", f.path, values, f.means)
	}
	b.WriteString(`
## The answer

|Field|Meaning|
|---|---|
|` + "`best`" + `|the code of the best way, null where nothing can be accepted|
|` + "`next`, `bringNext`" + `|what staff do now; what the patient should bring next time|
|` + "`reason`, `source`, `sourceUrl`, `confidence`, `reservation`" +
		`|of the best way, or of the answer that there is none|
|` + "`methods`" +
		`|every way of [rules.md](rules.md): code, name, accepted, reason, next, bringNext, askFor, ` +
		`medicalInformation, limit (yes, no, onPaper), source, sourceUrl, ` +
		`confidence (certain, likely, unverified), reservation|
|` + "`provisional`" + `|shares in percent that a declaration may be billed with, as ` + "`share`" +
		` says; 100 for 特別療養費, none for 医療扶助 and 労災|
|` + "`hints`" + `|what looks odd though it refuses nothing|
|` + "`checkedUntil`, `readOn`" +
		`|changes of the rules are known up to here; the day on which they were read|
|` + "`en`" +
		`|the texts above in English, of the answer and of every way: name, next, bringNext, reason, ` +
		`askFor, reservation, hints|
|` + "`messages`" + `|the same texts as lists of messages, each with ` +
		"`key` and, where it has values, `args`" + `|

A key names an entry of ` + "`message/catalogue`" + ` and stays when the wording changes. In
` + "`messages.next`" + ` the entry's next step is meant, or its sentence where the entry is itself a step;
everywhere else its sentence. An argument is a text, or a value that Japanese writes in its own way:
` + "`{\"ja\":\"2割・3割\",\"en\":\"20%, 30%\"}`" + `. ` + "`share` and `insurer`" + ` have ` +
		"`en` and `messages`" + ` too
where they say something; there a message is its sentence with its next step.
`)
	_, err := io.WriteString(w, b.String())
	return err
}
