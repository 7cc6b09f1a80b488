package agents

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
)

// Every refusal of a reading, asked over the wire, says what package card says on the PC itself.
func TestEveryEndOfAReadingReachesTheCounterInTheSameWords(t *testing.T) {
	few, none := 2, 0
	for _, c := range []struct {
		name string

		card    virtual.Description
		code    string
		outcome card.Outcome
		key     string
		left    *int
	}{
		{"genuine", virtual.Description{}, "1234", card.Confirmed, "card.text_confirmed", nil},
		{"a clone", virtual.Description{Variant: virtual.Copied}, "1234", card.Refused,
			"card.copied", nil},
		{"another issuer", virtual.Description{Variant: virtual.ForgedIssuer}, "1234", card.Refused,
			"card.not_genuine", nil},
		{"an altered record", virtual.Description{Variant: virtual.Altered}, "1234", card.Refused,
			"card.not_genuine", nil},
		{"a wrong code", virtual.Description{}, "9999", card.Refused, "card.number_b_mismatch",
			ptr(9)},
		{"below three tries", virtual.Description{NumberBTries: &few}, "1234", card.Refused,
			"card.number_b_few_tries", ptr(2)},
		{"blocked", virtual.Description{NumberBTries: &none}, "1234", card.Refused,
			"card.number_b_blocked", ptr(0)},
		{"a phone", virtual.Description{Variant: virtual.Phone}, "1234", card.Refused,
			"card.phone", nil},
		{"an old card", virtual.Description{Variant: virtual.OldCard}, "1234", card.Refused,
			"card.juki", nil},
		{"some other card", virtual.Description{Variant: virtual.OtherCard}, "1234", card.Refused,
			"card.not_my_number_card", nil},
		{"another person", virtual.Description{BirthDate: tokuichi.AddDays(1)}, "1234", card.Refused,
			"card.number_b_mismatch", ptr(9)},
		{"pulled in the middle", virtual.Description{Faults: virtual.Faults{PulledAt: 9}}, "1234",
			card.Failed, "card.removed", nil},
		{"nonsense", virtual.Description{Faults: virtual.Faults{GarbageAt: 4}}, "1234", card.Failed,
			"card.unexpected", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.card.BirthDate.IsZero() {
				c.card.BirthDate = tokuichi
			}
			s, url := open(t, true)
			v := insert(t, c.card)
			pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
			request := textRequest(tokuichi)
			request.SecurityCode = c.code
			r, err := s.Cards.CheckText(t.Context(), request)
			if err != nil || r.Outcome != c.outcome || r.Key != c.key ||
				!reflect.DeepEqual(r.TriesLeft, c.left) ||
				(r.Reading != nil) != (c.outcome == card.Confirmed) {
				t.Errorf("%s: %+v %v", c.name, r, err)
				return
			}
			v = insert(t, c.card) // the same again, without a server
			number, err := card.NewNumberB(tokuichi, 2035, c.code)
			if err != nil {
				t.Fatal(err)
			}
			_, want := card.CheckText(t.Context(), card.Open(v), number, [32]byte{}, virtual.TestIssuerKeys())
			if r.Ja != want.Ja || r.En != want.En || r.Key != want.Key || r.Outcome != want.Outcome ||
				r.By != card.ByAgent {
				t.Errorf("%s: the counter says %q, the PC %q", c.name, r.Ja, want.Ja)
			}
		})
	}
}

func ptr(n int) *int { return &n }

func TestWhatWasTypedWronglyNeverReachesACard(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	for _, c := range []struct {
		name  string
		birth eligibility.Date
		year  int
		code  string
		want  error
	}{
		{"a year of two digits", tokuichi, 35, "1234", card.ErrExpiryYear},
		{"a security code of three digits", tokuichi, 2035, "123", card.ErrSecurityCode},
		{"a letter in the security code", tokuichi, 2035, "12a4", card.ErrSecurityCode},
		{"no birth date", eligibility.Date{}, 2035, "1234", card.ErrKeyForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			request := textRequest(c.birth)
			request.ExpiryYear, request.SecurityCode = c.year, c.code
			if _, err := s.Cards.CheckText(t.Context(), request); !errors.Is(err, c.want) {
				t.Errorf("%d %s: %v", c.year, c.code, err)
			}
		})
	}
	if n := len(v.Commands()); n != 0 {
		t.Errorf("the card got %d commands", n)
	}
}

func TestOnePressIsOneAttempt(t *testing.T) {
	s, url := open(t, true)
	v := insert(t, virtual.Description{BirthDate: tokuichi})
	pairedWith(t, s, facility, url, agent.Config{Reader: chip{v}})
	request := textRequest(tokuichi)
	request.SecurityCode = "9999"
	for left := 9; left >= 2; left-- {
		r, err := s.Cards.CheckText(t.Context(), request)
		if err != nil || r.Key != "card.number_b_mismatch" ||
			*r.TriesLeft != left || v.TriesLeft().NumberB != left {
			t.Fatalf("with %d left: %+v %v, the card says %d", left, r, err, v.TriesLeft().NumberB)
		}
	}
	if r, err := s.Cards.CheckText(t.Context(), request); err != nil || r.Key != "card.number_b_few_tries" ||
		v.TriesLeft().NumberB != 2 {
		t.Errorf("below three: %+v %v", r, err)
	}
}

func TestWithoutIssuerKeysTheAgentSaysUnverified(t *testing.T) {
	s, url := open(t, true)
	a := start(t, url, agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	a.IssuerKeys, a.UserRoots = nil, nil // before it is asked anything
	if _, err := pairByHand(s, suzuki,
		await(t, a.said, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is connected", func() bool { return connected(s, facility) == 1 })
	if r, err := s.Cards.CheckText(t.Context(), textRequest(tokuichi)); err != nil ||
		r.Outcome != card.Unverified || r.Reading == nil {
		t.Errorf("text: %+v %v", r, err)
	}
	if r, err := s.Cards.CheckDates(t.Context(), counter.CardRequest{Facility: facility},
		eligibility.MustDate("2026-11-22")); err != nil || r.Outcome != card.Unverified ||
		r.State != eligibility.CertificateValid {
		t.Errorf("dates: %+v %v", r, err)
	}
}

func TestEveryEndOfTheCertificatesDatesReachesTheCounterInTheSameWords(t *testing.T) {
	day := eligibility.MustDate("2026-11-22")
	for _, c := range []struct {
		name string

		card    virtual.Description
		outcome card.Outcome
		key     string
		state   eligibility.CertificateState
	}{
		{"valid", virtual.Description{}, card.Confirmed, "card.certificate_valid",
			eligibility.CertificateValid},
		{"its last day", virtual.Description{CertificateUntil: day}, card.Confirmed,
			"card.certificate_valid", eligibility.CertificateValid},
		{"the day after", virtual.Description{CertificateUntil: day.AddDays(-1)}, card.Confirmed,
			"card.certificate_grace", eligibility.CertificateGrace},
		{"long over", virtual.Description{CertificateUntil: eligibility.MustDate("2026-05-01")},
			card.Confirmed, "card.certificate_expired", eligibility.CertificateExpired},
		{"not begun", virtual.Description{CertificateFrom: day.AddDays(1)}, card.Refused,
			"card.certificate_not_begun", ""},
		{"another issuer", virtual.Description{Variant: virtual.ForgedIssuer}, card.Refused,
			"card.certificate_issuer", ""},
		{"a phone", virtual.Description{Variant: virtual.Phone}, card.Refused, "card.phone", ""},
		{"pulled", virtual.Description{Faults: virtual.Faults{PulledAt: 3}}, card.Failed,
			"card.removed", ""},
		{"the reader's gone", virtual.Description{Faults: virtual.Faults{ReaderGoneAt: 3}}, card.Failed,
			"card.no_reader", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.card.BirthDate = tokuichi
			s, url := open(t, true)
			pairedWith(t, s, facility, url, agent.Config{Reader: chip{insert(t, c.card)}})
			r, err := s.Cards.CheckDates(t.Context(), counter.CardRequest{Facility: facility}, day)
			if err != nil || r.Outcome != c.outcome || r.Key != c.key || r.State != c.state {
				t.Errorf("%s: %+v %v", c.name, r, err)
				return
			}
			dates, want := card.CheckCertificate(t.Context(), card.Open(insert(t, c.card)), day,
				virtual.TestUserRoots())
			if r.Ja != want.Ja || r.En != want.En || r.Until != dates.Until {
				t.Errorf("%s: the counter says %q until %s, the PC %q until %s", c.name, r.Ja, r.Until,
					want.Ja,
					dates.Until)
			}
		})
	}
}

// answerFile is an answer of the OQS connector about one person (docs/facts/oqs-answer.md#body), fictional.
func answerFile(name, birth, insurer, number string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult>
<ReferenceClassification>1</ReferenceClassification></MessageHeader><MessageBody>
<ProcessingResultStatus>1</ProcessingResultStatus><QualificationValidity>1</QualificationValidity>
<ResultList><ResultOfQualificationConfirmation>
<InsurerNumber>` + insurer +
		`</InsurerNumber><InsuredCardSymbol>国１３</InsuredCardSymbol><InsuredIdentificationNumber>` + number +
		`</InsuredIdentificationNumber>
<Name>` + name + `</Name><Sex1>1</Sex1><Birthdate>` + birth +
		`</Birthdate><Address>架空県架空市鶴亀町９丁目</Address><InsurerName>架空市</InsurerName>
</ResultOfQualificationConfirmation></ResultList></MessageBody></XmlMsg>`
}

var screen = wire.Items{
	Insurer:      "00138990",
	Symbol:       "国13",
	Number:       "0001234",
	BranchNumber: "02",
	Name:         "髙橋 德一",
	BirthDate:    tokuichi,
	Sex:          eligibility.Male,
	Share:        20,
}

// drop writes a file of a given age.
func drop(t *testing.T, path, content string, age time.Duration) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestTheScreenIsComparedWithTheNewestFreshAnswer(t *testing.T) {
	sjis, err := japanese.ShiftJIS.NewEncoder().String(answerFile("高橋　徳一", "19550701", "00138990", "１２３４"))
	if err != nil {
		t.Fatal(err)
	}
	mine, other := answerFile("●橋　德一", "19550701", "138990", "0001234"),
		answerFile("試験　太郎", "19860412", "06139992", "567")
	const (
		same = "insurer:equal symbol:equal number:equal branchNumber:missing " +
			"name:equal birthDate:equal sex:equal share:missing "
		another = "insurer:different symbol:equal number:different branchNumber:missing " +
			"name:different birthDate:different sex:equal share:missing "
		processing = `<XmlMsg><MessageHeader><SegmentOfResult>2</SegmentOfResult></MessageHeader></XmlMsg>`
	)
	for _, c := range []struct {
		name  string
		files map[string]string
		ages  map[string]time.Duration
		want  string
		err   error
	}{
		{"by card, in face", map[string]string{"face/OQSsiquc01res_face_1_20261122104200.xml": mine}, nil,
			same, nil},
		{"by number, Shift_JIS", map[string]string{"res/OQSsiquc01res_1.xml": sjis}, nil, same,
			nil},
		{"somebody else", map[string]string{"OQSsiquc01res_face_2_20261122104200.xml": other}, nil,
			another, nil},
		{"the newest counts", map[string]string{"face/OQSsiquc01res_face_1_20261122104200.xml": other,
			"face/OQSsiquc01res_face_2_20261122104200.xml": mine},
			map[string]time.Duration{"face/OQSsiquc01res_face_1_20261122104200.xml": time.Minute}, same, nil},
		{"eleven minutes old", map[string]string{"OQSsiquc01res_face_1_20261122104200.xml": mine},
			map[string]time.Duration{"OQSsiquc01res_face_1_20261122104200.xml": 11 * time.Minute}, "",
			wire.ErrOQSOld},
		{"from tomorrow", map[string]string{"OQSsiquc01res_face_1_20261122104200.xml": mine},
			map[string]time.Duration{"OQSsiquc01res_face_1_20261122104200.xml": -24 * time.Hour}, "",
			wire.ErrOQSOld},
		{"a bulk answer and a request only", map[string]string{"OQSmuquc02res_1.xml": mine,
			"OQSsiquc01req_1.xml": mine}, nil, "", wire.ErrOQSOld},
		{"cut off", map[string]string{"OQSsiquc01res_face_1_20261122104200.xml": mine[:200]}, nil,
			"", wire.ErrOQSFile},
		{"still processing",
			map[string]string{"OQSsiquc01res_1.xml": processing}, nil, "", wire.ErrOQSFile},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			for file, content := range c.files {
				drop(t, filepath.Join(folder, file), content, c.ages[file])
			}
			s, url := open(t, true)
			pairedWith(t, s, facility, url,
				agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}, OQS: folder})
			got, err := s.Cards.CompareOQS(t.Context(), counter.CardRequest{Facility: facility}, screen)
			text := ""
			for _, f := range got.Fields {
				text += fmt.Sprintf("%s:%s ", f.Name, f.Result)
			}
			if text != c.want || !errors.Is(err, c.err) {
				t.Errorf("%s: %s %v", c.name, text, err)
			}
		})
	}
}

// The whole way of an answer that is not plainly valid: its file, the agent, the server.
func TestAnAnswerThatIsNotValidIsSaidBeforeItsEqualItems(t *testing.T) {
	mine := answerFile("●橋　德一", "19550701", "138990", "0001234")
	change := func(old, new string) string { return strings.Replace(mine, old, new, 1) }
	result := mine[strings.Index(mine, "<ResultOf"):strings.Index(mine, "</ResultList>")]
	today := time.Now().In(eligibility.Japan)
	lost := func(days int) string {
		return change("<InsurerName>", "<DisqualificationDate>"+today.AddDate(0, 0, days).Format("20060102")+
			"</DisqualificationDate><InsurerName>")
	}
	file := func(segment string) string { return change("<SegmentOfResult>1", "<SegmentOfResult>"+segment) }
	cases := []struct {
		name, file string
		says       string
		fields     int
		err        error
	}{
		{"valid", mine, "oqs.valid", 8, nil},
		{"validity 2", change("<QualificationValidity>1", "<QualificationValidity>2"), "oqs.validity_2", 8,
			nil},
		{"validity 3", change("<QualificationValidity>1", "<QualificationValidity>3"), "oqs.validity_3", 8,
			nil},
		{"validity 4, without a result",
			strings.Replace(change("<QualificationValidity>1", "<QualificationValidity>4"), result, "", 1),
			"oqs.validity_4 oqs.no_result", 0, nil},
		{"validity 5", change("<QualificationValidity>1", "<QualificationValidity>5"), "oqs.validity_5", 8,
			nil},
		{"no validity", change("<QualificationValidity>1</QualificationValidity>", ""),
			"oqs.validity_unknown", 8, nil},
		{"status 2", change("<ProcessingResultStatus>1", "<ProcessingResultStatus>2"), "oqs.status_error", 8,
			nil},
		{"lost today", lost(0), "oqs.lost", 8, nil},
		{"lost from the day after tomorrow", lost(2), "oqs.valid", 8, nil},
		{"another insurer beside it",
			change("</ResultList>", strings.Replace(result, "138990", "06139992", 1)+"</ResultList>"),
			"oqs.second_insurer", 8, nil},
		{"another insurer with more equal items",
			strings.Replace(change("</ResultList>",
				strings.Replace(result, "138990", "06139992", 1)+"</ResultList>"),
				"19550701", "19550702", 1), "oqs.second_insurer", 8, nil},
		{"an impossible day of loss",
			change("<InsurerName>", "<DisqualificationDate>20261301</DisqualificationDate><InsurerName>"), "",
			0, wire.ErrOQSFile},
		{"a day of loss in words",
			change("<InsurerName>", "<DisqualificationDate>不明</DisqualificationDate><InsurerName>"), "", 0,
			wire.ErrOQSFile},
		{"segment 2", file("2"), "", 0, wire.ErrOQSFile},
		{"segment 9", file("9"), "", 0, wire.ErrOQSFile},
		{"segment 3", file("3"), "", 0, wire.ErrOQSFile},
		{"no segment", file(""), "", 0, wire.ErrOQSFile},
	}
	testenv.Refused(t, testenv.Card, len(cases)-2)
	folder := t.TempDir()
	s, url := open(t, true)
	pairedWith(t, s, facility, url,
		agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}, OQS: folder})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			drop(t, filepath.Join(folder, "OQSsiquc01res_1.xml"), c.file, 0)
			got, err := s.Cards.CompareOQS(t.Context(), counter.CardRequest{Facility: facility}, screen)
			if strings.Join(got.Statements, " ") != c.says || len(got.Fields) != c.fields ||
				!errors.Is(err, c.err) {
				t.Errorf("%+v %v", got, err)
			}
			if c.fields > 0 && (got.Fields[0] != wire.FieldResult{Name: "insurer", Result: wire.Equal}) {
				t.Errorf("compared with another insurer's result: %+v", got.Fields)
			}
		})
	}
}

func TestOQSIsAskedOnlyWhereItIsOffered(t *testing.T) {
	s, url := open(t, true)
	pairedWith(t, s, facility, url,
		agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})}})
	_, err := s.Cards.CompareOQS(context.Background(), counter.CardRequest{Facility: facility}, screen)
	if !errors.Is(err, wire.ErrNoOQS) || s.Status(facility)[0].OQS {
		t.Errorf("%v %+v", err, s.Status(facility))
	}
	s, url = open(t, true)
	pairedWith(t, s, facility, url,
		agent.Config{Reader: chip{insert(t, virtual.Description{BirthDate: tokuichi})},
			OQS: filepath.Join(t.TempDir(), "gone")})
	_, err = s.Cards.CompareOQS(context.Background(), counter.CardRequest{Facility: facility}, screen)
	if !errors.Is(err, wire.ErrOQSFolder) || !s.Status(facility)[0].OQS {
		t.Errorf("%v %+v", err, s.Status(facility))
	}
}
