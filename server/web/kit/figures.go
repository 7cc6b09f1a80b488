package kit

import "madoguchi/message"

// Numbers about people as pages may show them: in tables, and in pictures (barchart.go).

// NumberGroup is a table of numbers under a heading.
type NumberGroup struct {
	Label message.Message
	Rows  []NumberRow
}

// NumberRow is a label with its numbers as they may be shown.
type NumberRow struct {
	Label message.Message
	Cells []string
}

// DayRow is a day with its numbers.
type DayRow struct {
	Ja, En string // the day
	Cells  []string
}

// Smallest is the first number that is shown as it is; 0 tells of nobody.
const Smallest = 10

// ShownCount is a number as it may be shown.
func ShownCount(n int) string {
	if n == HiddenNumber {
		return message.New("staff.statistics.hidden", nil).Text("ja")
	}
	if n > 0 && n < Smallest {
		return message.New("staff.statistics.below_ten", nil).Text("ja")
	}
	return message.Number(n).In("ja")
}

// SaidPeople is a number of people as a sentence may tell it, in Japanese with its unit: 12人, 10人未満.
func SaidPeople(n int) message.Value {
	return said(n, "staff.statistics.saidPeople", "staff.statistics.saidFewPeople")
}

// SaidItems is a number of whatever is counted by 件: 12件, 10件未満.
func SaidItems(n int) message.Value {
	return said(n, "staff.statistics.saidItems", "staff.statistics.saidFewItems")
}

func said(n int, plain, few string) message.Value {
	if n == HiddenNumber {
		return message.Nested(message.New("staff.statistics.hidden", nil))
	}
	if n > 0 && n < Smallest {
		return message.Nested(message.New(few, nil))
	}
	return message.Nested(message.New(plain, message.Args{"n": message.Number(n)}))
}
