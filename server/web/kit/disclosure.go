package kit

// What is shown beside a small number must not tell it: neither by subtracting, nor by how this program
// chooses what to show, which everybody can read. So it depends on the other numbers, on how many small ones
// there are, and on the small ones only so far as each of them may still be several numbers (A. Hundepool and
// others, Handbook on Statistical Disclosure Control, ESSnet SDC 2010, chapter 5).

// HiddenNumber stands for a number that is hidden though it may be no small one.
const HiddenNumber = -1

// possible is how many numbers a small one may be, at the least, where nothing but small ones of a whole are
// hidden.
const possible = 5

// isSmall reports a number that is hidden by itself.
func isSmall(n int) bool { return n > 0 && n < Smallest }

// small counts the small ones of numbers, and adds them and the others up.
func small(numbers []int) (count, sum, others int) {
	for _, n := range numbers {
		if isSmall(n) {
			count, sum = count+1, sum+n
		} else {
			others += n
		}
	}
	return count, sum, others
}

// SumOf adds numbers up that may be shown each by itself. With small ones among them it is a number that the
// sum reaches: the others cut to tens, with tens of what the small ones come to. It is a HiddenNumber where
// that would be none.
func SumOf(numbers []int) int {
	count, hidden, others := small(numbers)
	if count == 0 {
		return others
	}
	tens := tensOf(count, hidden)
	sum := others - others%Smallest + tens
	switch {
	case sum > 0:
		return sum
	case hidden < Smallest && count <= Smallest-possible:
		return hidden // a small number itself
	}
	return HiddenNumber
}

// tensOf is what so many small numbers come to, cut to tens and further at both ends: near the least that
// they can come to, each of them would be 1, near the most, each would be 9.
func tensOf(count, sum int) int {
	const most = Smallest - 1
	cut := func(n int) int { return n - n%Smallest }
	first := Smallest // what is less leaves each of a few several values
	if count > Smallest-possible {
		first = cut(count + 2*most) // from here on one of them may be 9
	}
	last := cut(most*count - most + 1) // from here on one of them may be 1
	if sum < first || last < first {
		return cut(count)
	}
	return min(cut(sum), last)
}

// HideParts hides parts of a whole that is shown too, so that the small ones are not told by subtracting. The
// small ones are left to be shown as such; where they alone would tell each other, the last of the larger
// ones become HiddenNumbers, and where that is not enough, all parts do.
func HideParts(parts []int) []int {
	out := append([]int{}, parts...)
	count, hidden, others := small(parts)
	if count == 0 || hidden+others < Smallest { // the whole is hidden as well
		return out
	}
	if others > 0 && span(count, hidden) >= possible {
		return out
	}
	larger := 0
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] < Smallest {
			continue
		}
		out[i] = HiddenNumber
		larger, hidden = larger+1, hidden+parts[i]
		// the larger ones may be 10 each and the others 1, and still one of them may be 9
		if hidden-larger*Smallest-(count-1) >= Smallest-1 {
			return out
		}
	}
	for i, n := range parts {
		if n > 0 {
			out[i] = HiddenNumber
		}
	}
	return out
}

// span is how many values each of so many small numbers may have that come to sum.
func span(count, sum int) int {
	const most = Smallest - 1
	return min(most, sum-(count-1)) - max(1, sum-most*(count-1)) + 1
}

// ShownParts are the parts of a whole as they may be shown beside it.
func ShownParts(parts []int) []string {
	out := make([]string, len(parts))
	for i, n := range HideParts(parts) {
		out[i] = ShownCount(n)
	}
	return out
}
