package insurer

import (
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// Insurer is a 保険者 that issues through this server.
type Insurer struct {
	Number    eligibility.InsurerNumber `json:"number"`
	Name      string                    `json:"name"`      // 保険者名
	Issuer    string                    `json:"issuer"`    // 交付者名, as it signs papers
	Telephone string                    `json:"telephone"` // shown on every page and error
	Branding  Branding                  `json:"look"`
}

// Contact is what people read of an insurer: who it is, and how to call it.
type Contact struct {
	Name          string // 架空健康保険組合
	Issuer        string // who stands behind a document: 架空市長, 架空健康保険組合理事長
	Telephone     string
	NumberOnPaper string // 保険者番号 as printed: six digits for 国民健康保険
	Number        string // eight digits, for addresses and form fields
}

// Contact returns what people read of an insurer.
func (in Insurer) Contact() Contact {
	return Contact{
		Name:          in.Name,
		Issuer:        in.Issuer,
		Telephone:     in.Telephone,
		NumberOnPaper: in.Number.Paper(),
		Number:        string(in.Number),
	}
}

// Branding is how an insurer's papers are signed and coloured; every field may be empty.
type Branding struct {
	Unit    string `json:"unit,omitempty"`    // 担当部署
	Address string `json:"address,omitempty"` // where people write to
	Hours   string `json:"hours,omitempty"`   // when the telephone is answered
	Colour  string `json:"colour,omitempty"`  // of certificates, #rrggbb
	State   string `json:"state,omitempty"`   // what code ① says; empty means マイナポータル's own address
}

// PersonRecord is a person as stored.
type PersonRecord struct {
	ID           audit.PersonID
	Person       eligibility.Person
	Version      int       // 1, 2, …
	RegisteredAt time.Time // when this version was imported: 「○月○日に登録された資格です」
	// RepresentedUntil is when a login that shows the person as a representative ceases to; zero for the
	// person's own login, and where no login was asked about.
	RepresentedUntil time.Time
	// Representative is the number of that representative's login among the person's, else 0.
	Representative int64
}

// PeopleQuery asks for people of one insurer.
type PeopleQuery struct {
	Insurer eligibility.InsurerNumber
	Text    string
	Limit   int
	Skip    int // how many to leave out, for the pages after the first
}

// ImportCount says what an import changed.
type ImportCount struct{ New, Changed, Unchanged int }

// Notice is a notice code as stored.
type Notice struct {
	Person  audit.PersonID
	Insurer eligibility.InsurerNumber // the person's
	Serial  int64
	Void    bool   // a later notice was issued, or the login that used it was ended
	UsedBy  string // the subject that enrolled with it, or empty
}

// SealedReceipt is a counter's receipt, readable only by the phone whose key it was sealed to.
type SealedReceipt struct {
	Person audit.PersonID // whose check it tells of
	At     time.Time
	Sealed []byte
}

// Errors of the store that callers tell apart.
var (
	ErrRIDTaken   = &eligibility.Error{Code: eligibility.Conflict, Key: "paper.rid"}
	ErrNoticeUsed = &eligibility.Error{Code: eligibility.Conflict, Key: "notice.used"}
	ErrNoticeVoid = &eligibility.Error{Code: eligibility.Conflict, Key: "notice.void"}
)
