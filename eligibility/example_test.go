package eligibility_test

import (
	"fmt"
	"log"

	"madoguchi/eligibility"
)

// The first question at the counter: what may be accepted from what the patient brings, on a day.
func ExampleMethods() {
	outcome, err := eligibility.Methods(eligibility.Situation{
		Day:    eligibility.MustDate("2026-11-22"),
		Brings: eligibility.Items(0).With(eligibility.ItemCard).With(eligibility.ItemNotice),
		Card:   eligibility.CardFacts{Reads: eligibility.No},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, method := range outcome.Methods {
		if method.Accepted {
			fmt.Println(method.Code, method.Name.Ja())
		}
	}

	// Output:
	// N1 資格情報のお知らせ＋カード
	// A1 被保険者資格申立書＋カード
}

// The share of the costs changes on the first of the month after the 70th birthday (健康保険法 74条): from then on
// it is 20 %, or 30 % with a high income.
func ExampleSharesOn() {
	person := eligibility.Person{Insurer: "00138990", BirthDate: eligibility.MustDate("1956-12-10")}
	for _, day := range []string{"2026-12-31", "2027-01-01"} {
		shares, err := eligibility.SharesOn(person, eligibility.MustDate(day))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(day, shares)
	}
	fmt.Println("changes on", eligibility.NextShareChange(person, eligibility.MustDate("2026-11-22")))

	// Output:
	// 2026-12-31 [30]
	// 2027-01-01 [20 30]
	// changes on 2027-01-01
}

// A card's 電子証明書 has ended, but its use as health insurance card goes on for three months (grace).
func ExampleGraceOf() {
	grace := eligibility.GraceOf(eligibility.MustDate("2026-05-15"))
	fmt.Println("works to", grace.MayWorkTo)
	fmt.Println(grace.On(eligibility.MustDate("2026-06-01")))

	// Output:
	// works to 2026-08-31
	// grace
}

// Names of registers and cards are compared with variants of kanji folded, and ● matches any one character.
func ExampleMatchNames() {
	fmt.Println(eligibility.MatchNames("髙橋 德一", "高橋 徳一").Match)
	fmt.Println(eligibility.MatchNames("●橋 德一", "髙橋 德一").Match)
	fmt.Println(eligibility.MatchNames("髙橋 德一", "試験 太郎").Match)

	// Output:
	// variant
	// masked
	// different
}

// Dates are read in every way in which papers write them.
func ExampleReadDate() {
	for _, text := range []string{"1980-02-17", "昭和55年2月17日", "S55.2.17"} {
		date, err := eligibility.ReadDate(text)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(date, date.Japanese())
	}

	// Output:
	// 1980-02-17 昭和55年2月17日
	// 1980-02-17 昭和55年2月17日
	// 1980-02-17 昭和55年2月17日
}
