package oqs

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"madoguchi/eligibility"
)

// The people are no. 3 and no. 2 of docs/facts/test-people.md#people; element names and codes are those of
// docs/facts/oqs-answer.md#body.
const result3 = `<ResultOfQualificationConfirmation>` +
	`<InsuredCardClassification>01</InsuredCardClassification><InsurerNumber>00138990</InsurerNumber>
<InsuredCardSymbol>国１３</InsuredCardSymbol>` +
	`<InsuredIdentificationNumber>0001234</InsuredIdentificationNumber>` +
	`<InsuredBranchNumber>02</InsuredBranchNumber>
<PersonalFamilyClassification>1</PersonalFamilyClassification><Name>●橋　德一</Name>` +
	`<NameKana>ﾀｶﾊｼ ﾄｸｲﾁ</NameKana><Sex1>1</Sex1><Birthdate>19550701</Birthdate>
<QualificationDate>20200401</QualificationDate><InsurerName>架空市</InsurerName>
<ElderlyRecipientCertificateInfo><ElderlyRecipientCertificateDate>20260801</ElderlyRecipientCertificateDate>
<ElderlyRecipientValidStartDate>20260801</ElderlyRecipientValidStartDate>
<ElderlyRecipientValidEndDate>20270731</ElderlyRecipientValidEndDate>
<ElderlyRecipientContributionRatio>020</ElderlyRecipientContributionRatio></ElderlyRecipientCertificateInfo>
<LimitApplicationCertificateRelatedConsFlg>1</LimitApplicationCertificateRelatedConsFlg>
<LimitApplicationCertificateRelatedInfo>
<LimitApplicationCertificateClassification>01</LimitApplicationCertificateClassification>
<LimitApplicationCertificateClassificationFlag>B09</LimitApplicationCertificateClassificationFlag>
<LimitApplicationCertificateValidStartDate>20260801</LimitApplicationCertificateValidStartDate>
<LimitApplicationCertificateValidEndDate>20270731</LimitApplicationCertificateValidEndDate>
</LimitApplicationCertificateRelatedInfo>
<SpecificDiseasesCertificateList>
<SpecificDiseasesCertificateInfo>
<SpecificDiseasesDiseaseCategory>1</SpecificDiseasesDiseaseCategory>
<SpecificDiseasesValidStartDate>20260401</SpecificDiseasesValidStartDate>
<SpecificDiseasesSelfPay>10000</SpecificDiseasesSelfPay></SpecificDiseasesCertificateInfo>
</SpecificDiseasesCertificateList>
<PharmacistsInfoConsFlg>1</PharmacistsInfoConsFlg><DiagnosisInfoConsFlg>0</DiagnosisInfoConsFlg>
</ResultOfQualificationConfirmation>`

const result2 = `<ResultOfQualificationConfirmation><InsurerNumber>06139992</InsurerNumber>` +
	`<InsuredCardSymbol>１２３－４</InsuredCardSymbol><InsuredIdentificationNumber>` +
	`５６７</InsuredIdentificationNumber><PersonalFamilyClassification>2</PersonalFamilyClassification>` +
	`<InsuredName>試験　太郎</InsuredName><Name>試験　花子</Name><Sex1>2</Sex1><Sex2>1</Sex2>` +
	`<Birthdate>19881130</Birthdate><DisqualificationDate>20261001</DisqualificationDate>` +
	`<ReasonOfLoss>03</ReasonOfLoss><InsuredPartialContributionRatio>030</InsuredPartialContributionRatio>` +
	`<PreschoolClassification>1</PreschoolClassification><NewThing><Deep>x</Deep></NewThing>` +
	`</ResultOfQualificationConfirmation>`

func answerFile(encoding, segment, body string) string {
	return `<?xml version="1.0" encoding="` + encoding +
		`"?><XmlMsg><MessageHeader><ProcessExecutionTime>20261122093000</ProcessExecutionTime>` +
		`<QualificationConfirmationDate>20261122</QualificationConfirmationDate>` +
		`<MedicalInstitutionCode>1319999991</MedicalInstitutionCode>` +
		`<ReferenceClassification>1</ReferenceClassification><SegmentOfResult>` +
		segment + `</SegmentOfResult></MessageHeader><MessageBody>` + body + `</MessageBody></XmlMsg>`
}

const ok = `<ProcessingResultStatus>1</ProcessingResultStatus>` +
	`<QualificationValidity>1</QualificationValidity>`

func TestOneAndManyResultsInBothEncodings(t *testing.T) {
	one := answerFile("UTF-8", "1", ok+"<ResultList>"+result3+"</ResultList>")
	two := answerFile("Shift_JIS", "1",
		ok+"<ResultList>"+strings.ReplaceAll(result3, "德", "徳")+result2+"</ResultList>")
	sjis, err := japanese.ShiftJIS.NewEncoder().String(two)
	if err != nil {
		t.Fatal(err)
	}
	undeclared := strings.Replace(sjis, `encoding="Shift_JIS"`, `encoding="UTF-8"`, 1)
	for _, c := range []struct {
		name string
		text string
		n    int
	}{
		{"utf-8", one, 1},
		{"bom", "\ufeff" + one, 1},
		{"shift_jis", sjis, 2},
		{"shift_jis that calls itself utf-8", undeclared, 2},
		{"utf-8 that calls itself shift_jis", two, 2},
		{"no list", answerFile("UTF-8", "1", ok+result3), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Read([]byte(c.text))
			if err != nil || f.Segment != Normal || !f.ByCard || len(f.Answers) != 1 ||
				len(f.Answers[0].Results) != c.n {
				t.Fatalf("%+v %v", f, err)
			}
			r := f.Answers[0].Results[0]
			if r.Insurer != "00138990" || r.Symbol != "国１３" || r.BranchNumber != "02" ||
				r.Kana != "タカハシ トクイチ" || r.BirthDate.String() != "1955-07-01" ||
				r.AssignedShare != 20 || r.ValidUntil.String() != "2027-07-31" ||
				r.Limit.Japanese() != "一般Ⅱ" || r.LimitUntil.String() != "2027-07-31" ||
				len(r.Diseases) != 1 || r.Diseases[0].SelfPay != "10000" || !r.Consents["Pharmacists"] ||
				r.Consents["Diagnosis"] || !r.LimitConsent {
				t.Errorf("%+v", r)
			}
			if m := eligibility.MatchNames(r.Name, "髙橋 德一"); m.Match != eligibility.NamesMasked {
				t.Errorf("%s is %s", r.Name, m.Match)
			}
			if c.n == 2 {
				r := f.Answers[0].Results[1]
				if r.Relation != eligibility.Dependent || r.LossReason != "03" ||
					r.LostOn.String() != "2026-10-01" || r.SexOnBack != eligibility.Male || !r.Preschool ||
					r.AssignedShare != 30 || r.SubscriberName != "試験　太郎" {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestBulkAndFailures(t *testing.T) {
	f, err := Read([]byte(answerFile("UTF-8", "1", "<BulkConfirmUnit>"+ok+"<ResultList>"+result2+
		"</ResultList></BulkConfirmUnit><BulkConfirmUnit>"+
		"<ProcessingResultStatus>2</ProcessingResultStatus>"+
		"<ProcessingResultCode>X1</ProcessingResultCode><QualificationValidity>4</QualificationValidity>"+
		"</BulkConfirmUnit>")))
	if err != nil || len(f.Answers) != 2 || f.Answers[1].OK || f.Answers[1].Validity != "4" {
		t.Errorf("%+v %v", f, err)
	}
	f, err = Read([]byte(`<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult></MessageHeader>` +
		`<BulkConfirmUnit>` +
		ok + result2 +
		`<PublicExpenseResultList><MedicalTicketInfo/></PublicExpenseResultList></BulkConfirmUnit></XmlMsg>`))
	if err != nil || len(f.Answers) != 1 || !f.Answers[0].Results[0].PublicExpense {
		t.Errorf("%+v %v", f, err)
	}
	for _, segment := range []string{"3", "9", ""} { // one program writes 3: all but 1 and 2 are errors
		if f, err := Read([]byte(answerFile("UTF-8", segment, ""))); err != nil || f.Segment != Abnormal {
			t.Errorf("segment %q: %+v %v", segment, f, err)
		}
	}
	if f, _ := Read([]byte(answerFile("UTF-8", "2", ""))); f.Segment != Processing || len(f.Answers) != 0 {
		t.Errorf("processing: %+v", f)
	}
}

func TestWhatIsNoAnswerFileIsRefused(t *testing.T) {
	number := "12345678901" // its check digit is made here: no My Number stands in a file
	for d := range 10 {
		if s := number + fmt.Sprint(d); eligibility.HoldsMyNumber(s) {
			number = s
			break
		}
	}
	for _, c := range []struct {
		name string
		text string
		want error
	}{
		{"empty", "", ErrFile},
		{"another root", "<Other/>", ErrFile},
		{"cut off", answerFile("UTF-8", "1", ok)[:300], ErrFile},
		{"unknown coding", `<?xml version="1.0" encoding="EBCDIC"?><XmlMsg/>`, ErrFile},
		{"deep", strings.Repeat("<XmlMsg>", 40), ErrFile},
		{"huge", strings.Repeat(" ", maxSize+1), ErrSize},
		{"wrong date", answerFile("UTF-8", "1", ok+strings.Replace(result2, "20261001", "20261301", 1)),
			eligibility.ErrDate},
		{"wrong birth", answerFile("UTF-8", "1", ok+strings.Replace(result2, "19881130", "19881131", 1)),
			eligibility.ErrDate},
		{"a My Number", answerFile("UTF-8", "1", ok+strings.Replace(result2, "試験　花子", number, 1)), ErrNumber},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read([]byte(c.text)); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(answerFile("UTF-8", "1", ok+result3)))
	f.Add([]byte(answerFile("Shift_JIS", "9", ok+result2)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Read(data); err != nil {
			var e *eligibility.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
		}
	})
}
