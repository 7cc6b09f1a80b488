package eligibility

import "unicode"

// IsHyphen reports whether r is a hyphen, a dash, a minus, or a sign that keyboards give in their place
// between figures: the prolonged sound mark (ー, ｰ) and ruled lines (─, ━). Unicode's category Pd and signs
// that look like it.
func IsHyphen(r rune) bool {
	switch {
	case r < 0x80:
		return r == '-'
	case r < 0x2000:
		return r == '\u02d7' || unicode.Is(unicode.Pd, r)
	case r >= '一' && r <= '鿿':
		return false
	}
	switch r {
	case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', // hyphen … horizontal bar
		'\u2043', '\u207b', '\u208b', '\u2212', // bullet, superscript, subscript, minus
		'─', '━', 'ー', 'ｰ', '－':
		return true
	}
	return unicode.Is(unicode.Pd, r)
}
