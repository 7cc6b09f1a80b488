package eligibility

import (
	"fmt"
	"strings"
	"testing"
)

// asked is a situation with what must be said about it. A word that begins with ! must not be said.
type asked struct {
	source, in string // where the expectation stands; the situation without its day
	day        string // "" for 2026-11-22
	best       MethodCode
	sure       Confidence // of the best, or of the answer that there is none
	accepted   string     // "*" for any
	words      []string   // in next, reason and reservation together
}

func ask(t *testing.T, cases []asked) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.source, func(t *testing.T) {
			if c.day == "" {
				c.day = "2026-11-22"
			}
			text := strings.TrimSuffix(fmt.Sprintf(`{"day":%q,%s`, c.day, c.in), ",") + "}"
			o, err := Methods(situation(t, text))
			if err != nil || o.Best != c.best || o.Confidence != c.sure ||
				c.accepted != "*" && accepted(o) != c.accepted {
				t.Errorf("%s: best %q %s, accepted %q (%v)", text, o.Best, o.Confidence, accepted(o), err)
			}
			said := o.Reason.Ja() + o.Next.Ja() + o.Reservation.Ja() + o.Source
			for _, w := range c.words {
				if w, no := strings.CutPrefix(w, "!"); strings.Contains(said, w) == no {
					t.Errorf("%s: %q (must not: %v) in %s", text, w, no, said)
				}
			}
		})
	}
}

// OQS answered, but with no eligibility that holds: 保発0710第1号, and what 日本歯科医師会 and 富士フイルム健保 say about it.
func TestWhatOQSAnsweredOpensTheDeclarationThoughTheCardReads(t *testing.T) {
	const reads = `"brings":["card"],"card":{"reads":true},"oqsAnswer":`
	ask(t, []asked{
		{"有効", reads + `"valid"`, "", "M1", Certain, "M1 M2 M3", nil},
		{"無効", reads + `"invalid"`, "", "A1", Likely, "A1", []string{"マイナポータルの画面", "資格証明書", "10割を求めない"}},
		{"無効（新しい資格あり）", reads + `"newExists"`, "", "A1", Likely, "A1", []string{"新しい保険の番号", "10割を求めない"}},
		{"該当資格なし", reads + `"none"`, "", "A1", Likely, "A1", []string{"10割を求めない", "申立書は出されたものとして"}},
		{"複数該当", reads + `"several"`, "", "A1", Likely, "A1", []string{"どの保険か", "枝番"}},
		{"有効（未登録）", reads + `"notRegistered"`, "", "A1", Likely, "A1", []string{"福祉事務所"}},
		{"マイナポータル's screen comes first",
			`"brings":["card","portalScreen","notice"],"card":{"reads":true},"oqsAnswer":"invalid"`,
			"", "P1", Certain, "P1 P3 N1 A1", nil},
		{"then the 資格証明書",
			`"brings":["card","eligibilityProof","notice"],"card":{"reads":true},"oqsAnswer":"invalid"`,
			"", "C1", Certain, "N1 C1 A1", []string{"年金事務所"}},
		{"then a paper of the new insurer, asked",
			`"brings":["card","certificate"],"card":{"reads":true},"oqsAnswer":"none"`,
			"", "C1", Likely, "C1 A1", []string{"返戻", "資格取得日"}},
		{"before 2026 the form was certain", reads + `"invalid"`, "2025-12-31", "A1", Certain, "A1", nil},
		{"without the form before 2023-07-10", reads + `"invalid"`, "2023-07-09", "", Certain, "",
			[]string{"10割を求めない"}},
		{"a phone does no better than the card",
			`"brings":["card","phone"],"card":{"reads":true},"facility":{"phoneReader":true},` +
				`"oqsAnswer":"invalid"`,
			"", "P3", Certain, "P3 A1", nil},
		{"the form says the share", reads + `"invalid","birthDate":"1955-07-01"`, "", "A1", Likely, "A1",
			[]string{"2割・3割"}},
		{"a phone that was read", `"brings":["phone"],"phone":{"tap":"works"},"oqsAnswer":"invalid"`, "",
			"P3", Certain, "P3", nil},
		{"nothing is shown, the number is 無効",
			`"brings":[],"lookupByNumber":"notFound","oqsAnswer":"invalid"`, "", "", Certain, "",
			[]string{"10割を求めない", "!いったん10割"}},
		{"a look-up by number says nothing about the card",
			`"brings":["card"],"lookupByNumber":"notFound","oqsAnswer":"none"`,
			"", "M1", Certain, "M1 M2 M3 A1", nil},
		{"the number's eligibility has ended",
			`"brings":["card"],"card":{"reads":false},"lookupByNumber":"found","oqsAnswer":"invalid"`,
			"", "A1", Likely, "A1", nil},
	})
}

// 保団連 2025-11-12 and the end of the interim measures on 2026-07-31: the facility's own number, at its
// judgement; a paper's number ended with the interim measures.
func TestWhoseNumberWasLookedUp(t *testing.T) {
	ask(t, []asked{
		{"own records", `"brings":[],"lookupByNumber":"found","lookupBy":"records"`, "", "L0", Likely, "L0",
			[]string{"医療機関の判断"}},
		{"own records, card unreadable",
			`"brings":["card"],"card":{"reads":false},"lookupByNumber":"found","lookupBy":"records"`,
			"", "L0", Likely, "L0 A1", []string{"医療機関の判断"}},
		{"a paper's, H0 over",
			`"brings":["oldCard"],"oldCardUntil":"2025-12-01","lookupByNumber":"found","lookupBy":"paper"`,
			"", "", Likely, "", []string{"2年以内"}},
		{"a paper's, N0 over", `"brings":["notice"],"lookupByNumber":"found","lookupBy":"paper"`, "", "",
			Likely, "", nil},
		{"a paper's, N0 running", `"brings":["notice"],"lookupByNumber":"found","lookupBy":"paper"`,
			"2026-07-31", "N0", Likely, "N0", nil},
		{"a paper's, H0 running",
			`"brings":["oldCard"],"oldCardUntil":"2025-12-01","lookupByNumber":"found","lookupBy":"paper"`,
			"2026-07-31", "H0", Certain, "H0", nil},
		{"nobody knows whose", `"brings":["notice"],"lookupByNumber":"found"`, "", "L0", Likely, "L0",
			[]string{"自院の記録の番号であることを確かめ"}},
		{"the card reads: nobody is led off the reader",
			`"brings":["card"],"card":{"reads":true},"lookupByNumber":"found","lookupBy":"records"`,
			"", "M1", Certain, "M1 M2 M3", nil},
		{"home visit: the law's way before it",
			`"brings":[],"facility":{"homeVisit":true},"firstVisitByHomeConsent":true,` +
				`"lookupByNumber":"found","lookupBy":"records"`, "", "R1", Certain, "L0 R1", nil},
		{"in an outage the list before the declaration (保発0710第1号)",
			`"brings":["card"],"facility":{"networkDown":true}`, "", "L1", Likely, "A1 L1",
			[]string{"障害リスト", "緊急時医療情報・資格確認機能"}},
		{"several, by a look-up: ask which",
			`"brings":["card"],"card":{"reads":false},"lookupBy":"records","oqsAnswer":"several"`, "", "A1",
			Likely, "A1",
			[]string{"どの保険か", "枝番"}},
		{"a paper whose look-up says that there is a new eligibility",
			`"brings":["certificate"],"certificateUntil":"2027-11-30","lookupBy":"paper",` +
				`"oqsAnswer":"newExists"`,
			"", "C1", Likely, "C1", []string{"新しい保険の番号"}},
		{"no look-up answers in an outage",
			`"brings":[],"facility":{"networkDown":true},"lookupByNumber":"found","lookupBy":"records"`,
			"", "", Likely, "", []string{"障害リスト"}},
	})
}

// 特別療養費: 国民健康保険法 54条の3; pages of Chikushino, Yoshimi, Izunokuni and Nomi.
func TestTenTenthsOnlyWhereTheLawSaysSo(t *testing.T) {
	const paper = `"brings":["certificate"],"certificateUntil":"2027-07-31","paperSpecial":"medicalExpense",`
	ask(t, []asked{
		{"国保", paper + `"birthDate":"1980-02-17","insurerNumber":"138990"`, "", "C1", Certain, "C1",
			[]string{"10割", "滞納", "54条の3", "払い戻"}},
		{"by card, too",
			`"brings":["card"],"card":{"reads":true},"paperSpecial":"medicalExpense",` +
				`"birthDate":"1980-02-17"`, "", "M1",
			Certain, "*", []string{"10割"}},
		{"後期: likely", paper + `"birthDate":"1944-02-29","insurerNumber":"39139993"`, "", "C1", Likely, "C1",
			[]string{"10割"}},
		{"a child on the first March 31st after 18", paper +
			`"birthDate":"2009-02-17","insurerNumber":"138990"`, "2027-03-31", "C1",
			Certain, "C1", []string{"ふだんの負担割合", "!お支払いいただき"}},
		{"the day after", paper + `"birthDate":"2009-02-17","insurerNumber":"138990"`, "2027-04-01", "C1",
			Certain, "C1",
			[]string{"お支払いいただき"}},
		{"18 on April 2nd: a year later", paper + `"birthDate":"2009-04-02","insurerNumber":"138990"`,
			"2027-04-02", "C1", Certain, "C1",
			[]string{"!お支払いいただき"}},
		{"perhaps a child", paper + `"birthDate":"2009","insurerNumber":"138990"`, "2027-04-10", "C1", Likely,
			"C1", []string{"確かめて"}},
		{"nothing known of the age", paper, "", "C1", Certain, "C1", []string{"10割", "18歳"}},
		{"the notice", `"brings":["card","notice"],"card":{"reads":false},"paperSpecial":"medicalExpense"`,
			"", "N1", Certain, "*",
			[]string{"10割"}},
	})
}

// 協会けんぽ 沖縄 2025-02-14 (返戻), 2025-07-16 and Marugame (revoked cards), 高齢者医療確保法 50条: papers that are taken with
// the reservation said, or asked about.
func TestPapersThatAreNotCertainSaySo(t *testing.T) {
	const no = `"brings":["card","notice"],"card":{"reads":false`
	ask(t, []asked{
		{"in order", no + `}`, "", "N1", Certain, "N1 A1", nil},
		{"the look-up found nothing", no + `},"lookupByNumber":"notFound"`, "", "N1", Likely, "N1 A1",
			[]string{"返戻"}},
		{"certificate beside a look-up that found nothing",
			`"brings":["certificate"],"lookupByNumber":"notFound"`, "", "C1", Likely, "C1",
			[]string{"返戻"}},
		{"revoked", no + `,"certificate":"revoked"}`, "", "N1", Likely, "N1 A1", []string{"資格確認書が届いていないか"}},
		{"long ended", no + `},"certificateEnds":"2026-05-15"`, "", "N1", Likely, "N1 A1",
			[]string{"資格確認書が届いていないか"}},
		{"never registered", no + `,"registered":false}`, "", "N1", Likely, "N1 A1", []string{"登録のない人"}},
		{"in the grace", no + `},"certificateEnds":"2026-10-15"`, "", "N1", Certain, "N1 A1", nil},
		{"perhaps 75", no + `},"birthDate":"1951","insurerNumber":"138990"`, "", "N1", Likely, "N1 A1",
			[]string{"75歳"}},
		{"perhaps 75, insurer not typed", `"brings":["certificate"],"birthDate":"1951-11"`, "", "C1", Likely,
			"C1", []string{"75歳", "39"}},
		{"perhaps 65 with 後期's", `"brings":["certificate"],"birthDate":"1961","insurerNumber":"39139993"`, "",
			"C1", Likely, "C1",
			[]string{"65歳"}},
		{"after a change of job", `"brings":["certificate"],"cause":"jobChange"`, "", "C1", Likely, "C1",
			[]string{"資格取得日"}},
		{"a certain paper goes before an uncertain one",
			`"brings":["card","portalPdf","certificate"],"card":{"reads":false,"certificate":"expired"}`,
			"", "C1", Certain, "P2 C1 A1", nil},
		{"PDF from before August 1st at 71",
			`"brings":["card","portalPdf"],"card":{"reads":false},"birthDate":"1955-07-01",` +
				`"pdfSavedOn":"2026-07-31"`,
			"", "P2", Likely, "P2 A1", []string{"負担割合"}},
		{"PDF from after August 1st",
			`"brings":["card","portalPdf"],"card":{"reads":false},"birthDate":"1955-07-01",` +
				`"pdfSavedOn":"2026-08-01"`,
			"", "P2", Certain, "P2 A1", nil},
		{"a notice's printed end", no + `},"noticeUntil":"2026-11-21"`, "", "A1", Likely, "A1", nil},
		{"its last day", no + `},"noticeUntil":"2026-11-22"`, "", "N1", Certain, "N1 A1", nil},
	})
}

// What cannot be is said. 資格確認書: five years at most (対比表); 資格証明書: 20 days (健保則 50条の2).
func TestImpossibleThingsAreSaid(t *testing.T) {
	ask(t, []asked{
		{"a certificate for five years", `"brings":["certificate"],"certificateUntil":"2031-11-22"`, "", "C1",
			Certain, "C1", nil},
		{"for more", `"brings":["certificate"],"certificateUntil":"2031-11-23"`, "", "", Certain, "",
			[]string{"5年", "読みちがえ"}},
		{"a 資格証明書 on its last day", `"brings":["eligibilityProof"],"eligibilityProofUntil":"2026-11-22"`, "",
			"C1", Certain, "C1", nil},
		{"the day after", `"brings":["eligibilityProof"],"eligibilityProofUntil":"2026-11-21"`, "", "",
			Likely, "", nil},
		{"of 20 days", `"brings":["eligibilityProof"],"eligibilityProofUntil":"2026-12-12"`, "", "C1",
			Certain, "C1", nil},
		{"of more", `"brings":["eligibilityProof"],"eligibilityProofUntil":"2026-12-13"`, "", "", Certain, "",
			[]string{"20日"}},
		{"a 資格証明書 at 75", `"brings":["eligibilityProof"],"birthDate":"1951-11-22"`, "", "", Certain, "", nil},
		{"a 資格証明書 with another insurer's number", `"brings":["eligibilityProof"],"insurerNumber":"06139992"`,
			"", "C1", Likely, "C1", nil},
		{"an ordinary insurer at 75",
			`"brings":["certificate"],"birthDate":"1951-11-22","insurerNumber":"138990"`, "", "", Certain, "",
			[]string{"後期高齢者医療", "50条・第52条"}},
		{"医療扶助 as an insurer", `"brings":["certificate"],"insurerNumber":"12130001"`, "", "", Certain, "",
			[]string{"福祉事務所", "医療券"}},
	})
	for _, c := range []struct {
		number string
		hint   bool
	}{
		{"33999996", true},
		{"06139992", false},
		{"138990", false},
		{"", false},
	} {
		t.Run(c.number, func(t *testing.T) {
			s := Situation{Day: day("2026-11-22")}
			s.Insurer, _ = ParseInsurerNumber(c.number)
			if o, err := Methods(s); err != nil || (len(o.Hints) > 0) != c.hint {
				t.Errorf("%v %v", o.Hints, err)
			}
		})
	}
}

// 福岡市, 呉市 (医療扶助), Miyawaka, gunmakokuho, Kosai, JFE健保, Sagae (causes), ijnethp (the app): 医療扶助, 労災, 第三者行為,
// 公費, 国外, 出生, 災害, 特定在留カード, phones that were tried.
func TestEachCauseHasItsAnswer(t *testing.T) {
	ask(t, []asked{
		{"a medical ticket", `"brings":["medicalTicket"]`, "", "T1", Certain, "T1", []string{"3割を求めない",
			"福祉事務所"}},
		{"医療扶助 with the card alone", `"brings":["card"],"card":{"reads":true},"medicalAssistance":true`, "",
			"M1", Likely, "M1 M2 M3",
			[]string{"福祉事務所", "3割を求めない"}},
		{"医療扶助 with nothing", `"brings":[],"medicalAssistance":true`, "", "", Certain, "", []string{"福祉事務所",
			"3割も10割も"}},
		{"an insurance besides",
			`"brings":["certificate"],"medicalAssistance":true,"insurerNumber":"06139992"`, "", "C1", Likely,
			"C1",
			[]string{"医療券"}},
		{"労災", `"brings":["card"],"card":{"reads":true},"cause":"workInjury"`, "", "", Likely, "",
			[]string{"労災"}},
		{"第三者行為", `"brings":["card"],"card":{"reads":true},"cause":"thirdParty"`, "", "M1", Certain,
			"M1 M2 M3", []string{"届け出", "推定"}},
		{"a card kept abroad", `"brings":["card"],"card":{"reads":true},"cause":"abroad"`, "", "M1", Certain,
			"M1 M2 M3", []string{"継続"}},
		{"a newborn", `"brings":[],"cause":"newborn"`, "", "", Likely, "", []string{"親の保険者", "仮申請", "保留",
			"!10割"}},
		{"任意継続", `"brings":["card"],"card":{"reads":true},"cause":"continued"`, "", "M1", Certain, "M1 M2 M3",
			[]string{"任意継続"}},
		{"illness", `"brings":["card"],"card":{"reads":true},"cause":"illness"`, "", "M1", Certain,
			"M1 M2 M3", nil},
		{"公費 alone confirms no insurance", `"brings":["publicExpense"]`, "", "", Likely, "", []string{"PMH"}},
		{"a disaster's notice", `"brings":[],"disaster":{"area":"架空県","notice":"架空の豪雨に係る取扱い"}`, "", "D0",
			Likely, "D0",
			[]string{"氏名・生年月日", "架空の豪雨に係る取扱い"}},
		{"without its title", `"brings":[],"disaster":{"area":"架空県"}`, "", "", Likely, "", nil},
		{"without its area", `"brings":[],"disaster":{"notice":"架空の豪雨に係る取扱い"}`, "", "", Likely, "", nil},
		{"with an empty area", `"brings":[],"disaster":{"area":" ","notice":"架空の豪雨に係る取扱い"}`, "", "", Likely,
			"", nil},
		{"a card of a resident from abroad", `"brings":["card"],"card":{"kind":"residence","reads":true}`, "",
			"M1", Certain, "M1 M2 M3", nil},
		{"its chip with our screen",
			`"brings":["card","insurerScreen"],"card":{"kind":"residence","reads":false}`, "", "N1e",
			Unverified,
			"N1e A1", []string{"この種類のカードではまだ確かめられていません", "別人とは限りません"}},
		{"the phone failed", `"brings":["phone"],"facility":{"phoneReader":true},"phone":{"tap":"failed"}`,
			"", "P3", Certain, "P3", nil},
		{"a tap implies the phone", `"phone":{"os":"android","tap":"failed"}`, "", "P3", Certain, "P3", nil},
		{"the phone worked", `"brings":["phone"],"phone":{"os":"ios","tap":"works"}`, "", "S2", Certain, "S2",
			nil},
		{"phones in the app", `"brings":["phone"],"facility":{"kind":"limited"},"phone":{"os":"ios"}`, "",
			"S2", Unverified, "*", nil},
	})
}
