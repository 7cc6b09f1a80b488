package eligibility

import "slices"

// ErrBeforeBirth is returned for care on a day before the date of birth.
var ErrBeforeBirth = &Error{Code: Invalid, Key: "date.before_birth", Field: "day"}

// SharesOn returns the shares of the costs, in percent and ascending, that are possible for care received on
// day (健康保険法 74条, 国民健康保険法 42条, 高齢者医療確保法 67条): one when age or Person.AssignedShare settles it, several when
// income decides or the date of birth is partly unknown. Every answer about a share comes from here. It
// returns ErrBeforeBirth when day lies before the date of birth, and ErrElderlyTooYoung for 後期高齢者医療 below 65.
func SharesOn(p Person, day Date) ([]int, error) {
	if !p.BirthDate.IsZero() && day.Before(p.BirthDate.Earliest()) {
		return nil, ErrBeforeBirth
	}
	if p.TooYoungForElderly(day) {
		return nil, ErrElderlyTooYoung
	}
	if p.AssignedShare > 0 {
		return []int{p.AssignedShare}, nil
	}
	if p.BirthDate.IsZero() {
		return []int{10, 20, 30}, nil
	}
	if schemeOf(p.Insurer) == elderly {
		return []int{10, 20, 30}, nil // also before 75: with a certificate of disability from 65 on
	}
	var shares []int
	oldest, youngest := bandOn(p.BirthDate.Earliest(), day), bandOn(p.BirthDate.Latest(), day)
	for band := youngest; band <= oldest; band++ {
		for _, s := range bandShares[band] {
			if !slices.Contains(shares, s) {
				shares = append(shares, s)
			}
		}
	}
	slices.Sort(shares)
	return shares, nil
}

// Bands of age in which the possible shares stay the same.
const (
	preschool = iota // 未就学
	schoolTo69
	from70
	from75
)

var bandShares = [...][]int{preschool: {20}, schoolTo69: {30}, from70: {20, 30}, from75: {10, 20, 30}}

func bandOn(birth, day Date) int {
	band := preschool
	for i, from := range bandStarts(birth) {
		if !day.Before(from) {
			band = i + 1
		}
	}
	return band
}

// bandStarts returns the first days of school age, of 70 and of 75 for someone born on an exact day: the
// April 1st after the first March 31st on or after the day before the 6th birthday; the first of the month
// after the day before the 70th birthday (born on the 1st: that month); the 75th birthday itself.
func bandStarts(birth Date) [3]Date {
	six := birthday(birth, 6).AddDays(-1)
	school := Date{six.year, 4, 1}
	if six.After(Date{six.year, 3, 31}) {
		school.year++
	}
	seventy := birthday(birth, 70).AddDays(-1)
	seventy = Date{seventy.year, seventy.month, 1}.AddMonths(1)
	return [3]Date{school, seventy, birthday(birth, 75)}
}

// birthday returns the n-th birthday of an exact date of birth; for someone born on February 29th it is March
// 1st in a common year, since the age is reached at the end of February 28th (年齢計算ニ関スル法律, 民法 143条).
func birthday(birth Date, n int) Date {
	y := int(birth.year) + n
	if birth.month == 2 && birth.day == 29 && daysIn(y, 2) == 28 {
		return Date{int16(y), 3, 1}
	}
	return Date{int16(y), birth.month, birth.day}
}

// Age returns the completed years of someone born on birth (its earliest meaning) on day, as people count:
// one more on each birthday.
func Age(birth, day Date) int {
	b := birth.Earliest()
	n := day.Year() - b.Year()
	if n > 0 && day.Before(birthday(b, n)) {
		n--
	}
	return max(n, 0)
}

// NextShareChange returns the first day after day on which the share may differ from day's: a change of band,
// or from 70 on the yearly review on August 1st. It is zero when the date of birth is unknown.
func NextShareChange(p Person, day Date) Date {
	if p.BirthDate.IsZero() {
		return Date{}
	}
	next, review := nextBand(p, day), NextReview(day)
	if reviewed(p, review) && (next.IsZero() || review.Before(next)) {
		return review
	}
	return next
}
