package eligibility

import (
	"reflect"
	"strings"

	"madoguchi/message"
)

// SheetRow is one line of the reception's sheet: what the patient brings, and the answer on the day.
type SheetRow struct {
	Brings  message.Message
	Say     message.Message   // what the reception says or asks first
	Code    MethodCode        // "" when nothing can be accepted
	Answer  message.Sentences // the method's name, or that it is not enough
	Next    message.Steps     // ※ in it stands for SheetMark
	Sure    Confidence
	Changed bool // the answer differs from the one a month before
}

// ReceptionSheet is the whole sheet.
type ReceptionSheet struct {
	Day   Date
	UseBy Date // the last day on which the sheet may hang: a month, or the day before a rule changes
	Rows  []SheetRow
}

// SheetMark says what ※ stands for in the rows: the comparison that every paper shown with the card needs.
var SheetMark = message.New("sheet.mark",
	message.Args{"step": message.Nested(message.New(comparePhoto, nil))})

// sheetCases are the patients that a reception meets, in their usual order.
var sheetCases = [...]struct {
	brings string // the catalogue's key
	s      Situation
	by     MethodCode // the one method that this row is about; "" for the first accepted
}{
	{"sheet.brings.reads", Situation{Card: CardFacts{Present: Yes, Reads: Yes}}, ""},
	{"sheet.brings.unconfirmed", Situation{Card: CardFacts{Present: Yes, Reads: Yes}, OQSAnswer: OQSInvalid},
		""},
	{
		"sheet.brings.face_and_pin_fail",
		Situation{Card: CardFacts{Present: Yes, Reads: Yes, Face: FaceFailed, PIN: PINLocked}},
		"",
	},
	{
		"sheet.brings.portal_screen",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Brings: items(ItemPortalScreen)},
		"",
	},
	{
		"sheet.brings.portal_pdf",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Brings: items(ItemPortalPDF)},
		"",
	},
	{
		"sheet.brings.notice",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Brings: items(ItemNotice)},
		"",
	},
	{
		"sheet.brings.insurer_screen",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Brings: items(ItemInsurerScreen)},
		"",
	},
	{"sheet.brings.known_number", Situation{Card: CardFacts{Present: Yes, Reads: No}, Lookup: LookupFound,
		LookupBy: LookupByRecords}, ""},
	{
		"sheet.brings.card_alone",
		Situation{Card: CardFacts{Present: Yes, Reads: No}, Lookup: LookupNotFound},
		"",
	},
	{"sheet.brings.grace", Situation{Card: CardFacts{Present: Yes, Certificate: CertificateGrace}}, ""},
	{
		"sheet.brings.grace_over",
		Situation{Card: CardFacts{Present: Yes, Certificate: CertificateExpired}, Brings: items(ItemNotice)},
		"",
	},
	{
		"sheet.brings.android",
		Situation{Brings: items(ItemPhone), Phone: Android, Facility: FacilityFacts{PhoneReader: Yes}},
		"",
	},
	{
		"sheet.brings.iphone",
		Situation{Brings: items(ItemPhone), Phone: IOS, Facility: FacilityFacts{PhoneReader: Yes}},
		"",
	},
	{
		"sheet.brings.phone_no_reader",
		Situation{Brings: items(ItemPhone), Facility: FacilityFacts{PhoneReader: No}},
		"",
	},
	{"sheet.brings.screens_alone", Situation{Brings: items(ItemInsurerScreen, ItemPortalScreenshot)}, ""},
	{"sheet.brings.notice_alone", Situation{Brings: items(ItemNotice), Lookup: LookupFound,
		LookupBy: LookupByPaper}, "N0"},
	{"sheet.brings.expired_card_alone", Situation{Brings: items(ItemOldCard), Lookup: LookupFound,
		LookupBy: LookupByPaper}, "H0"},
	{"sheet.brings.old_card", Situation{Brings: items(ItemOldCard)}, "H1"},
	{"sheet.brings.certificate", Situation{Brings: items(ItemCertificate)}, ""},
	{"sheet.brings.full_price", Situation{Brings: items(ItemCertificate), PaperSpecial: MedicalExpense}, ""},
	{"sheet.brings.proof", Situation{Brings: items(ItemEligibilityProof)}, ""},
	{"sheet.brings.ticket", Situation{Brings: items(ItemMedicalTicket)}, ""},
	{
		"sheet.brings.outage",
		Situation{Card: CardFacts{Present: Yes}, Facility: FacilityFacts{NetworkDown: Yes}},
		"L1",
	},
	{"sheet.brings.nothing", Situation{Lookup: LookupNotTried}, ""},
}

// onlyFor says whose insurers a method is for on a day; nil where it is for all.
func onlyFor(code MethodCode, day Date) message.Sentences {
	var who scheme
	for i := range ruleTable {
		for j := range ruleTable[i].Periods {
			if p := &ruleTable[i].Periods[j]; ruleTable[i].Code == code && p.holds(day) {
				who |= p.Only
			}
		}
	}
	if who == everyone {
		return nil
	}
	names := message.Writing(strings.Join(who.names("ja"), "・"), strings.Join(who.names("en"), ", "))
	return message.Sentences{message.New("sheet.only_for", message.Args{"who": names})}
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
		now.Brings = message.New(c.brings, nil)
		now.Say = message.New("sheet.say."+strings.TrimPrefix(c.brings, "sheet.brings."), nil)
		now.Changed = !reflect.DeepEqual(now.Answer, then.Answer) || !reflect.DeepEqual(now.Next, then.Next)
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
	row := SheetRow{Answer: told("sheet.not_enough"), Next: o.Next, Sure: o.Confidence}
	if by == "" {
		by = o.Best
	}
	for _, m := range o.Methods {
		if m.Code != by {
			continue
		}
		row.Next, row.Sure = m.Next, m.Confidence
		if m.Accepted {
			row.Code, row.Answer = m.Code, inFront(m.Name, onlyFor(m.Code, day))
		}
	}
	return row, nil
}
