// Package eligibility says what an eligibility (資格) is: the insured person, the insurer's number, dates of
// the Japanese calendar, the share of the costs by age, the dated rules of the counter and the matching of
// names.
//
// It is the ground floor: no clock, no environment, no network, no other package of this program. "Today" is
// always an argument. Dates are days in Japan.
package eligibility
