package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

func TestStatisticsCountPeoplePapersAndDays(t *testing.T) {
	h, r := clerksApp(t)
	var file strings.Builder
	file.WriteString("番号,氏名,生年月日,負担割合,資格喪失年月日\n")
	for i := range 40 {
		born, share, lost := "1986-04-12", "", ""
		switch { // the bands of 健康保険法74条 on 2026-11-22
		case i < 12:
			born, share = "1953-01-01", "2割" // 73
		case i < 24:
			born, share = "1944-02-29", "1割" // 82
		case i == 24:
			lost = "2026-11-01"
		}
		fmt.Fprintf(&file, "%d,試験 第%d,%s,%s,%s\n", 5000+i, i, born, share, lost)
	}
	if _, err := h.insurer.Importer.Import(ctx, clerkOf("06139992"),
		strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	for range 12 {
		if _, err := h.insurer.Issuer.Live(ctx, viewerOf("idp|tokuichi"), r.ID); err != nil {
			t.Fatal(err)
		}
	}
	text := h.page(t, "/insurer/statistics.csv?insurer=06139992")
	for _, want := range []string{"\ufeff", "加入者（負担割合）,いま資格のある人,39", "加入者（負担割合）,1割,12", "加入者（負担割合）,2割,12",
		"加入者（負担割合）,3割,15", "加入者（年齢）,70〜74歳,12", "加入者（年齢）,75歳以上,12", "登録と写し,資格を失った人の記録,10未満"} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
	// one person, twelve times: one (the screen is renewed every 30 seconds)
	numbers, err := h.insurer.Usage.Statistics(ctx, clerkOf("00138990"))
	if err != nil || numbers.Days[0].People != 1 || numbers.Days[0].Screens != 12 || numbers.Enrolled != 1 ||
		len(numbers.Months) != 12 || !slices.Equal(numbers.Months[0].People, []int{1}) ||
		!slices.Equal(numbers.Months[0].Logins, []int{1}) {
		t.Errorf("%+v %v", numbers, err)
	}
	city := h.page(t, "/insurer/statistics.csv?insurer=00138990")
	if !strings.Contains(city, "2026-11-22,10未満,10未満,10未満,0") ||
		!strings.Contains(city, "2026-11-21,0,0,0,0") ||
		!strings.Contains(city, "2026-11,10未満,10未満") {
		t.Errorf("days:\n%s", city)
	}
	if page := h.page(t, "/insurer/statistics?insurer=06139992"); strings.Contains(page, "試験") ||
		!strings.Contains(page, "10未満") {
		t.Error("the page names people or shows small numbers")
	}
}

// Ages stand on the page twice, and those whom nobody knows the birth date of are people too: what is hidden
// in one table is not told by another, or by those who are in none.
func TestNoTableOfAgesTellsWhatAnotherHides(t *testing.T) {
	h, _ := clerksApp(t)
	var file strings.Builder
	file.WriteString("番号,氏名,生年月日,負担割合\n")
	number := 7000
	add := func(n int, born, share string) {
		for range n {
			number++
			fmt.Fprintf(&file, "%d,試験 太郎,%s,%s\n", number, born, share)
		}
	}
	add(30, "1990-04-12", "3割")
	add(13, "1960-02-29", "3割") // 66
	add(3, "1953-01-01", "2割")  // 73
	add(20, "1944-02-29", "1割") // 82
	if _, err := h.insurer.Importer.Import(ctx, clerkOf("06139992"),
		strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	shown := map[string]map[string]bool{} // a group's numbers of people, by its name
	for line := range strings.Lines(h.page(t, "/insurer/statistics.csv?insurer=06139992")) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if cells[0] == "加入者（年齢）" {
			cells = cells[1:]
		}
		if strings.Contains(cells[0], "歳") {
			if shown[cells[0]] == nil {
				shown[cells[0]] = map[string]bool{}
			}
			shown[cells[0]][cells[1]] = true
		}
	}
	for group, want := range map[string]string{
		"20〜39歳": "30", "65〜69歳": "13", "70〜74歳": "10未満", "75歳以上": "非表示",
	} {
		if len(shown[group]) != 1 || !shown[group][want] {
			t.Errorf("%s: %v, want %s", group, shown[group], want)
		}
	}
	if len(shown) != 6 {
		t.Errorf("groups that cut the ages in another way tell those: %v", shown)
	}
}

// The insurer's name is what somebody typed: in the file for spreadsheets it is a text, never a formula
// (OWASP, CSV Injection).
func TestTheStatisticsFileCannotRunFormulas(t *testing.T) {
	h, _ := clerksApp(t)
	for _, name := range []string{`=HYPERLINK("http://192.0.2.1","x")`, "+1", "-1", "@SUM(A1)", "＝1+1",
		" =1+1", "\t=1", "−1"} {
		in := insurer.Insurer{Number: "06139992", Name: name, Issuer: "理事長", Telephone: "06-0000-0000"}
		err := h.store.Directory.PutSettings(ctx, in, nil,
			audit.Entry{At: h.now, Actor: "test", Action: "insurer.put"})
		if err != nil {
			t.Fatal(err)
		}
		text := h.page(t, "/insurer/statistics.csv?insurer=06139992")
		first, _, _ := strings.Cut(strings.TrimPrefix(text, "\ufeff"), "\r\n")
		cell := strings.TrimPrefix(strings.TrimPrefix(first, "保険者,"), `"`)
		if !strings.HasPrefix(cell, "'"+name[:1]) {
			t.Errorf("%q: %q", name, first)
		}
	}
}
