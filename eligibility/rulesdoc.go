package eligibility

import (
	"fmt"
	"io"
	"strings"

	"madoguchi/message"
)

// WriteRules writes the table of the rules as Markdown: docs/rules.md is this text.
func WriteRules(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# 窓口での資格確認の規則\n\n")
	said := func(key string, args message.Args) string { return message.New(key, args).Text("ja") }
	b.WriteString(said("rulesdoc.made", nil) + "\n")
	b.WriteString(said("rulesdoc.known", message.Args{
		"known": message.Text(RulesKnown().Text("ja")),
		"day":   RulesKnownUntil.Value(),
	}) + "\n\n")
	b.WriteString(said("rulesdoc.readingFirst", message.Args{
		"certain": message.Text(Certain.Japanese()),
		"source":  message.Text(link(srcFee)),
	}) + "\n\n")
	b.WriteString(said("rulesdoc.certainty", nil) + "\n")
	for i := range ruleTable {
		r, w := &ruleTable[i], &wordsOfRules[i]
		fmt.Fprintf(&b, "\n## %s %s\n\n%s\n\n", r.Code, w.name.Ja(), said("rulesdoc.gives", message.Args{
			"name":    message.Text(w.name.En()),
			"medical": message.Text(map[bool]string{true: "同意があれば得られる", false: "得られない"}[r.Medical]),
			"limit":   message.Text(limitAnswers[r.Limit]),
		}))
		b.WriteString("|期間|対象の保険者|確度|根拠|\n|---|---|---|---|\n")
		for _, p := range r.Periods {
			fmt.Fprintf(
				&b,
				"|%s ～ %s|%s|%s%s|%s|\n",
				p.From,
				p.Until,
				p.Only,
				p.Confidence.Japanese(),
				endDoubt(p),
				link(p.Source),
			)
		}
		b.WriteString("\n必要なこと:\n\n")
		for _, n := range r.Needs {
			fmt.Fprintf(&b, "- %s（%s%s）\n", n.name().Text("ja"), n.sure.Japanese(), needSource(n))
		}
		fmt.Fprintf(&b, "\n職員の次の一歩: %s\n", w.next.Ja())
		if r.InApp != "" {
			fmt.Fprintf(&b, "\n訪問・資格確認限定型では: %s\n", w.inApp.Ja())
		}
		if r.Then == comparePhoto {
			fmt.Fprintf(&b, "\n顔写真のないカードでは: %s\n", w.noPhoto.Ja())
		}
		fmt.Fprintf(&b, "\n次回の持ち物: %s\n", w.bring.Ja())
	}
	writeReservations(&b)
	b.WriteString("\n## カードと人の特別な場合\n\n|場合|窓口での扱い|確度|根拠|\n|---|---|---|---|\n")
	for _, c := range CardCases {
		fmt.Fprintf(&b, "|%s|%s|%s|%s|\n", c.Told().Sentence("ja"), c.Told().NextStep("ja"),
			c.Confidence.Japanese(), link(c.Source))
	}
	b.WriteString("\n## 限度額適用区分\n\n|対象|期間|区分の数|区分|確度|\n|---|---|---|---|---|\n")
	for _, t := range LimitTables {
		names := "名前とコードは未公表"
		if len(t.Classes) > 0 {
			names = t.Classes[0].Japanese()
			for _, c := range t.Classes[1:] {
				names += "・" + c.Japanese()
			}
		}
		fmt.Fprintf(&b, "|%s|%s ～ %s|%d|%s|%s|\n", t.Ja, t.From, t.Until, t.Count, names,
			t.Confidence.Japanese())
	}
	fmt.Fprintf(&b, "\n## 資格の状態\n\n根拠: %s\n\n|コード|状態|職員の次の一歩|\n|---|---|---|\n", srcStates.Title)
	for _, m := range Validities {
		fmt.Fprintf(&b, "|%s|%s|%s|\n", m.Code, m.Ja, m.Told().NextStep("ja"))
	}
	b.WriteString("\n|コード|喪失理由|職員の次の一歩|\n|---|---|---|\n")
	for _, m := range LossReasons {
		fmt.Fprintf(&b, "|%s|%s|%s|\n", m.Code, m.Ja, m.Told().NextStep("ja"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// limitAnswers say what a way of checking tells of the limit (限度額).
var limitAnswers = map[LimitAnswer]string{
	LimitYes:     "得られる",
	LimitNo:      "得られない",
	LimitOnPaper: "紙に書いてあるときだけ",
}

// writeReservations lists what makes an answer less than certain, what staff do besides, and the answers
// where nothing helps.
func writeReservations(b *strings.Builder) {
	b.WriteString("\n## 受け付けるが確実とは言えないとき\n\n|方法|留保|先に聞くこと|確度|根拠|\n|---|---|---|---|---|\n")
	for _, d := range doubts {
		codes := strings.Join(strings.Fields(d.about), "・")
		fmt.Fprintf(b, "|%s|%s|%s|%s|%s|\n", codes, d.says.Ja(), message.Steps(d.says).Ja(),
			d.sure.Japanese(), link(d.source))
	}
	b.WriteString("\n## あわせてすること\n\n|すること|確度|根拠|\n|---|---|---|\n")
	for _, n := range notes {
		fmt.Fprintf(b, "|%s|%s|%s|\n", n.says.Ja(), n.sure.Japanese(), link(n.source))
	}
	fmt.Fprintf(b, "|%s|%s|%s|\n", fullPriceSays[0].Text("ja"), Certain.Japanese(), link(srcSpecial))
	b.WriteString("\n## オンライン資格確認で有効な資格が確かめられないとき\n\n|答え|職員の次の一歩|\n|---|---|\n")
	for _, a := range AllOQSAnswers {
		if because, next := a.words(); because != nil {
			fmt.Fprintf(b, "|%s|%s|\n", because.Ja(), next.Ja())
		}
	}
	b.WriteString("\n## 受け付けられる方法がないとき\n\n|理由|職員の次の一歩|確度|根拠|\n|---|---|---|---|\n")
	for _, r := range refusals {
		fmt.Fprintf(b, "|%s|%s|%s|%s|\n", r.says.Ja(), r.steps().Ja(), r.sure.Japanese(), link(r.source))
	}
}

// String names the insurers of a scheme.
func (s scheme) String() string {
	if s == everyone {
		return "すべて"
	}
	return strings.Join(s.names("ja"), "・")
}

// names are the insurers of a scheme in a language, each by itself.
func (s scheme) names(lang string) (names []string) {
	for _, one := range []struct {
		scheme scheme
		says   message.Message
	}{
		{residents, message.New("scheme.residents", nil)},
		{elderly, message.New("scheme.elderly", nil)},
		{employees, message.New("scheme.employees", nil)},
	} {
		if s&one.scheme != 0 {
			names = append(names, one.says.Text(lang))
		}
	}
	return names
}

func link(s Source) string {
	if s.URL == "" {
		return s.Title
	}
	return "[" + s.Title + "](" + s.URL + ")"
}

func endDoubt(p Period) string {
	if p.After == Likely {
		return "（終わりは推定）"
	}
	return ""
}

func needSource(c *condition) string {
	if c.source.Title == "" {
		return ""
	}
	return "、" + c.source.Title
}
