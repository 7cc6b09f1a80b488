package clerk

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Fact is a value of a record with its label.
type Fact struct{ Ja, En, Value string }

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
type Change struct{ Ja, En, Old, New string }

// NoticeRow is a notice code that the person was given.
type NoticeRow struct {
	Serial           int64
	At               string
	StateJa, StateEn string
}

// CopyRow is a saved copy that the person was given.
type CopyRow struct {
	RID, Issued, Expires string
	StateJa, StateEn     string
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
type EntryRow struct{ At, Who, Ja, En, Detail string }

// ConfirmView asks before something is done to a person.
type ConfirmView struct {
	kit.Page
	TitleJa, TitleEn             string
	ConsequenceJa, ConsequenceEn string
	ButtonJa, ButtonEn           string
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

func (s *Pages) personPage(c echo.Context, clerk staff.Clerk) error {
	file, err := s.Insurer.Register.PersonFile(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	in, err := s.Insurer.Directory.Insurer(c.Request().Context(), file.Person.Insurer)
	if err != nil {
		return err
	}
	view := PersonView{Page: s.NewPage(c, "加入者の記録", "Insured person"), Person: s.row(file.PersonRecord), Version: file.Version, Receipts: file.Receipts,
		MoreEntries: file.MoreEntries, Said: c.QueryParam("said"), N: c.QueryParam("n")}
	view.Insurer = insurerView(in)
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
	view.CertificateDue, view.CertificateReason = papers.Certificate, papers.Reason
	return s.Show(c, http.StatusOK, "person", view)
}

// facts are all values of a record in the order of papers.
func facts(p eligibility.Person) []Fact {
	share := ""
	if p.AssignedShare != 0 {
		share = kit.SharesText([]int{p.AssignedShare})
	}
	return []Fact{
		{"保険者番号", "Insurer number", p.Insurer.Paper()}, {"記号", "Symbol", p.Symbol}, {"番号", "Number", p.Number}, {"枝番", "Branch", p.BranchNumber},
		{"氏名", "Name", p.Name}, {"氏名カナ", "Kana", p.Kana}, {"通称名", "Alias", p.Alias}, {"通称名カナ", "Alias in kana", p.AliasKana},
		{"生年月日", "Born", p.BirthDate.Japanese()}, {"性別", "Sex", p.Sex.Japanese()}, {"本人・家族", "Relation", p.Relation.Japanese()}, {"被保険者氏名", "Subscriber", p.SubscriberName},
		{"資格取得年月日", "Qualified on", p.QualifiedOn.Japanese()}, {"適用開始年月日", "Coverage from", p.CoverageFrom.Japanese()}, {"資格喪失年月日", "Lost on", p.LostOn.Japanese()},
		{"名簿の負担割合", "Share in the file", share}, {"発効期日", "Valid from", p.ValidFrom.Japanese()}, {"有効期限", "Valid until", p.ValidUntil.Japanese()},
		{"限度額適用区分", "Limit class", p.Limit.Japanese()}, {"郵便番号", "Postcode", kit.PostCode(p.PostCode)}, {"住所", "Address", p.Address}, {"送付先郵便番号", "Postcode to send to", kit.PostCode(p.MailPostCode)}, {"送付先住所", "Address to send to", p.MailAddress}, {"世帯番号", "Household", p.HouseholdNumber}, {"事業所名", "Employer", p.Employer},
		{"マイナ保険証の登録", "Card registered", answerText(p.Registered)}, {"電子証明書の有効期限", "Certificate until", p.CertificateUntil.Japanese()},
		{"マイナ保険証の利用実績", "Uses the card often enough", answerText(p.FrequentUse)},
		{"要配慮", "Needs care", answerText(p.NeedsCare)}, {"不開示", "Withheld", answerText(p.Withheld)}, {"交付年月日", "Issued on", p.IssuedOn.Japanese()},
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
					row.Changes = append(row.Changes, Change{now.Ja, now.En, before[k].Value, now.Value})
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func noticeRow(n insurer.IssuedNotice) NoticeRow {
	row := NoticeRow{n.Serial, whenText(n.At), "まだ使われていません", "not used yet"}
	switch {
	case n.Used && n.Void:
		row.StateJa, row.StateEn = "使われたあと、無効になりました", "used, then void"
	case n.Used:
		row.StateJa, row.StateEn = "登録に使われました", "used"
	case n.Void:
		row.StateJa, row.StateEn = "無効（新しいものに替わりました）", "void: replaced"
	}
	return row
}

func (s *Pages) copyRow(copied insurer.IssuedCopy) CopyRow {
	row := CopyRow{RID: credential.EncodeRID(copied.RID), Issued: whenText(copied.Issued), Expires: whenText(copied.Expires), StateJa: "使えます", StateEn: "can be used", Open: true}
	switch {
	case !copied.Revoked.IsZero():
		row.Open, row.StateJa, row.StateEn = false, whenText(copied.Revoked)+" に取り消し", "revoked"
	case !copied.Expires.After(s.Now()):
		row.Open, row.StateJa, row.StateEn = false, "期限が来ました", "ended"
	}
	return row
}

// actionWords says in plain words what the lines of the audit chain record.
var actionWords = map[string][2]string{
	"people.view": {"記録を見ました", "looked at the record"}, "people.search": {"加入者をさがしました", "searched"}, "people.import": {"名簿を読み込みました", "imported a file"},
	"notice.show": {"お知らせのコードを表示しました", "showed the notice's code"}, "notice.print": {"お知らせを印刷しました", "printed the notice"},
	"notice.reissue": {"お知らせのコードを出し直しました", "reissued the notice's code"}, "notice.enrol": {"お知らせのコードで電話を登録しました", "enrolled with the notice's code"},
	"certificate.show": {"資格確認書を作りました", "made the certificate"}, "insert.show": {"カードケースに入れる紙を作りました", "made the card-case insert"},
	"phone.add": {"電話を登録しました", "added a phone"}, "phone.holder": {"電話の鍵を登録しました", "added a phone's key"}, "phone.end": {"電話の登録を解除しました", "removed a phone"},
	"login.end": {"電話の登録を解除しました", "ended a login's enrolment"}, "screen.issue": {"画面を出しました", "issued a screen"},
	"code.asked": {"画面のコード（8文字）で、表示してよいかたずねました", "asked by the screen's code"}, "code.used": {"画面のコード（8文字）で確かめました", "checked by the screen's code"},
	"code.allowed": {"受付への表示を許可しました", "allowed a counter to see"}, "code.denied": {"受付への表示を断りました", "refused a counter"},
	"paper.issue": {"写し（PDF・ファイル）を保存しました", "saved a copy"}, "paper.revoke": {"写しを取り消しました", "revoked copies"},
	"receipt.leave": {"受付から確認の控えが届きました", "a counter left a receipt"}, "person.erase": {"記録を消しました", "erased the record"},
}

// entryRow puts a line of the audit chain in words; a line of another program's making keeps its own name.
func entryRow(e audit.Entry) EntryRow {
	words, known := actionWords[e.Action]
	if !known {
		words = [2]string{e.Action, e.Action}
	}
	row := EntryRow{At: whenText(e.At), Who: e.Actor.Words(), Ja: words[0], En: words[1]}
	if strings.HasPrefix(e.Action, "paper.") { // which copy; other details name the counter, which is not the insurer's business
		row.Detail = e.Detail
	}
	return row
}
