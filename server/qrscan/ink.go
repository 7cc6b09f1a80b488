package qrscan

// ink says which pixels of a plane are dark.
type ink struct {
	width, height int
	dark          []bool
}

func (k *ink) at(x, y int) bool { return k.dark[y*k.width+x] }

// globalInk parts a plane at the one threshold that separates its dark and bright pixels best (Otsu 1979). It
// is right for drawn pictures and for modules of any size.
func globalInk(p *plane) *ink {
	var count [256]int
	for _, v := range p.pix {
		count[v]++
	}
	var all, sum float64
	for v, n := range count {
		all += float64(n)
		sum += float64(v) * float64(n)
	}
	best, threshold := -1.0, 128
	var below, sumBelow float64
	for v, n := range count {
		below += float64(n)
		sumBelow += float64(v) * float64(n)
		if below == 0 || below == all {
			continue
		}
		apart := sumBelow/below - (sum-sumBelow)/(all-below)
		if between := below * (all - below) * apart * apart; between > best {
			best, threshold = between, v
		}
	}
	k := &ink{p.width, p.height, make([]bool, len(p.pix))}
	for i, v := range p.pix {
		k.dark[i] = int(v) <= threshold
	}
	return k
}

// localInk compares each pixel with the mean of the square around it: it is right under uneven light, beside
// shadows and on coloured pages.
func localInk(p *plane) *ink {
	radius := min(max(max(p.width, p.height)/24, 20), 80)
	k := &ink{p.width, p.height, make([]bool, len(p.pix))}
	columns := make([]int, p.width) // sums over the rows of the square
	for y := range min(radius, p.height) {
		for x := range columns {
			columns[x] += int(p.pix[y*p.width+x])
		}
	}
	for y := range p.height {
		if enter := y + radius; enter < p.height {
			for x := range columns {
				columns[x] += int(p.pix[enter*p.width+x])
			}
		}
		if leave := y - radius - 1; leave >= 0 {
			for x := range columns {
				columns[x] -= int(p.pix[leave*p.width+x])
			}
		}
		rows := min(y+radius, p.height-1) - max(y-radius, 0) + 1
		sum, wide := 0, 0
		for x := range min(radius, p.width) {
			sum += columns[x]
			wide++
		}
		for x := range p.width {
			if enter := x + radius; enter < p.width {
				sum += columns[enter]
				wide++
			}
			if leave := x - radius - 1; leave >= 0 {
				sum -= columns[leave]
				wide--
			}
			// a little below the mean, or the noise of an even page would be half dark
			k.dark[y*p.width+x] = (int(p.pix[y*p.width+x])+4)*rows*wide < sum
		}
	}
	return k
}
