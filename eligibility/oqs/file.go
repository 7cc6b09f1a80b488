package oqs

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
)

// File is an answer file: its header, and one answer, or many from a bulk check.
type File struct {
	Segment      Segment          // SegmentOfResult
	ByCard       bool             // ReferenceClassification: by card, else by number
	ConfirmedOn  eligibility.Date // QualificationConfirmationDate
	Facility     string           // MedicalInstitutionCode, ten digits
	ErrorCode    string           // of the whole file
	ErrorMessage string
	Answers      []Answer
}

// Segment is the state of processing of a file.
type Segment string

const (
	Normal     Segment = "1"
	Processing Segment = "2"
	Abnormal   Segment = "9" // one program writes 3: all but 1 and 2 count as this
)

// Answer is the answer to one question.
type Answer struct {
	Status   string               // ProcessingResultStatus: 1 ok, 2 error
	OK       bool                 // Status 1
	Code     string               // ProcessingResultCode
	Message  string               // ProcessingResultMessage, e.g. that the certificate ends soon
	Validity eligibility.Validity // QualificationValidity, OQSCD006
	Results  []Result
}

// Result is one eligibility as OQS holds it.
type Result struct {
	eligibility.Person
	CardClass      string           // InsuredCardClassification: 01 一般 …, A1 医療扶助
	InsurerName    string           // 保険者名
	LossReason     string           // ReasonOfLoss
	Preschool      bool             // 未就学
	LimitFrom      eligibility.Date // 限度額: first and last day
	LimitUntil     eligibility.Date
	LongTermFrom   eligibility.Date // 長期入院該当年月日
	LimitConsent   bool
	Diseases       []Disease
	PublicExpense  bool                 // an answer about 医療扶助 came with it
	Consents       map[string]bool      // viewing of 薬剤, 診療, 健診, 手術 by element name
	ReferenceID    string               // ReferenceNumber: the clinic's own patient number
	SexOnBack      eligibility.Sex      // Sex2, set only where the front says 裏面参照
	ValidityOfSelf eligibility.Validity // state within this result, where a program writes it there
}

// Disease is one 特定疾病療養受療証: 1 透析, 2 血友病, 3 HIV.
type Disease struct {
	Category string
	From     eligibility.Date
	Until    eligibility.Date
	SelfPay  string // yen a month
}

func (root *node) file() (*File, error) {
	head := root.child("MessageHeader")
	r := &dates{}
	f := &File{
		Segment: Segment(head.value("SegmentOfResult")),
		ByCard:  head.value("ReferenceClassification") == "1",
		ConfirmedOn: r.day(
			head,
			"QualificationConfirmationDate",
		),
		Facility:     head.value("MedicalInstitutionCode"),
		ErrorCode:    head.value("ErrorCode"),
		ErrorMessage: head.value("ErrorMessage"),
	}
	if f.Segment != Normal && f.Segment != Processing {
		f.Segment = Abnormal
	}
	body := root.child("MessageBody")
	bodies := body.all("BulkConfirmUnit")
	if len(bodies) == 0 {
		bodies = root.all("BulkConfirmUnit")
	}
	if len(bodies) == 0 && len(body.children) > 0 {
		bodies = []*node{body}
	}
	for _, b := range bodies {
		f.Answers = append(f.Answers, b.answer(r))
	}
	return f, r.err
}

func (n *node) answer(r *dates) Answer {
	status := strings.TrimLeft(n.value("ProcessingResultStatus"), "0")
	a := Answer{Status: status, OK: status == "1", Code: n.value("ProcessingResultCode"),
		Message: n.value("ProcessingResultMessage"), Validity: n.validity()}
	results := n.child("ResultList").all("ResultOfQualificationConfirmation")
	if len(results) == 0 {
		results = n.all("ResultOfQualificationConfirmation") // a single result, written without its list
	}
	public := len(n.child("PublicExpenseResultList").children) > 0
	for _, one := range results {
		res := one.result(r)
		res.PublicExpense = public || len(one.child("PublicExpenseResultList").children) > 0
		if len(res.Consents) == 0 {
			res.Consents = consents(n)
		}
		a.Results = append(a.Results, res)
	}
	return a
}

func (n *node) validity() eligibility.Validity {
	return eligibility.Validity(strings.TrimLeft(n.value("QualificationValidity"), "0"))
}

func (n *node) result(r *dates) Result {
	elder, limit := n.child(
		"ElderlyRecipientCertificateInfo",
	), n.child(
		"LimitApplicationCertificateRelatedInfo",
	)
	res := Result{
		Person: eligibility.Person{
			Symbol: n.value(
				"InsuredCardSymbol",
			),
			Number:       n.value("InsuredIdentificationNumber"),
			BranchNumber: n.value("InsuredBranchNumber"),
			Name: n.value(
				"Name",
			),
			Kana:      norm.NFKC.String(n.value("NameKana")),
			Alias:     n.value("NameOfOther"),
			AliasKana: norm.NFKC.String(n.value("NameOfOtherKana")),
			BirthDate: r.birth(
				n,
				"Birthdate",
			),
			Sex:      sex(n.value("Sex1")),
			Relation: relation(n.value("PersonalFamilyClassification")),
			SubscriberName: n.value(
				"InsuredName",
			),
			QualifiedOn: r.day(n, "QualificationDate"),
			LostOn:      r.day(n, "DisqualificationDate"),
			IssuedOn: r.day(
				n,
				"InsuredCertificateIssuanceDate",
			),
			ValidFrom:  r.day(n, "InsuredCardValidDate"),
			ValidUntil: r.day(n, "InsuredCardExpirationDate"),
			PostCode:   n.value("PostNumber"),
			Address:    n.value("Address"),
			AssignedShare: percent(
				n.value("InsuredPartialContributionRatio"),
			),
			Limit: eligibility.LimitClass(limit.value("LimitApplicationCertificateClassificationFlag",
				"ClassificationFlag")),
		},
		CardClass: n.value(
			"InsuredCardClassification",
		), InsurerName: n.value("InsurerName"), LossReason: n.value("ReasonOfLoss"),
		Preschool: strings.TrimLeft(
			n.value("PreschoolClassification"),
			"0",
		) == "1", SexOnBack: sex(n.value("Sex2")),
		LimitFrom:    r.day(limit, "LimitApplicationCertificateValidStartDate", "ValidStartDate"),
		LimitUntil:   r.day(limit, "LimitApplicationCertificateValidEndDate", "ValidEndDate"),
		LongTermFrom: r.day(limit, "LimitApplicationCertificateLongTermDate", "LongTermDate"),
		LimitConsent: n.value("LimitApplicationCertificateRelatedConsFlg") == "1",
		ReferenceID:  n.value("ReferenceNumber"), Consents: consents(n), ValidityOfSelf: n.validity(),
	}
	if number, err := eligibility.ParseInsurerNumber(n.value("InsurerNumber")); err == nil {
		res.Insurer = number
	}
	if share := percent(elder.value("ElderlyRecipientContributionRatio")); share > 0 {
		res.AssignedShare = share
		res.ValidFrom, res.ValidUntil = r.day(
			elder,
			"ElderlyRecipientValidStartDate",
			"ElderlyRecipientCertificateValidStartDate",
		), r.day(
			elder,
			"ElderlyRecipientValidEndDate",
			"ElderlyRecipientCertificateValidEndDate",
		)
	}
	list := n.child("SpecificDiseasesCertificateList")
	for _, d := range append(list.all("SpecificDiseasesCertificateInfo"),
		n.all("SpecificDiseasesCertificateInfo")...) {
		res.Diseases = append(
			res.Diseases,
			Disease{
				Category: d.value("SpecificDiseasesDiseaseCategory", "Category"),
				From: r.day(
					d,
					"SpecificDiseasesValidStartDate",
					"ValidStartDate",
				),
				Until:   r.day(d, "SpecificDiseasesValidEndDate", "ValidEndDate"),
				SelfPay: d.value("SpecificDiseasesSelfPay", "SelfPay"),
			},
		)
	}
	return res
}

// consents collects every …ConsFlg, whatever the program calls the information (PharmacistsInfo…,
// Pharmaceutical…).
func consents(n *node) map[string]bool {
	found := make(map[string]bool)
	for _, c := range n.children {
		if name, ok := strings.CutSuffix(c.name, "ConsFlg"); ok {
			found[strings.TrimSuffix(name, "Info")] = strings.TrimSpace(c.text) == "1"
		}
	}
	return found
}

// dates reads dates of elements and keeps the first fault.
type dates struct{ err error }

func (r *dates) birth(n *node, name string) eligibility.Date {
	text := n.value(name)
	d, err := eligibility.ReadDate(text)
	if err != nil && r.err == nil {
		r.err = eligibility.ErrDate.In(name)
	}
	return d
}

// day reads an exact day; 00000000 and 99999999 are "none".
func (r *dates) day(n *node, names ...string) eligibility.Date {
	text := n.value(names...)
	if text == "" || text == "00000000" || text == "99999999" {
		return eligibility.Date{}
	}
	d, err := eligibility.ReadDate(text)
	if (err != nil || !d.Exact()) && r.err == nil {
		r.err = eligibility.ErrDate.In(names[0])
	}
	return d
}

// percent reads "010", "020", "030"; anything else is unknown.
func percent(s string) int {
	switch s {
	case "010", "10":
		return 10
	case "020", "20":
		return 20
	case "030", "30":
		return 30
	}
	return 0
}

func sex(code string) eligibility.Sex {
	switch code {
	case "1":
		return eligibility.Male
	case "2":
		return eligibility.Female
	}
	return eligibility.SexUnknown
}

func relation(code string) eligibility.Relation {
	switch code {
	case "1":
		return eligibility.Subscriber
	case "2":
		return eligibility.Dependent
	}
	return eligibility.RelationUnknown
}
