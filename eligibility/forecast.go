package eligibility

// ShareForecast is the share of the costs on a day and how it will change.
type ShareForecast struct {
	Percents  []int  `json:"percents"` // possible shares in percent, ascending
	Basis     string `json:"basis"`    // "age only" or "assigned"
	ChangesOn *Date  `json:"changesOn"`
	Then      []int  `json:"then"`     // possible shares from ChangesOn on
	ReviewOn  *Date  `json:"reviewOn"` // the next yearly review; null below 70
}

// ForecastShare returns the shares on day, the next day on which age changes them, what is possible then, and
// the next yearly review on August 1st for people of 70 and over and of 後期高齢者医療. The errors are those of
// SharesOn.
func ForecastShare(p Person, day Date) (ShareForecast, error) {
	percents, err := SharesOn(p, day)
	if err != nil {
		return ShareForecast{}, err
	}
	f := ShareForecast{Percents: percents, Basis: "age only"}
	if p.AssignedShare > 0 {
		f.Basis = "assigned"
	}
	if next := nextBand(p, day); !next.IsZero() {
		p.AssignedShare = 0
		if f.Then, err = SharesOn(p, next); err != nil {
			return ShareForecast{}, err
		}
		f.ChangesOn = &next
	}
	if reviewed(p, day) {
		review := NextReview(day)
		f.ReviewOn = &review
	}
	return f, nil
}

// reviewed reports whether the share is looked at anew each August: from 70 on, and for all of 後期高齢者医療.
func reviewed(p Person, day Date) bool {
	return schemeOf(p.Insurer) == elderly || !p.BirthDate.IsZero() && Age(p.BirthDate, day) >= 70
}

// NextReview returns the August 1st after day.
func NextReview(day Date) Date {
	review := Date{day.year, 8, 1}
	if !review.After(day) {
		review.year++
	}
	return review
}

// nextBand returns the first day after day on which age changes the possible shares; zero when none does.
func nextBand(p Person, day Date) Date {
	if p.BirthDate.IsZero() || schemeOf(p.Insurer) == elderly {
		return Date{}
	}
	var next Date
	for _, birth := range []Date{p.BirthDate.Earliest(), p.BirthDate.Latest()} {
		for _, d := range bandStarts(birth) {
			if d.After(day) && (next.IsZero() || d.Before(next)) {
				next = d
			}
		}
	}
	return next
}
