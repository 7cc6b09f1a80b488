package eligibility

import (
	"unicode"
	"unicode/utf8"
)

// ErrMyNumberTyped is the answer to a text that was typed and holds a 個人番号: it is not kept.
var ErrMyNumberTyped = &Error{Code: Invalid, Key: "typed.my_number"}

// HoldsMyNumber reports whether a text holds a valid 12-digit 個人番号, which this program must neither keep nor
// show: its check digit fits (平成26年総務省令85号5条). Digits may be of any script, in circles or kanji (digitOf). It
// is looked for as
//
//   - a run of exactly twelve digits, without blanks and hyphens, also behind one 0 and before decimals
//     (….0). A blank also separates a number from another figure beside it.
//   - equal groups (4+4+4, 6+6, 3+3+3+3 or single digits) with any punctuation between them. Other groups
//     with other punctuation are dates with times, addresses and telephones.
//
// One in eleven figures of twelve digits fits by chance. What a spreadsheet made of a number cannot be known
// (1.23457E+11), nor one that lost a digit.
func HoldsMyNumber(text string) bool {
	if !enoughDigits(text) {
		return false
	}
	var joined, parted run // with blanks dropped, and kept
	var groups grouped
	kind := false // kanji, or all other digits: an address has both side by side
	for i, w := 0, 0; i < len(text); i += w {
		r := rune(text[i])
		if w = 1; r >= utf8.RuneSelf {
			r, w = utf8.DecodeRuneInString(text[i:])
		}
		d, kanji := digitOf(r)
		switch {
		case d != 0:
			if kanji != kind {
				if joined.end() || parted.end() || groups.end() {
					return true
				}
				kind = kanji
			}
			joined.add(d)
			parted.add(d)
			groups.add(d)
		case unseen(r):
		case IsHyphen(r):
			if groups.next() {
				return true
			}
		case blank(r):
			if parted.end() || groups.next() {
				return true
			}
		default:
			if joined.end() || parted.end() {
				return true
			}
			if sign := punctuation(r); sign && groups.next() || !sign && groups.end() {
				return true
			}
			groups.sign = true
		}
	}
	return joined.end() || parted.end() || groups.end()
}

// enoughDigits is a quick look: most cells have too few digits, or what perhaps is one beyond ASCII. Kana and
// most kanji are none.
func enoughDigits(text string) bool {
	n := 0
	for i := 0; i < len(text) && n < 12; {
		c := text[i]
		if c < utf8.RuneSelf {
			if c >= '0' && c <= '9' {
				n++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case r >= 'ぁ' && r <= 'ヿ':
		case r >= '一' && r <= '鿿' && kanjiDigit(r) == 0:
		default:
			n++
		}
	}
	return n >= 12
}

// MyNumberFits reports whether twelve ASCII digits have a right check digit.
func MyNumberFits(digits string) bool {
	if len(digits) != 12 {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return myNumberDigit(digits[:11]) == digits[11]
}

// DigitsOnly returns the digits of a text that holds nothing else but blanks, hyphens and what nobody sees,
// as ASCII; no more than 12, and no kanji, which are names as well.
func DigitsOnly(text string) (digits string, ok bool) {
	var out [12]byte
	n := 0
	for _, r := range text {
		d, kanji := digitOf(r)
		switch {
		case kanji || d != 0 && n == len(out):
			return "", false
		case d != 0:
			out[n] = d
			n++
		case !unseen(r) && !IsHyphen(r) && !blank(r):
			return "", false
		}
	}
	return string(out[:n]), n > 0
}

// run is a run of digits.
type run struct {
	digits [13]byte
	n      int
}

func (r *run) add(digit byte) {
	if r.n < len(r.digits) {
		r.digits[r.n] = digit
	}
	r.n++
}

// end ends the run and reports whether it was a number.
func (r *run) end() bool {
	n := r.n
	r.n = 0
	switch {
	case n == 12:
		return MyNumberFits(string(r.digits[:12]))
	case n == 13 && r.digits[0] == '0' && r.digits[1] != '0': // more zeros fill up a number of another kind
		return MyNumberFits(string(r.digits[1:]))
	}
	return false
}

// grouped are groups of digits with signs between them: the digits of the last twelve groups.
type grouped struct {
	digits [12][6]byte // of groups; a longer one is of no interest
	sizes  [12]int
	signed [12]bool // other signs than blanks and hyphens stand before a group
	groups int      // so far; the open one is not counted
	size   int      // of the open one
	sign   bool     // such a sign was met since the last digit
}

func (g *grouped) add(digit byte) {
	if g.size == 0 {
		g.signed[g.groups%12], g.sign = g.sign, false
	}
	if g.size < 6 {
		g.digits[g.groups%12][g.size] = digit
	}
	g.size++
}

// next ends a group that others may follow, and reports whether those before it were a number.
func (g *grouped) next() bool {
	if g.size == 0 {
		return false
	}
	size := g.size
	found := g.groups > 0 && g.sizes[(g.groups+11)%12] != size && g.fits()
	g.sizes[g.groups%12] = size
	g.groups++
	g.size = 0
	return found
}

// end ends the chain of groups and reports whether it ended with a number.
func (g *grouped) end() bool {
	found := g.next() || g.groups > 0 && g.fits()
	g.groups = 0
	return found
}

// fits reports whether the last groups, all of one size and no more of it before them, are a number.
func (g *grouped) fits() bool {
	size := g.sizes[(g.groups+11)%12]
	if size != 1 && size != 3 && size != 4 && size != 6 {
		return false
	}
	want := 12 / size
	if g.groups < want {
		return false
	}
	var digits []byte
	signed := false
	for i := g.groups - want; i < g.groups; i++ {
		if g.sizes[i%12] != size {
			return false
		}
		signed = signed || i > g.groups-want && g.signed[i%12]
		digits = append(digits, g.digits[i%12][:size]...)
	}
	if before := g.groups - want - 1; want < 12 && before >= 0 && g.sizes[before%12] == size {
		return false // four groups of four are a card's number
	}
	return signed && !(size == 6 && month(digits[:6]) && month(digits[6:])) && MyNumberFits(string(digits))
}

// month reports whether six digits are a year and a month, as in 202604〜202703.
func month(d []byte) bool {
	century, number := string(d[:2]), string(d[4:])
	return (century == "19" || century == "20") && number >= "01" && number <= "12"
}

// punctuation reports whether r is a sign that is no letter: commas, dots, brackets, ・ and all other signs.
func punctuation(r rune) bool {
	return r < utf8.RuneSelf && r > ' ' && !(r >= 'A' && r <= 'Z') && !(r >= 'a' && r <= 'z') ||
		r >= utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r))
}

// blank reports whether r is a blank or a break of lines, in this case also one of scripts that have signs
// for nothing.
func blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u2800' || r == '\u115f' || r == '\u1160' || r == '\u3164'
}

// unseen reports whether r takes no room of its own: control and format characters, variation selectors,
// marks that are set on the character before, such as a circle around a digit.
func unseen(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' && r != '\t' && r != '\n' && r != '\v' && r != '\f' && r != '\r' || r == 0x7f
	case r < 0x300:
		return unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r) || r == '\u00ad'
	case r >= 0x3041 && r < 0xa000: // kana and kanji
		return r == '\u3099' || r == '\u309a'
	}
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.M, r) || isSelector(r)
}

// myNumberDigit is the check digit of the first eleven: with P_n the n-th from the right and Q_n = n+1 up to
// 6, n−5 above, the remainder of ΣP·Q by 11 taken from 11; remainders 0 and 1 give 0.
func myNumberDigit(eleven string) byte {
	sum := 0
	for n := 1; n <= 11; n++ {
		q := n + 1
		if n > 6 {
			q = n - 5
		}
		sum += int(eleven[11-n]-'0') * q
	}
	if r := sum % 11; r > 1 {
		return byte('0' + 11 - r)
	}
	return '0'
}
