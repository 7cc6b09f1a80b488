package credential

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// signingInput is what is signed of a compressed payload (RFC 7515 section 5.1), made the plain way.
func signingInput(kid string, packed []byte) string {
	return b64.EncodeToString([]byte(`{"alg":"ES256","zip":"DEF","kid":"`+kid+`"}`)) + "." +
		b64.EncodeToString(packed)
}

// deflate is deflateTo with memory of its own.
func deflate(data []byte, level int) ([]byte, error) {
	var b bytes.Buffer
	err := deflateTo(&b, data, level)
	return b.Bytes(), err
}

// Texts that JSON writes in another way than they stand, that look as if it did, and that are no text.
var awkwardTexts = []string{"", `"`, `\`, `a"b\c`, "\x00", "\x1f", "\n", "\t\r", "\b\f", "\x7f", "<&>",
	"\u2028", "\u2029", "\u202e", "\ufffd", "\xff", "\xe4\xbd", "\xed\xa0\x80", "佐藤", "葛\U000e0101", "𠮷",
	"/", "é", " ", "　", "  a  b ", ":", strings.Repeat("長", 200)}

func (s stranger) awkward() string {
	var b strings.Builder
	for range 1 + s.IntN(3) {
		b.WriteString(awkwardTexts[s.IntN(len(awkwardTexts))])
		if s.IntN(3) == 0 {
			b.WriteRune(rune(s.IntN(0x30000)))
		}
	}
	return b.String()
}

// anyRequest is of a person who does not exist, nearly always with texts that no record has.
func (s stranger) anyRequest(i int) (iss string, r Request) {
	p, insurer := s.person(i)
	for _, text := range []*string{&p.Symbol, &p.Number, &p.BranchNumber, &p.Name, &p.Kana, &p.SubscriberName,
		&insurer, (*string)(&p.Sex), (*string)(&p.Insurer), (*string)(&p.Relation)} {
		switch s.IntN(6) {
		case 0:
			*text = s.awkward()
		case 1:
			*text = ""
		}
	}
	for _, day := range []*eligibility.Date{&p.BirthDate, &p.CoverageFrom, &p.ValidFrom, &p.ValidUntil} {
		switch s.IntN(6) {
		case 0:
			*day = eligibility.Date{}
		case 1:
			*day, _ = eligibility.NewPartialDate(1+s.IntN(9999), s.IntN(13), 0)
		}
	}
	return s.awkward(), Request{
		Person:         p,
		InsurerName:    insurer,
		Share:          s.IntN(5)*10 - 10,
		Tier:           []Tier{TierLive, TierOffline, TierSaved, "none"}[s.IntN(4)],
		DeviceKeyID:    s.awkward(),
		RID:            s.Uint32(),
		Representative: s.IntN(2) == 0,
	}
}

func TestAPayloadIsWrittenAsEncodingJSONWritesIt(t *testing.T) {
	people := stranger{rand.New(rand.NewPCG(6, 1))}
	for i := range 20_000 {
		iss, r := people.anyRequest(i)
		from := time.Unix(people.Int64N(1<<41)-1<<40, 0)
		p := newPayload(iss, r, from, from.Add(time.Duration(people.Int64())), i%2 == 0)
		want, err := encodeJSON(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.appendJSON([]byte("before")); string(got) != "before"+string(want) {
			t.Fatalf("%+v:\n%s\nencoding/json writes\n%s", r, got, want)
		}
	}
	for _, n := range []humanName{{}, {Given: []string{"", "b"}}, {Extension: []extension{sylTag, sylTag}}} {
		want, err := encodeJSON(n)
		if got := appendName(nil, n); err != nil || string(got) != string(want) {
			t.Errorf("%s, encoding/json writes %s, %v", got, want, err)
		}
	}
}

// Several make credentials at once in memory that they hand on: each is of its own person, as one that is
// made alone in memory of its own.
func TestManyAtOnceMakeEachTheirOwnCredential(t *testing.T) {
	key := newKey(t)
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			people := stranger{rand.New(rand.NewPCG(8, uint64(who)))}
			for i := range 300 {
				p, insurer := people.person(i)
				iss := fmt.Sprintf("https://hoken.example.jp/i/%s", p.Insurer)
				r := Request{Person: p, InsurerName: insurer, Share: 20, Tier: TierLive}
				out, err := Issue(iss, key, r, issuedAt)
				if err != nil {
					t.Errorf("%+v: %v", p, err)
					return
				}
				made := newPayload(iss, r, issuedAt.Add(-backdate), out.ExpiresAt, !out.NoSYL)
				body, err := encodeJSON(made)
				if err != nil {
					t.Error(err)
					return
				}
				same := false
				for _, level := range []int{usualLevel, hardestLevel} {
					packed, err := deflate(body, level)
					if err != nil {
						t.Error(err)
						return
					}
					same = same || strings.HasPrefix(out.JWS, signingInput(key.ID, packed)+".")
				}
				if !same {
					t.Errorf("the credential of %+v is another one's", p)
				}
			}
		})
	}
	all.Wait()
}

func TestAMembersIdentifierHasFourParts(t *testing.T) {
	people := stranger{rand.New(rand.NewPCG(4, 4))}
	for range 20_000 {
		value := people.text("::1あ", 0, 8)
		want := strings.Split(value, ":")
		parts, ok := memberParts(value)
		if ok != (len(want) == 4) || ok && strings.Join(parts[:], ":") != value {
			t.Fatalf("%q: %q %v", value, parts, ok)
		}
	}
}
