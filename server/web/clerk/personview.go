package clerk

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Fact is a value of a record with its label.
type Fact struct {
	Label message.Message
	Value string
}

// PersonView is one insured person as the insurer keeps them (/insurer/people/{id}).
type PersonView struct {
	kit.Page
	Person              PersonRow
	Facts               []Fact
	Version             int
	Versions            []VersionRow
	Notices             []NoticeRow
	Copies              []CopyRow
	Logins              []LoginRow
	Phones              []PhoneRow
	Receipts            int
	Entries             []EntryRow
	MoreEntries         int
	Said, N             string // what was just done
	Revocable, HasCodes bool
	CertificateDue      bool   // by the rules
	CertificateReason   string // why, or why not
}

// VersionRow is one version of a record: when it came and what it changed.
type VersionRow struct {
	Version int
	At      string
	Changes []Change // none in the first
}

// Change is one value that a version changed.
type Change struct {
	Label    message.Message
	Old, New string
}

// NoticeRow is a notice code that the person was given.
type NoticeRow struct {
	Serial int64
	At     string
	State  message.Message
}

// CopyRow is a saved copy that the person was given.
type CopyRow struct {
	RID, Issued, Expires string
	State                message.Message
	Open                 bool // can still be revoked
}

// LoginRow is a login that shows the person.
type LoginRow struct {
	ID     int64
	Since  string
	Phones int
}

// PhoneRow is a phone that shows the person by its key. Nothing is known of the device itself.
type PhoneRow struct {
	ID, Added, Until, Login string
	Over                    bool // it wants the next login
}

// EntryRow is a line of the audit chain in plain words.
type EntryRow struct {
	At, Who string
	Did     message.Message
	Detail  string
}

// ConfirmView asks before something is done to a person.
type ConfirmView struct {
	kit.Page
	Heading, Consequence, Button message.Message
	Person                       PersonRow
	Action, Back                 string
	TypeNumber, Danger, Disabled bool
}

// RevokeView revokes copies of the whole insurer (/insurer/revoke).
type RevokeView struct {
	kit.Page
	RID, Before string // as typed
	Asked       bool   // the copies are counted and the clerk has to say yes
	N           string
	Until       string // Before in words
	Done        bool
}

func (s *personPages) personPage(c echo.Context, clerk staff.Clerk) error {
	file, err := s.Insurer.Register.PersonFile(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	in, err := s.Insurer.Directory.Insurer(c.Request().Context(), file.Person.Insurer)
	if err != nil {
		return err
	}
	view := PersonView{
		Page:        s.NewPage(c, message.New("staff.title.insuredPerson", nil)),
		Person:      s.row(file.PersonRecord),
		Version:     file.Version,
		Receipts:    file.Receipts,
		MoreEntries: file.MoreEntries,
		Said:        c.QueryParam("said"),
		N:           c.QueryParam("n"),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	for _, fact := range facts(file.Person) {
		if fact.Value != "" {
			view.Facts = append(view.Facts, fact)
		}
	}
	view.Versions = versions(file)
	for _, n := range file.Notices {
		view.Notices = append(view.Notices, noticeRow(n))
	}
	for _, copied := range file.Copies {
		row := s.copyRow(copied)
		view.Copies, view.Revocable = append(view.Copies, row), view.Revocable || row.Open
	}
	for _, l := range file.Logins {
		view.Logins = append(view.Logins, LoginRow{l.ID, whenText(l.Since), l.Phones})
	}
	for _, p := range file.Phones {
		view.Phones = append(view.Phones, PhoneRow{p.ID, whenText(p.At),
			eligibility.DateOf(p.Until).Japanese(),
			eligibility.DateOf(p.LoginAt).Japanese(), !s.Now().Before(p.Until)})
	}
	for _, e := range file.Entries {
		view.Entries = append(view.Entries, entryRow(e))
	}
	papers := eligibility.PapersFor(file.Person, s.Today())
	view.CertificateDue, view.CertificateReason = papers.Certificate, papers.Says.Sentence("ja")
	return s.Show(c, http.StatusOK, "person", view)
}

// facts are all values of a record in the order of papers.
func facts(p eligibility.Person) []Fact {
	share := ""
	if p.AssignedShare != 0 {
		share = kit.SharesText([]int{p.AssignedShare})
	}
	return []Fact{
		{say("staff.person.factInsurerNumber"), p.Insurer.Paper()},
		{say("staff.person.factSymbol"), p.Symbol},
		{say("staff.person.factNumber"), p.Number},
		{say("staff.person.factBranch"), p.BranchNumber},
		{say("staff.person.factName"), p.Name},
		{say("staff.person.factKana"), p.Kana},
		{say("staff.person.factAlias"), p.Alias},
		{say("staff.person.factAliasInKana"), p.AliasKana},
		{say("staff.person.factBorn"), p.BirthDate.Japanese()},
		{say("staff.person.factSex"), p.Sex.Japanese()},
		{say("staff.person.factRelation"), p.Relation.Japanese()},
		{say("staff.person.factSubscriber"), p.SubscriberName},
		{say("staff.person.factQualifiedOn"), p.QualifiedOn.Japanese()},
		{say("staff.person.factCoverageFrom"), p.CoverageFrom.Japanese()},
		{say("staff.person.factLostOn"), p.LostOn.Japanese()},
		{say("staff.person.factShareInTheFile"), share},
		{say("staff.person.factValidFrom"), p.ValidFrom.Japanese()},
		{say("staff.person.factValidUntil"), p.ValidUntil.Japanese()},
		{say("staff.person.factLimitClass"), p.Limit.Japanese()},
		{say("staff.person.factPostcode"), kit.PostCode(p.PostCode)},
		{say("staff.person.factAddress"), p.Address},
		{say("staff.person.factPostcodeToSendTo"), kit.PostCode(p.MailPostCode)},
		{say("staff.person.factAddressToSendTo"), p.MailAddress},
		{say("staff.person.factHousehold"), p.HouseholdNumber},
		{say("staff.person.factEmployer"), p.Employer},
		{say("staff.person.factCardRegistered"), answerText(p.Registered)},
		{say("staff.person.factCertificateUntil"), p.CertificateUntil.Japanese()},
		{say("staff.person.factUsesTheCardOftenEnough"), answerText(p.FrequentUse)},
		{say("staff.person.factNeedsCare"), answerText(p.NeedsCare)},
		{say("staff.person.factWithheld"), answerText(p.Withheld)},
		{say("staff.person.factIssuedOn"), p.IssuedOn.Japanese()},
	}
}

// versions lists a record's versions, newest first, with what each changed.
func versions(file insurer.PersonFile) []VersionRow {
	all := append([]insurer.PersonRecord{file.PersonRecord}, file.Older...)
	var rows []VersionRow
	for i, r := range all {
		row := VersionRow{Version: r.Version, At: whenText(r.RegisteredAt)}
		if i+1 < len(all) {
			before := facts(all[i+1].Person)
			for k, now := range facts(r.Person) {
				if now.Value != before[k].Value {
					row.Changes = append(row.Changes, Change{now.Label, before[k].Value, now.Value})
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func noticeRow(n insurer.IssuedNotice) NoticeRow {
	row := NoticeRow{n.Serial, whenText(n.At), say("staff.person.noticeNotUsedYet")}
	switch {
	case n.Used && n.Void:
		row.State = say("staff.person.noticeUsedThenVoid")
	case n.Used:
		row.State = say("staff.person.noticeUsed")
	case n.Void:
		row.State = say("staff.person.noticeVoidReplaced")
	}
	return row
}

func (s *personPages) copyRow(copied insurer.IssuedCopy) CopyRow {
	row := CopyRow{
		RID:     credential.EncodeRID(copied.RID),
		Issued:  whenText(copied.Issued),
		Expires: whenText(copied.Expires),
		State:   say("staff.person.copyCanBeUsed"),
		Open:    true,
	}
	switch {
	case !copied.Revoked.IsZero():
		row.Open = false
		row.State = message.New(
			"staff.person.copyRevoked",
			message.Args{"at": message.Text(whenText(copied.Revoked))},
		)
	case !copied.Expires.After(s.Now()):
		row.Open, row.State = false, say("staff.person.copyEnded")
	}
	return row
}

// actionWords says what the lines of the audit chain record, by keys of the catalogue.
var actionWords = map[string]string{
	"people.view":      "staff.person.didLookedAtTheRecord",
	"people.search":    "staff.person.didSearched",
	"people.import":    "staff.person.didImportedAFile",
	"notice.show":      "staff.person.didShowedTheNoticeSCode",
	"notice.print":     "staff.person.didPrintedTheNotice",
	"notice.reissue":   "staff.person.didReissuedTheNoticeSCode",
	"notice.enrol":     "staff.person.didEnrolledWithTheNoticeSCode",
	"certificate.show": "staff.person.didMadeTheCertificate",
	"insert.show":      "staff.person.didMadeTheCardCaseInsert",
	"phone.add":        "staff.person.didAddedAPhone",
	"phone.holder":     "staff.person.didAddedAPhoneSKey",
	"phone.end":        "staff.person.didRemovedAPhone",
	"login.end":        "staff.person.didEndedALoginSEnrolment",
	"screen.issue":     "staff.person.didIssuedAScreen",
	"code.asked":       "staff.person.didAskedByTheScreenSCode",
	"code.used":        "staff.person.didCheckedByTheScreenSCode",
	"code.allowed":     "staff.person.didAllowedACounterToSee",
	"code.denied":      "staff.person.didRefusedACounter",
	"paper.issue":      "staff.person.didSavedACopy",
	"paper.revoke":     "staff.person.didRevokedCopies",
	"receipt.leave":    "staff.person.didACounterLeftAReceipt",
	"person.erase":     "staff.person.didErasedTheRecord",
}

// entryRow puts a line of the audit chain in words; a line of another program's making keeps its own name.
func entryRow(e audit.Entry) EntryRow {
	did := say(e.Action)
	if key, known := actionWords[e.Action]; known {
		did = say(key)
	}
	row := EntryRow{At: whenText(e.At), Who: e.Actor.Words(), Did: did}
	// which copy; other details name the counter, which is not the insurer's business
	if strings.HasPrefix(e.Action, "paper.") {
		row.Detail = e.Detail
	}
	return row
}
