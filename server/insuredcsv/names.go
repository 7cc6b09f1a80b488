package insuredcsv

import (
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// name reads a cell that holds a name or its reading: as text, with radicals as the characters that they look
// like and 〓 for each character that a program before this one lost (?, □ and the like). Such a row is
// accepted with the warning gaiji: the person is insured whatever became of a character.
func (r *reader) name(column Column, cell string) string {
	warned := len(r.warnings)
	s := r.text(column, cell)
	clean := eligibility.CleanName(s)
	if !eligibility.HasLostCharacter(clean) {
		return clean
	}
	r.warnings = r.warnings[:warned] // said here in the words for names
	switch {
	case eligibility.AllLost(clean):
		r.warn(column, "row.gaiji.all", nil)
	case strings.ContainsRune(clean, eligibility.LostCharacterMark):
		r.warn(column, "row.gaiji.name", message.Args{"value": message.Text(shortQuote(clean))})
	}
	return clean
}

// PersonKey names a person: 保険者番号, 記号, 番号 and 枝番, compared normalised; without 枝番 also 生年月日 and 氏名, since
// families share 記号・番号.
func PersonKey(p eligibility.Person) string {
	return keyOf(p, normalIdentifier, eligibility.CleanName(p.Name))
}

// FormerKey is the PersonKey of the releases that stored names as they stood in the file and knew fewer
// hyphens. People under it move to their PersonKey when the database opens.
func FormerKey(p eligibility.Person) string { return keyOf(p, formerIdentifier, p.Name) }

func keyOf(p eligibility.Person, identifier func(string) string, name string) string {
	number := strings.TrimLeft(identifier(p.Number), "0")
	parts := []string{string(p.Insurer), identifier(p.Symbol), number, p.BranchNumber}
	if p.BranchNumber == "" {
		parts = append(parts, p.BirthDate.String(), strings.Join(strings.Fields(eligibility.NFKC(name)), ""))
	}
	return strings.Join(parts, "\x00")
}

// formerIdentifier is normalIdentifier as those releases had it. It must not change.
func formerIdentifier(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch r {
		case '‐', '‑', '–', '—', '―', '−', 'ー', '－', '─':
			return '-'
		case ' ', '　':
			return -1
		}
		return r
	}, eligibility.NFKC(s)))
}
