package pdf

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"rsc.io/qr/coding"

	"madoguchi/eligibility"
	"madoguchi/pdf/form"
)

// Report tells what a person should look at before a page goes out.
type Report = form.Report

// Notice is what one 資格情報のお知らせ says. It is the insurer's own notice: it never stands alone, and never as the
// State's.
type Notice struct {
	Person      eligibility.Person
	Share       int              // 負担割合, percent; printed with the two dates
	From        eligibility.Date // 発効期日
	Until       eligibility.Date // 有効期限; set from 70 on, zero below
	InsurerName string           // 保険者名
	Issuer      string           // 交付者名
	Telephone   string
	IssuedOn    eligibility.Date // 交付年月日
	State       *CodeMatrix      // ① the address of マイナポータル
	Landing     *CodeMatrix      // ② the landing link
	TypedCode   string           // the landing link's code, for typing
	Unit        string           // 担当部署; may be empty
	ReturnTo    string           // where people write to; may be empty
	Hours       string           // when the telephone is answered; may be empty
	Logo        *CodeMatrix      // the insurer's mark; may be nil
	Serial      string           // the run and the page's place in it; may be empty
	Demo        bool
}

// linkPlans lays each version out once, when it is first needed.
var linkPlans = func() (plans [11]func() (*coding.Plan, error)) {
	for version := range plans {
		plans[version] = sync.OnceValues(func() (*coding.Plan, error) {
			return coding.NewPlan(coding.Version(version), coding.M, 2)
		})
	}
	return plans
}()

// LinkCode makes the code of an address: error correction M, the smallest version that holds it.
func LinkCode(url string) (*CodeMatrix, error) {
	text := coding.String(url)
	for version := coding.Version(1); version <= 10; version++ {
		if text.Bits(version) > version.DataBytes(coding.M)*8 {
			continue
		}
		plan, err := linkPlans[version]()
		if err != nil {
			return nil, fmt.Errorf("laying out a link's code: %w", err)
		}
		made, err := plan.Encode(text)
		if err != nil {
			return nil, fmt.Errorf("encoding a link: %w", err)
		}
		return &CodeMatrix{Size: made.Size, Black: made.Black, Dark: made.Bitmap, Stride: made.Stride}, nil
	}
	return nil, fmt.Errorf("an address of %d bytes is too long for a code", len(url))
}

// Notices streams a file of notices, a page each, with bounded memory.
type Notices struct{ w *form.Writer }

// NewNotices begins a file on w; author is the insurer. Close must follow.
func NewNotices(w io.Writer, author string, made time.Time) *Notices {
	return &Notices{form.NewWriter(w, form.Info{Title: "資格情報のお知らせ", Author: author,
		Made: made.In(eligibility.Japan)})}
}

// Add writes one page and reports what should be looked at by hand.
func (f *Notices) Add(n Notice) (Report, error) {
	composed, err := noticeForms[noticeKind{!n.Until.IsZero(), n.Demo}]()
	if err != nil {
		return Report{}, err
	}
	n.Person = n.Person.WithCleanNames()
	report, err := f.w.Page(composed, n.values())
	return withLostNames(report, n.Person), err
}

// Close ends the file.
func (f *Notices) Close() error { return f.w.Close() }

// NoticePage makes the file of a single notice.
func NoticePage(n Notice, made time.Time) ([]byte, Report, error) {
	var out bytes.Buffer
	f := NewNotices(&out, n.InsurerName, made)
	report, err := f.Add(n)
	if err == nil {
		err = f.Close()
	}
	return out.Bytes(), report, err
}

// values are the texts of the form's slots.
func (n Notice) values() form.Person {
	p := n.Person
	name, reading, notes := shownName(p)
	v := map[string]string{
		"addressee":  name + " 様",
		"address":    p.Address,
		"issued":     n.IssuedOn.Japanese(),
		"issuer":     n.sender(),
		"insurer":    n.InsurerName + "（" + p.Insurer.Paper() + "）",
		"number":     numberText(p),
		"name":       name,
		"reading":    eligibility.HalfWidthKana(reading),
		"made":       n.IssuedOn.Japanese(),
		"sincelabel": "適用開始年月日",
		"since":      p.CoverageFrom.Japanese(),
		"screen":     "② " + n.InsurerName + "の\n資格情報画面",
		"origin":     n.InsurerName + "が発行したお知らせです。国が発行した書類ではありません。",
		"serial":     n.Serial,
		"cutissued":  n.IssuedOn.Japanese() + "発行",
		"cutissuer":  n.Issuer + "（" + p.Insurer.Paper() + "）",
		"cutnumber":  numberText(p),
		"cutname":    name,
	}
	if p.PostCode != "" {
		v["postcode"] = "〒" + strings.TrimPrefix(p.PostCode, "〒")
	}
	if p.CoverageFrom.IsZero() {
		v["sincelabel"], v["since"] = "資格取得年月日", p.QualifiedOn.Japanese()
	}
	if n.TypedCode != "" {
		v["code"] = "②を手で入れるとき " + n.TypedCode
	}
	if !n.Until.IsZero() {
		share := "―"
		if n.Share > 0 {
			share = strconv.Itoa(n.Share/10) + "割"
		}
		v["share"], v["dates"] = share, orElse(n.From.Japanese(), "―")+" ／ "+n.Until.Japanese()
		v["cutshare"], v["cutfrom"], v["cutuntil"] = share, orElse(n.From.Japanese(), "―"), n.Until.Japanese()
	}
	return form.Person{
		Values:  v,
		Codes:   map[string]*CodeMatrix{"State": n.State, "Landing": n.Landing, logoName: n.Logo},
		Reading: p.Kana,
		Notes:   notes,
	}
}

// sender is the block at the upper right: who sends the notice, and where to ask.
func (n Notice) sender() string {
	lines := []string{n.Issuer}
	if n.Unit != "" {
		lines = append(lines, n.Unit)
	}
	if n.ReturnTo != "" {
		lines = append(lines, n.ReturnTo)
	}
	phone := "電話 " + n.Telephone
	if n.Hours != "" {
		phone += "（" + n.Hours + "）"
	}
	return strings.Join(append(lines, phone), "\n")
}

// numberText is 記号・番号（枝番） with the parts that there are.
func numberText(p eligibility.Person) string {
	s := p.Number
	if p.Symbol != "" {
		s = p.Symbol + "・" + s
	}
	if p.BranchNumber != "" {
		s += "（" + p.BranchNumber + "）"
	}
	return s
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
