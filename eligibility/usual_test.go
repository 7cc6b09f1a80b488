package eligibility_test

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/crowd"
)

// takenApart returns what a receipt computer rejects of a text by the way of any text: with 𠮷 behind it,
// which no text of usual characters has and which combines with nothing before it.
func takenApart(t *testing.T, text string) []string {
	t.Helper()
	const rare = "𠮷"
	all := eligibility.ReceiptRejects(text + rare)
	if len(all) == 0 || !strings.Contains(text, rare) && all[len(all)-1] != rare {
		t.Fatalf("%+q with %s behind it: %+q", text, rare, all)
	}
	if !strings.Contains(text, rare) {
		all = all[:len(all)-1]
	}
	return all
}

func sameEitherWay(t *testing.T, text string) {
	t.Helper()
	if got, want := eligibility.ReceiptRejects(text), takenApart(t, text); !slices.Equal(got, want) {
		t.Errorf("%+q: %+q at first sight, %+q taken apart", text, got, want)
	}
}

// What Unicode combines with a character, or takes for a variant of it: marks, dakuten, selectors, joiners,
// vowels and finals of Hangul, and letters that are written as several.
var neighbours = []string{"", "佐", "か", "ｶ", "A", " ", "\u0301", "\u0323", "\u3099", "\u309a", "ﾞ", "\ufe00",
	"\U000e0100", "\u200d", "\u1161", "\u11a8", "㌔", "\u0338", "\U0002f800", "\xff", "\xe4\xbd"}

func TestUsualCharactersAreKnownAtFirstSightAsTheyAreTakenApart(t *testing.T) {
	for r := rune(0); r <= 0x10000; r++ {
		for _, beside := range neighbours {
			sameEitherWay(t, string(r)+beside)
		}
	}
	r := rand.New(rand.NewPCG(14, 2))
	some := []string{"髙", "德", "﨑", "神", "佐藤", "ヴ", "が", "か", "う", "Ａ", "é", "㈱", "①", "〜", "～",
		"¢", "゛", "●"}
	for range 50_000 {
		var text strings.Builder
		for range r.IntN(6) {
			switch r.IntN(4) {
			case 0:
				text.WriteString(neighbours[r.IntN(len(neighbours))])
			case 1:
				text.WriteRune(rune(r.IntN(0x10000)))
			default:
				text.WriteString(some[r.IntN(len(some))])
			}
		}
		sameEitherWay(t, text.String())
	}
}

func TestTheTextsOfTenThousandPeopleAreKnownAtFirstSightAsTheyAreTakenApart(t *testing.T) {
	var file bytes.Buffer
	if _, err := (crowd.File{Insurer: "06139992", People: 10_000}).WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	people, err := csv.NewReader(&file).ReadAll()
	if err != nil || len(people) < 10_000 {
		t.Fatal(len(people), err)
	}
	for _, person := range people {
		for _, text := range person {
			sameEitherWay(t, text)
		}
	}
}

func TestAUsualNameIsNotTakenApart(t *testing.T) {
	for _, name := range []string{"佐藤 花子", "齋藤　太郎", "サトウ ハナコ", "NGUYEN VAN AN", "東京都千代田区霞が関１－２－３"} {
		took := testing.AllocsPerRun(100, func() {
			if rejected := eligibility.ReceiptRejects(name); len(rejected) != 0 {
				t.Errorf("%s: %q", name, rejected)
			}
		})
		if took != 0 {
			t.Errorf("%s: %v pieces of memory", name, took)
		}
	}
}
