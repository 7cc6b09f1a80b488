package pdf

import (
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf/font"
)

// shownName returns what is printed large as the name, what small above it, and a note. Where a character of
// the name was lost (● that the register could not write, 〓 that a file lost on its way), the reading is
// large, since only it is whole. The person's names are as eligibility.CleanName writes them.
func shownName(p eligibility.Person) (large, small string, notes []string) {
	mark := eligibility.LostMark(p.Name)
	if mark == 0 {
		return p.Name, p.Kana, nil
	}
	note := func(key string) []string {
		return []string{message.New(key, message.Args{"mark": message.Text(string(mark))}).Text("ja")}
	}
	if p.Kana == "" || eligibility.HasLostCharacter(p.Kana) {
		return p.Name, p.Kana, note("paper.note.lost")
	}
	return p.Kana, "登録の表記 " + p.Name, note("paper.note.lost_reading_large")
}

// withLostNames puts a page on the hand-check list when a character of a name on it was lost.
func withLostNames(r Report, p eligibility.Person) Report {
	for _, n := range []struct{ label, name string }{
		{"氏名", p.Name}, {"フリガナ", p.Kana}, {"通称名", p.Alias}, {"被保険者氏名", p.SubscriberName},
	} {
		if eligibility.HasLostCharacter(n.name) {
			r.Check = append(r.Check, message.New("paper.check.lost", message.Args{
				"field": message.Text(n.label),
				"name":  message.Text(n.name),
			}).Text("ja"))
		}
	}
	return r
}

// IdentityLines returns what tells one person's paper from another's, as it is printed: 記号・番号（枝番）, and the
// name or, where the register lacks a character, the reading.
func IdentityLines(p eligibility.Person) []string {
	name, _, _ := shownName(p.WithCleanNames())
	return []string{font.Printed(numberText(p)), font.Printed(name)}
}
