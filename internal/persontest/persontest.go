// Package persontest knows the fictional people of docs/facts/test-people.md.
package persontest

import "madoguchi/eligibility"

// Tokuichi is 髙橋 德一, person 3 of docs/facts/test-people.md#people, with what a test adds: what a document
// or a list says of a person besides is that test's own.
func Tokuichi(add ...func(*eligibility.Person)) eligibility.Person {
	p := eligibility.Person{
		Insurer:      "00138990",
		Symbol:       "国13",
		Number:       "0001234",
		BranchNumber: "02",
		Name:         "髙橋 德一",
		Kana:         "タカハシ トクイチ",
		BirthDate:    eligibility.MustDate("1955-07-01"),
		Sex:          eligibility.Male,
	}
	for _, to := range add {
		to(&p)
	}
	return p
}
