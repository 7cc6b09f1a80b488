package credential

import (
	"bytes"
	stdflate "compress/flate"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// Ten thousand people who do not exist, the same ones every time, chosen to be hard: long insurer names, long
// Latin names, rare kanji outside the basic plane and with variation selectors, kanji in the 記号, families,
// partial dates of birth.

const (
	commonKanji = "佐藤鈴木高橋田中伊渡辺山本村小林加吉川口松井上野島清水崎森池阿部石前岡長谷近後坂遠青西福三藤井原和中金子太郎花一美由紀恵健二真直樹香織浩之智子優陽菜翔蓮結衣大輝"
	kanaLetters = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴザジズデドバビブボパピッャュョー"
	officeKanji = "架空全国都道府県市町村職員共済組合連合会健康保険後期高齢者医療広域東西南北中央建設機械電気化学薬品食料金属製鉄造船通信運輸流通百貨店出版印刷"
	latin       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// Beyond the basic plane (𠮷 𡈽 𠀋 𣘺), with an ideographic variation selector, and a compatibility form.
var rareKanji = []string{"𠮷", "𡈽", "𠀋", "𣘺", "葛\U000E0101", "辻\U000E0100", "邊\U000E0106", "神", "髙", "﨑", "德"}

type stranger struct{ *rand.Rand }

func (s stranger) text(from string, least, most int) string {
	letters := []rune(from)
	var b strings.Builder
	for range least + s.IntN(most-least+1) {
		b.WriteRune(letters[s.IntN(len(letters))])
	}
	return b.String()
}

func (s stranger) name() (name, kana string) {
	switch n := s.IntN(100); {
	case n < 3: // residents' registers print up to some ninety Latin letters
		words := []string{}
		for total := 0; total < 78; {
			w := s.text(latin, 4, 12)
			words, total = append(words, w), total+len(w)+1
		}
		return strings.Join(words, " "), s.text(kanaLetters, 8, 15) + " " + s.text(kanaLetters, 20, 40)
	case n < 8:
		return s.text(latin, 4, 10) + " " + s.text(latin, 4, 10) + " " + s.text(latin, 3, 8),
			s.text(kanaLetters, 4, 8) + " " + s.text(kanaLetters, 6, 14)
	case n < 20:
		return rareKanji[s.IntN(len(rareKanji))] + s.text(commonKanji, 1, 2) + " " +
				rareKanji[s.IntN(len(rareKanji))] + s.text(commonKanji, 1, 1),
			s.text(kanaLetters, 2, 5) + " " + s.text(kanaLetters, 2, 5)
	case n < 22:
		return s.text(commonKanji, 2, 4), s.text(kanaLetters, 4, 8) // one text, unparted
	}
	return s.text(commonKanji, 1, 3) + " " + s.text(commonKanji, 1, 3),
		s.text(kanaLetters, 2, 5) + " " + s.text(kanaLetters, 2, 5)
}

func (s stranger) insurer() (eligibility.InsurerNumber, string) {
	for { // a body of seven digits and its check digit
		for d := range 10 {
			n, err := eligibility.ParseInsurerNumber(fmt.Sprintf("%07d%d", 1000000+s.IntN(60000000)%9000000,
				d))
			if err == nil {
				if s.IntN(4) == 0 {
					return n, s.text(officeKanji, 24, 30)
				}
				return n, s.text(officeKanji, 4, 14)
			}
		}
	}
}

func (s stranger) person(i int) (eligibility.Person, string) {
	number, insurer := s.insurer()
	symbol := s.text("0123456789", 1, 8)
	if s.IntN(5) == 0 {
		symbol = s.text(commonKanji, 1, 4) + "・" + s.text("０１２３４５６７８９", 1, 4)
	}
	day := eligibility.MustDate(fmt.Sprintf("%04d-%02d-%02d", 1925+s.IntN(101), 1+s.IntN(12), 1+s.IntN(28)))
	if s.IntN(200) == 0 {
		day, _ = eligibility.NewPartialDate(day.Year(), 0, 0)
	}
	p := eligibility.Person{
		Insurer:      number,
		Symbol:       symbol,
		Number:       s.text("0123456789", 1, 8),
		BranchNumber: fmt.Sprintf("%02d", s.IntN(10)),
		BirthDate:    day,
		Sex: []eligibility.Sex{eligibility.Male, eligibility.Female, eligibility.SexUnknown}[s.IntN(
			21)/10],
		Relation:     eligibility.Subscriber,
		CoverageFrom: eligibility.MustDate(fmt.Sprintf("%04d-%02d-01", 2000+s.IntN(26), 1+s.IntN(12))),
	}
	p.Name, p.Kana = s.name()
	if i%3 > 0 { // a family of three
		p.Relation = eligibility.Dependent
		p.SubscriberName, _ = s.name()
	}
	if s.IntN(2) == 0 {
		p.ValidUntil = eligibility.MustDate(fmt.Sprintf("%04d-07-31", 2027+s.IntN(4)))
	}
	return p, insurer
}

// want is what a credential of a person must say: the record, with the blank of a name in one form.
func want(p eligibility.Person, insurer string, share int) Eligibility {
	e := Eligibility{
		Insurer:      p.Insurer,
		InsurerName:  insurer,
		Symbol:       p.Symbol,
		Number:       p.Number,
		BranchNumber: p.BranchNumber,
		Name:         p.Name,
		Kana:         p.Kana,
		BirthDate:    p.BirthDate,
		Sex:          p.Sex,
		Relation:     p.Relation,
		Share:        share,
		ValidFrom:    p.CoverageFrom,
		ValidUntil:   p.ValidUntil,
	}
	if p.Relation == eligibility.Dependent {
		e.Subscriber = p.SubscriberName
	}
	return e
}

func stdlibSize(t *testing.T, w *stdflate.Writer, body []byte) int {
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func TestTenThousandPeopleAreReadBackAsTheyAreRecorded(t *testing.T) {
	people := stranger{rand.New(rand.NewPCG(4, 1195))}
	key := newKey(t)
	rungs, stdlib := map[Tier]*[4]int{TierLive: {}, TierOffline: {}, TierSaved: {}}, map[Tier]int{}
	packer, err := stdflate.NewWriter(nil, stdflate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	total := 10000
	if testenv.RaceDetector {
		total = 500 // one after the other, ten times as slow: nothing there to race
	}
	for i := range total {
		p, insurer := people.person(i)
		iss := "https://hoken.example.jp/i/" + string(p.Insurer)
		r := Request{
			Person:      p,
			InsurerName: insurer,
			Share:       []int{10, 20, 30}[people.IntN(3)],
			Tier:        []Tier{TierLive, TierOffline, TierSaved}[people.IntN(3)],
		}
		switch r.Tier {
		case TierOffline:
			r.DeviceKeyID = people.text(ridAlphabet, deviceKeyIDLength, deviceKeyIDLength)
		case TierSaved:
			r.RID, r.Expires = people.Uint32N(MaxRID), eligibility.MustDate("2027-03-01").Time()
		}
		out, err := Issue(iss, key, r, issuedAt)
		if err != nil {
			t.Fatalf("person %d, %+v: %v", i, p, err)
		}
		body, err := encodeJSON(newPayload(iss, r, issuedAt.Add(-backdate), out.ExpiresAt, true))
		if err != nil {
			t.Fatal(err)
		}
		if (stdlibSize(t, packer, body)*4+2)/3+len(signingInput(key.ID, nil))+87 <= MaxJWS {
			stdlib[r.Tier]++
		}
		usual, err := deflate(body, usualLevel)
		if err != nil {
			t.Fatal(err)
		}
		switch rung := rungs[r.Tier]; {
		case !out.FitsQR:
			rung[3]++
		case out.NoSYL:
			rung[2]++
		case len(signingInput(key.ID, usual))+87 > MaxJWS:
			rung[1]++
		default:
			rung[0]++
		}
		text := string(CardFile(out.JWS))
		if out.FitsQR {
			text = NumericQR(out.JWS)
			qr, err := QRMatrix(out.JWS)
			// SMART Health Cards: 1,195 characters, version 22
			if err != nil || len(out.JWS) > 1195 || qr.Size > 105 {
				t.Fatalf("person %d: %d characters, %d modules, %v", i, len(out.JWS), qr.Size, err)
			}
		} else if _, err := QRMatrix(out.JWS); err == nil || len(out.JWS) <= 1195 {
			t.Fatalf("person %d: %d characters are drawn though they do not fit", i, len(out.JWS))
		}
		jws, err := Read(text)
		if err != nil {
			t.Fatal(err)
		}
		list := &TrustList{Version: 1, Issuers: []TrustedIssuer{{ISS: iss,
			InsurerNumbers: []eligibility.InsurerNumber{p.Insurer}, JWKS: KeySet{key.Public()}}}}
		v := Verifier{Trust: list, Now: issuedAt.Add(time.Second)}.Verify(jws)
		if v.Eligibility == nil || *v.Eligibility != want(p, insurer, r.Share) || v.Tier != r.Tier ||
			v.Valid != (r.Tier != TierOffline) {
			t.Fatalf("person %d: read back %+v\nwant %+v\n%+v", i, v.Eligibility, want(p, insurer, r.Share),
				v.Checks)
		}
	}
	for _, tier := range slices.Sorted(maps.Keys(rungs)) {
		rung := rungs[tier]
		n := rung[0] + rung[1] + rung[2] + rung[3]
		percent := func(k int) string { return fmt.Sprintf("%.2f %%", 100*float64(k)/float64(n)) }
		t.Logf("%-6s of %d: stdlib would fit %s; first pass %s, hardest %s, without SYL %s, file only %s",
			tier, n,
			percent(stdlib[tier]), percent(rung[0]), percent(rung[1]), percent(rung[2]), percent(rung[3]))
	}
}
