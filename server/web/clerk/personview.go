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
	Devices             []DeviceRow
	Representatives     []RepresentativeRow
	Receipts            int
	Entries             []EntryRow
	MoreEntries         int
	Said, N             string // what was just done
	Revocable, HasCodes bool
	First               *PaperLink  // the paper that the rules give, where that is not the notice
	NoticeFirst         bool        // the rules give the notice alone
	Papers              []PaperLink // that the rules give, and those that need no rule
	CertificateDue      bool        // by the rules
	CertificateReason   string      // why, or why not
	Withheld            bool        // 不開示: no address here, and no enrolment by a notice
}

// PaperLink leads to a document of the person.
type PaperLink struct {
	Address string
	Text    message.Message
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
	ID      int64
	Since   string
	Devices int
	How     message.Message // by a notice, or at the desk
}

// DeviceRow is a phone that shows the person by its key. Its kind is all that is known of the device itself.
type DeviceRow struct {
	ID, Until, Login string
	Added            message.Message // by its day and kind
	Over             bool            // it wants the next login
	Representative   string          // whose phone it is, where it is a representative's
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
	Many        bool   // and to type N
	N           int
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
		Person:      s.personRow(file.PersonRecord),
		Version:     file.Version,
		Receipts:    file.Receipts,
		MoreEntries: file.MoreEntries,
		Said:        c.QueryParam("said"),
		N:           c.QueryParam("n"),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	for _, fact := range recordFacts(file.Person) {
		if fact.Value != "" {
			view.Facts = append(view.Facts, fact)
		}
	}
	view.Versions = versionRows(file)
	for _, n := range file.Notices {
		view.Notices = append(view.Notices, noticeRow(n))
	}
	for _, copied := range file.Copies {
		row := s.copyRow(copied)
		view.Copies, view.Revocable = append(view.Copies, row), view.Revocable || row.Open
	}
	for _, l := range file.Logins {
		view.Logins = append(view.Logins, s.loginRow(c, l))
	}
	for _, r := range file.Representatives {
		if s.Now().Before(r.Until) {
			view.Representatives = append(view.Representatives, representativeRow(r))
		}
	}
	for _, p := range file.Devices {
		view.Devices = append(view.Devices, DeviceRow{
			ID:             p.ID,
			Added:          message.New("staff.person.added", addedArgs(p)),
			Until:          eligibility.DateOf(p.Until).Japanese(),
			Login:          eligibility.DateOf(p.LoginAt).Japanese(),
			Over:           !s.Now().Before(p.Until),
			Representative: nameOf(file.Representatives, p.Login),
		})
	}
	for _, e := range file.Entries {
		view.Entries = append(view.Entries, s.entryRow(c, e))
	}
	view.Withheld = file.Person.Withheld == eligibility.Yes
	papers := eligibility.PapersFor(file.Person, s.Today())
	view.CertificateDue, view.CertificateReason = papers.Certificate, papers.Says.Sentence("ja")
	view.Papers = paperLinks(file.ID, papers)
	view.NoticeFirst = papers.Notice && !papers.Certificate
	if papers.Certificate {
		view.First = &PaperLink{
			Address: personAddress(file.ID, "/"+string(insurer.CertificateDocument)+".pdf?layout=card"),
			Text:    sentence("staff.person.makeCertificate"),
		}
	}
	return s.Show(c, http.StatusOK, "person", view)
}

// paperLinks are the documents of a person that the page offers.
func paperLinks(id audit.PersonID, papers eligibility.Papers) []PaperLink {
	var all []PaperLink
	for _, d := range insurer.AllDocuments() {
		if d.Clerk == nil || d.Clerk.OnNotice || d.Clerk.ByRules && !d.Run.Due(papers) {
			continue
		}
		for _, link := range d.Clerk.Links {
			all = append(all, PaperLink{
				Address: personAddress(id, "/"+string(d.Kind)+".pdf"+link.Query),
				Text:    sentence(link.Text),
			})
		}
	}
	return all
}

// recordFacts are all values of a record in the order of papers.
func recordFacts(p eligibility.Person) []Fact {
	share := ""
	if p.AssignedShare != 0 {
		share = kit.SharesText([]int{p.AssignedShare})
	}
	facts := []Fact{
		{sentence("staff.person.factInsurerNumber"), p.Insurer.Paper()},
		{sentence("staff.person.factSymbol"), p.Symbol},
		{sentence("staff.person.factNumber"), p.Number},
		{sentence("staff.person.factBranch"), p.BranchNumber},
		{sentence("staff.person.factName"), p.Name},
		{sentence("staff.person.factKana"), p.Kana},
		{sentence("staff.person.factAlias"), p.Alias},
		{sentence("staff.person.factAliasInKana"), p.AliasKana},
		{sentence("staff.person.factBorn"), p.BirthDate.Japanese()},
		{sentence("staff.person.factSex"), p.Sex.Japanese()},
		{sentence("staff.person.factRelation"), p.Relation.Japanese()},
		{sentence("staff.person.factSubscriber"), p.SubscriberName},
		{sentence("staff.person.factQualifiedOn"), p.QualifiedOn.Japanese()},
		{sentence("staff.person.factCoverageFrom"), p.CoverageFrom.Japanese()},
		{sentence("staff.person.factLostOn"), p.LostOn.Japanese()},
		{sentence("staff.person.factShareInTheFile"), share},
		{sentence("staff.person.factValidFrom"), p.ValidFrom.Japanese()},
		{sentence("staff.person.factValidUntil"), p.ValidUntil.Japanese()},
		{sentence("staff.person.factLimitClass"), p.Limit.Japanese()},
	}
	return append(append(facts, addressFacts(p)...), []Fact{
		{sentence("staff.person.factHousehold"), p.HouseholdNumber},
		{sentence("staff.person.factEmployer"), p.Employer},
		{sentence("staff.person.factCardRegistered"), answerText(p.Registered)},
		{sentence("staff.person.factCertificateUntil"), p.CertificateUntil.Japanese()},
		{sentence("staff.person.factUsesTheCardOftenEnough"), answerText(p.FrequentUse)},
		{sentence("staff.person.factNeedsCare"), answerText(p.NeedsCare)},
		{sentence("staff.person.factWithheld"), answerText(p.Withheld)},
		{sentence("staff.person.factIssuedOn"), p.IssuedOn.Japanese()},
	}...)
}

// addressFacts are where somebody lives and where papers are sent.
func addressFacts(p eligibility.Person) []Fact {
	return []Fact{
		{sentence("staff.person.factPostcode"), kit.PostCode(p.PostCode)},
		{sentence("staff.person.factAddress"), p.Address},
		{sentence("staff.person.factPostcodeToSendTo"), kit.PostCode(p.MailPostCode)},
		{sentence("staff.person.factAddressToSendTo"), p.MailAddress},
	}
}

// loginRow says since when a login shows the person, and how it came.
func (s *personPages) loginRow(c echo.Context, l insurer.Login) LoginRow {
	row := LoginRow{l.ID, whenText(l.Since), l.Devices, sentence("staff.desk.byNotice")}
	if l.Seen != "" {
		row.How = message.New("staff.desk.byDesk", message.Args{
			"staff": message.Text(s.Named(c, l.BoundBy)),
			"seen":  message.Nested(sentence(seenWords[l.Seen])),
		})
	}
	return row
}

// versionRows lists a record's versions, newest first, with what each changed.
func versionRows(file insurer.PersonFile) []VersionRow {
	all := append([]insurer.PersonRecord{file.PersonRecord}, file.Older...)
	var rows []VersionRow
	for i, r := range all {
		row := VersionRow{Version: r.Version, At: whenText(r.RegisteredAt)}
		if i+1 < len(all) {
			before := recordFacts(all[i+1].Person)
			for k, now := range recordFacts(r.Person) {
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
	row := NoticeRow{n.Serial, whenText(n.At), sentence("staff.person.noticeNotUsedYet")}
	switch {
	case n.Used && n.Void:
		row.State = sentence("staff.person.noticeUsedThenVoid")
	case n.Used:
		row.State = sentence("staff.person.noticeUsed")
	case n.Void:
		row.State = sentence("staff.person.noticeVoidReplaced")
	}
	return row
}

func (s *personPages) copyRow(copied insurer.IssuedCopy) CopyRow {
	row := CopyRow{
		RID:     credential.EncodeRID(copied.RID),
		Issued:  whenText(copied.Issued),
		Expires: whenText(copied.Expires),
		State:   sentence("staff.person.copyCanBeUsed"),
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
		row.Open, row.State = false, sentence("staff.person.copyEnded")
	}
	return row
}

// entryRow puts a line of the audit chain in words; a line of another program's making keeps its own name.
func (s *personPages) entryRow(c echo.Context, e audit.Entry) EntryRow {
	row := EntryRow{At: whenText(e.At), Who: s.Named(c, e.Actor.Words()), Did: insurer.Did(e.Action)}
	// which copy; other details name the counter, which is not the insurer's business
	if strings.HasPrefix(e.Action, "paper.") {
		row.Detail = e.Detail
	}
	if seen, _, found := strings.Cut(e.Detail, " "); found && strings.HasPrefix(e.Action, "desk.") {
		row.Detail = sentence(seenWords[insurer.Seen(seen)]).Text(s.PreferencesOf(c).Lang)
	}
	return row
}

// deviceWords are what clerks call the kinds of devices.
var deviceWords = map[insurer.DeviceKind]message.Message{
	insurer.AndroidPhone: sentence("staff.device.android"),
	insurer.IPhone:       sentence("staff.device.iphone"),
	insurer.Tablet:       sentence("staff.device.tablet"),
	insurer.Computer:     sentence("staff.device.computer"),
	"":                   sentence("staff.device.other"),
}

// addedArgs are the day and the kind by which a device is named.
func addedArgs(d insurer.LinkedDevice) message.Args {
	return message.Args{
		"at":   message.Text(whenText(d.At)),
		"kind": message.Nested(deviceWords[d.Kind.Known()]),
	}
}
