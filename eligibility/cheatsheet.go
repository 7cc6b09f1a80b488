package eligibility

import "strings"

// SheetRow is one line of the reception's sheet: what the patient brings, and the answer on the day.
type SheetRow struct {
	Brings  string
	Code    MethodCode // "" when nothing can be accepted
	Answer  string     // the method's name, or 「これだけでは受け付けられません」
	Next    string     // ※ in it stands for SheetMark
	Sure    Confidence
	Changed bool // the answer differs from the one a month before
}

// ReceptionSheet is the whole sheet.
type ReceptionSheet struct {
	Day   Date
	UseBy Date // the last day on which the sheet may hang: a month, or the day before a rule changes
	Rows  []SheetRow
}

// SheetMark is what ※ stands for in the rows: the comparison that every paper shown with the card needs.
const SheetMark = "※ " + askPhoto

// sheetCases are the patients that a reception meets, in their usual order.
var sheetCases = [...]struct {
	brings string
	s      Situation
	by     MethodCode // the one method that this row is about; "" for the first accepted
}{
	{"カード（読み取れる）", Situation{Card: CardFacts{Present: Yes, Reads: Yes}}, ""},
	{"カード（読めるが「無効」「該当なし」など）", Situation{Card: CardFacts{Present: Yes, Reads: Yes}, OQSAnswer: OQSInvalid},
		""},
	{
		"カード（顔認証も暗証番号もだめ）",
		Situation{Card: CardFacts{Present: Yes, Reads: Yes, Face: FaceFailed, PIN: PINLocked}},
		"",
	},
	{
		"カード（読めない）＋マイナポータルの画面",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Brings: items(ItemPortalScreen)},
		"",
	},
	{
		"カード（読めない）＋マイナポータルのPDF",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Brings: items(ItemPortalPDF)},
		"",
	},
	{
		"カード（読めない）＋資格情報のお知らせ",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Brings: items(ItemNotice)},
		"",
	},
	{
		"カード（読めない）＋保険者の画面・PDF",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Brings: items(ItemInsurerScreen)},
		"",
	},
	{"カード（読めない）だけ、以前の番号で照会できた", Situation{Card: CardFacts{Present: Yes, Reads: No}, Lookup: LookupFound,
		LookupBy: LookupByRecords}, ""},
	{"カード（読めない）だけ", Situation{Card: CardFacts{Present: Yes, Reads: No}, Lookup: LookupNotFound}, ""},
	{"カード（電子証明書が切れて3か月以内）", Situation{Card: CardFacts{Present: Yes, Certificate: CertificateGrace}}, ""},
	{
		"カード（電子証明書が切れて3か月を過ぎた）＋お知らせ",
		Situation{Card: CardFacts{Present: Yes, Certificate: CertificateExpired}, Brings: items(ItemNotice)},
		"",
	},
	{
		"Androidのスマホだけ、スマホ用の読み取り機がある",
		Situation{Brings: items(ItemPhone), Phone: Android, Facility: FacilityFacts{PhoneReader: Yes}},
		"",
	},
	{
		"iPhoneだけ、スマホ用の読み取り機がある",
		Situation{Brings: items(ItemPhone), Phone: IOS, Facility: FacilityFacts{PhoneReader: Yes}},
		"",
	},
	{
		"スマホだけ、スマホ用の読み取り機がない",
		Situation{Brings: items(ItemPhone), Facility: FacilityFacts{PhoneReader: No}},
		"",
	},
	{"保険者の画面・PDF・画像だけ（カードなし）", Situation{Brings: items(ItemInsurerScreen, ItemPortalScreenshot)}, ""},
	{"資格情報のお知らせだけ（番号で照会できた）", Situation{Brings: items(ItemNotice), Lookup: LookupFound,
		LookupBy: LookupByPaper}, "N0"},
	{"期限切れの健康保険証だけ（番号で照会できた）", Situation{Brings: items(ItemOldCard), Lookup: LookupFound,
		LookupBy: LookupByPaper}, "H0"},
	{"健康保険証（有効期限内）", Situation{Brings: items(ItemOldCard)}, "H1"},
	{"資格確認書（有効期限内）", Situation{Brings: items(ItemCertificate)}, ""},
	{"資格確認書（特別療養）", Situation{Brings: items(ItemCertificate), PaperSpecial: MedicalExpense}, ""},
	{"健康保険被保険者資格証明書（20日以内）", Situation{Brings: items(ItemEligibilityProof)}, ""},
	{"医療券（生活保護）", Situation{Brings: items(ItemMedicalTicket)}, ""},
	{
		"システムか回線の障害、カードはある",
		Situation{Card: CardFacts{Present: Yes}, Facility: FacilityFacts{NetworkDown: Yes}},
		"L1",
	},
	{"何も持っていない", Situation{Lookup: LookupNotTried}, ""},
}

// onlyFor says whose insurers a method is for on a day, where it is not for all.
func onlyFor(code MethodCode, day Date) string {
	var who scheme
	for i := range ruleTable {
		for j := range ruleTable[i].Periods {
			if p := &ruleTable[i].Periods[j]; ruleTable[i].Code == code && p.holds(day) {
				who |= p.Only
			}
		}
	}
	if who == everyone {
		return ""
	}
	var names []string
	for _, s := range []struct {
		of   scheme
		name string
	}{{residents, "国民健康保険"}, {elderly, "後期高齢者医療"}, {employees, "被用者保険"}} {
		if who&s.of != 0 {
			names = append(names, s.name)
		}
	}
	return "　" + strings.Join(names, "・") + "の人だけ"
}

func items(all ...Item) Items {
	var s Items
	for _, i := range all {
		s = s.With(i)
	}
	return s
}

// SheetFor returns the reception's sheet for a day, from the same table as every other answer.
func SheetFor(day Date) (ReceptionSheet, error) {
	if !day.Exact() {
		return ReceptionSheet{}, ErrDayMissing
	}
	sheet := ReceptionSheet{Day: day, UseBy: day.AddMonths(1)}
	before := day.AddMonths(-1)
	for _, c := range sheetCases {
		now, err := sheetAnswer(c.s, c.by, day)
		if err != nil {
			return ReceptionSheet{}, err
		}
		then, err := sheetAnswer(c.s, c.by, before)
		if err != nil {
			return ReceptionSheet{}, err
		}
		if (c.by == "H1" || c.s.Brings.Has(ItemPhone)) && now.Code == "" && then.Code == "" {
			continue // nobody brings an old card any more, or a phone yet
		}
		now.Brings, now.Changed = c.brings, now.Answer != then.Answer || now.Next != then.Next
		sheet.Rows = append(sheet.Rows, now)
	}
	for i := range ruleTable {
		for _, p := range ruleTable[i].Periods {
			for _, change := range []Date{p.From.Earliest(), p.Until} {
				last := change
				if change == p.From.Earliest() && !change.IsZero() {
					last = change.AddDays(-1)
				}
				if !last.IsZero() && !last.Before(day) && last.Before(sheet.UseBy) {
					sheet.UseBy = last
				}
			}
		}
	}
	return sheet, nil
}

func sheetAnswer(s Situation, by MethodCode, day Date) (SheetRow, error) {
	s.Day, s.BringsKnown = day, true
	o, err := judged(s, true)
	if err != nil {
		return SheetRow{}, err
	}
	row := SheetRow{Answer: "これだけでは受け付けられません", Next: o.Next, Sure: o.Confidence}
	if by == "" {
		by = o.Best
	}
	for _, m := range o.Methods {
		if m.Code != by {
			continue
		}
		row.Next, row.Sure = m.Next, m.Confidence
		if m.Accepted {
			row.Code, row.Answer = m.Code, m.Name+onlyFor(m.Code, day)
		}
	}
	return row, nil
}
