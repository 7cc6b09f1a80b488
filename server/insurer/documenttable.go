package insurer

import (
	"context"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// DocumentKind names a document in addresses: /insurer/people/{id}/KIND.pdf for clerks,
// /people/{id}/KIND.pdf for patients, /KIND.pdf for anybody. The audit chain notes KIND.show.
type DocumentKind string

// The documents that code speaks of beside their table.
const (
	NoticeDocument      DocumentKind = "notice"      // 資格情報のお知らせ
	CertificateDocument DocumentKind = "certificate" // 資格確認書
)

// Document is a row of the documents' table: how a document is composed, and the ways in which people come
// by it. A way that is nil it does not have. Routes, links, samples and print runs follow from the rows.
type Document struct {
	Kind    DocumentKind
	File    string // begins the names of its files
	Clerk   *ClerkDocument
	Viewer  *ViewerDocument
	Anybody *AnybodyDocument
	Run     *RunDocument
	Samples []Sample // what clerks look at before it is printed or handed out
}

// ClerkDocument is a document of one person for the clerk of the person's insurer.
type ClerkDocument struct {
	// Links lead to it, from the person's page or from the notice's
	Links    []DocumentLink
	OnNotice bool
	// ByRules links only where the rules give it to the person (Run); a reason in a form has it for others
	ByRules bool
	Did     string // key: what the audit chain's entry tells
	make    func(*Documents, context.Context, staff.Clerk, OneDocument) ([]byte, pdf.Report, error)
}

// DocumentLink is a link to a document, by the key of its words and the query behind the address.
type DocumentLink struct{ Text, Query string }

// ViewerDocument is a document of a person whom a patient may show.
type ViewerDocument struct {
	Link string // key of the words of its link on the screen's page
	// Saved is a copy of its own, which is counted, ends, and has a button of its own on the page
	Saved bool
	Dated bool // its file's name ends with the day
	make  func(*Documents, context.Context, Viewer, audit.PersonID) ([]byte, error)
}

// AnybodyDocument is a form that says nothing of anyone.
type AnybodyDocument struct {
	Page string // address of the page that links to it
	make func(made time.Time) ([]byte, pdf.Report, error)
}

// RunDocument is a document that is printed for many people in a run.
type RunDocument struct {
	Kind    PaperKind
	Name    string                        // key
	Layouts []RunLayout                   // sizes to choose from, the usual one first; none: it has one size
	Due     func(eligibility.Papers) bool // whether the rules give it to a person
	// ready says what is not in order yet, before anybody waits for pages; it may be nil.
	ready   func(*Directory, Insurer) error
	printer func(runPaper) (printFunc, error)
}

// Sample is a document of somebody who does not exist.
type Sample struct {
	Kind SampleKind
	Name string // key
	make func(*Documents, personPage) ([]byte, pdf.Report, error)
}

// SampleKind names a sample: /insurer/papers/KIND.pdf.
type SampleKind string

// composer makes a document of one person. The report tells what a clerk should look at.
type composer func(personPage) ([]byte, pdf.Report, error)

// personPage is what a document of one person is composed of.
type personPage struct {
	Person   eligibility.Person
	Insurer  Insurer
	Branding pdf.Branding
	Day      eligibility.Date
	Made     time.Time
}

// AllDocuments returns the documents' table.
func AllDocuments() []Document {
	return []Document{
		{
			Kind: NoticeDocument,
			File: "oshirase",
			Clerk: &ClerkDocument{
				Links:    []DocumentLink{{Text: "staff.sheet.saveTheNoticePdf"}},
				OnNotice: true,
				Did:      "staff.person.didShowedTheNoticeSCode",
				make:     noticeForClerk,
			},
			Run: &RunDocument{
				Kind:    NoticeRun,
				Name:    "staff.runs.notice",
				Due:     func(p eligibility.Papers) bool { return p.Notice },
				ready:   noticesReady,
				printer: noticePrinter,
			},
			Samples: []Sample{
				{"notice", "staff.papersettings.sampleNotice", sampleNotice},
				{"notice-70", "staff.papersettings.sampleFrom70", sampleNotice70},
			},
		},
		{
			Kind: CertificateDocument,
			File: "shikakukakuninsho",
			Clerk: &ClerkDocument{
				Links: []DocumentLink{
					{Text: "staff.person.card", Query: "?layout=card"},
					{Text: "staff.person.a4", Query: "?layout=a4"},
				},
				ByRules: true,
				Did:     "staff.person.didMadeTheCertificate",
				make:    (*Documents).CertificateOf,
			},
			Run: &RunDocument{
				Kind:    CertificateRun,
				Name:    "staff.runs.certificate",
				Layouts: []RunLayout{LayoutCards, LayoutCard, LayoutA4},
				Due:     func(p eligibility.Papers) bool { return p.Certificate },
				printer: certificatePrinter,
			},
			Samples: []Sample{
				{"certificate-cards", "staff.papersettings.sampleTenOnA4", sampleCertificate(LayoutCards)},
				{"certificate-card", "staff.papersettings.sampleSingleCard", sampleCertificate(LayoutCard)},
				{"certificate-a4", "staff.papersettings.sampleA4", sampleCertificate(LayoutA4)},
			},
		},
		{
			Kind: "document", // 資格情報（写し）, with a code
			File: "shikaku-joho",
			Viewer: &ViewerDocument{
				Link:  "screen.pdf",
				Saved: true,
				Dated: true,
				make:  (*Documents).Document,
			},
		},
		{
			Kind:   "masked", // the same, without numbers and code
			File:   "shikaku-joho-masked",
			Viewer: &ViewerDocument{Link: "screen.masked", Dated: true, make: (*Documents).MaskedDocument},
		},
		{
			Kind: "insert", // カードケース用の資格情報
			File: "card-case",
			Clerk: &ClerkDocument{
				Links: []DocumentLink{{Text: "staff.person.insertForTheCardCase"}},
				Did:   "staff.person.didMadeTheCardCaseInsert",
				make:  forClerk("insert", insertPage),
			},
			Viewer: &ViewerDocument{Link: "screen.insert", make: forViewer(insertPage)},
			Samples: []Sample{
				{"insert", "staff.papersettings.sampleInsertForTheCardCase", sampleOf(insertPage)},
			},
		},
		{
			Kind:    "declaration", // 被保険者資格申立書
			File:    "moushitatesho",
			Anybody: &AnybodyDocument{Page: "/reception", make: declarationPage},
			Samples: []Sample{
				{"declaration", "staff.papersettings.sampleDeclaration", sampleOf(declarationOfNobody)},
			},
		},
	}
}

// findDocument returns the row of a kind.
func findDocument(kind DocumentKind) (Document, bool) {
	all := AllDocuments()
	if i := slices.IndexFunc(all, func(d Document) bool { return d.Kind == kind }); i >= 0 {
		return all[i], true
	}
	return Document{}, false
}

// FindRun returns the row of the document that a run prints.
func FindRun(kind PaperKind) (Document, bool) {
	all := AllDocuments()
	i := slices.IndexFunc(all, func(d Document) bool { return d.Run != nil && d.Run.Kind == kind })
	if i >= 0 {
		return all[i], true
	}
	return Document{}, false
}

// RunKinds are the words for what a run can print, each with the document's name: notices（資格情報のお知らせ）.
func RunKinds() []string {
	var all []string
	for _, d := range AllDocuments() {
		if d.Run != nil {
			all = append(all, string(d.Run.Kind)+"（"+d.Run.Kind.Japanese()+"）")
		}
	}
	return all
}
