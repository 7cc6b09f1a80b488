package qrscan

import (
	"cmp"
	"math"
	"slices"
)

// eye is what looks like one of a code's three finder patterns: rings of 1:1:3:1:1 modules around a centre.
type eye struct {
	x, y   float64
	module float64 // width of a module along the picture's axes
	seen   int     // scan lines that found it
}

// maxEyes bounds the work on pictures that are full of rings; those seen on most lines stay.
const maxEyes = 48

// eyes finds finder patterns, those seen on most lines first.
func (k *ink) eyes() []eye {
	step := 1
	if len(k.dark) > 1<<20 {
		step = 2 // a centre of three modules is at least six pixels high
	}
	var found []eye
	runs := make([]int, 0, k.width+2)
	for y := step / 2; y < k.height; y += step {
		runs = k.runs(y, runs[:0])
		end := 0
		for i, run := range runs {
			end += run
			// runs alternate and begin with a bright one, which may be empty
			if i < 5 || i%2 == 0 || !isRingPattern(runs[i-4], runs[i-3], runs[i-2], runs[i-1], runs[i]) {
				continue
			}
			x := float64(end) - float64(runs[i]+runs[i-1]) - float64(runs[i-2])/2
			total := runs[i-4] + runs[i-3] + runs[i-2] + runs[i-1] + runs[i]
			if e, ok := k.confirm(x, y, total); ok {
				found = addEye(found, e)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b eye) int { return cmp.Compare(b.seen, a.seen) })
	return found[:min(len(found), maxEyes)]
}

// runs returns the lengths of a row's runs, bright and dark in turn.
func (k *ink) runs(y int, runs []int) []int {
	row := k.dark[y*k.width : (y+1)*k.width]
	dark, length := false, 0
	for _, d := range row {
		if d != dark {
			runs = append(runs, length)
			dark, length = d, 0
		}
		length++
	}
	return append(runs, length)
}

// isRingPattern reports whether five runs stand about 1:1:3:1:1.
func isRingPattern(a, b, c, d, e int) bool {
	total := a + b + c + d + e
	if total < 7 {
		return false
	}
	module := float64(total) / 7
	off := 0.6 * module
	return math.Abs(float64(a)-module) < off && math.Abs(float64(b)-module) < off &&
		math.Abs(float64(c)-3*module) < 2*off &&
		math.Abs(float64(d)-module) < off &&
		math.Abs(float64(e)-module) < off
}

// confirm looks at a candidate, whose rings are total pixels wide, down its column and again along its row
// and diagonal.
func (k *ink) confirm(x float64, y, total int) (eye, bool) {
	middle, tall, ok := k.cross(int(x), y, 0, 1, total)
	if !ok {
		return eye{}, false
	}
	centre, wide, ok := k.cross(int(x), int(middle), 1, 0, total)
	if !ok || wide > 2*tall || tall > 2*wide {
		return eye{}, false
	}
	if _, _, ok := k.cross(int(centre), int(middle), 1, 1, total); !ok {
		return eye{}, false
	}
	return eye{x: centre, y: middle, module: float64(wide+tall) / 14, seen: 1}, true
}

// cross measures the rings through a dark pixel in one direction. It returns the centre's coordinate in that
// direction and the length of the five runs in steps. No run is followed beyond limit.
func (k *ink) cross(x, y, dx, dy, limit int) (centre float64, length int, ok bool) {
	if !k.at(x, y) {
		return 0, 0, false
	}
	arm := func(dx, dy int) (runs [3]int) {
		cx, cy := x+dx, y+dy
		for i := range runs {
			for cx >= 0 && cy >= 0 && cx < k.width && cy < k.height && runs[i] < limit &&
				k.at(cx, cy) == (i != 1) {
				runs[i]++
				cx, cy = cx+dx, cy+dy
			}
		}
		return runs
	}
	before, after := arm(-dx, -dy), arm(dx, dy)
	if !isRingPattern(before[2], before[1], before[0]+1+after[0], after[1], after[2]) {
		return 0, 0, false
	}
	length = before[0] + before[1] + before[2] + 1 + after[0] + after[1] + after[2]
	at := x
	if dx == 0 {
		at = y
	}
	return float64(at) + 0.5 + float64(after[0]-before[0])/2, length, true
}

// addEye counts an eye that was seen before, or keeps a new one.
func addEye(found []eye, e eye) []eye {
	for i := range found {
		f := &found[i]
		if math.Abs(f.x-e.x) < f.module*1.5 && math.Abs(f.y-e.y) < f.module*1.5 && e.module < 1.5*f.module &&
			f.module < 1.5*e.module {
			n := float64(f.seen)
			f.x, f.y, f.module = (f.x*n+e.x)/(n+1), (f.y*n+e.y)/(n+1), (f.module*n+e.module)/(n+1)
			f.seen++
			return found
		}
	}
	if len(found) >= 64*maxEyes {
		return found
	}
	return append(found, e)
}
