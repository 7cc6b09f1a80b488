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
	if n > 0 && n < Smallest {
		return message.Nested(message.New(few, nil))
	}
	return message.Nested(message.New(plain, message.Args{"n": message.Number(n)}))
}

// SumOf adds numbers up that may be shown each by itself. With a small one among them the sum is cut to tens:
// else the hidden one could be had by subtracting.
func SumOf(numbers []int) int {
	sum, rough := 0, false
	for _, n := range numbers {
		sum, rough = sum+n, rough || n > 0 && n < Smallest
	}
	if rough && sum >= Smallest {
		sum -= sum % Smallest
	}
	return sum
}

// HiddenNumber stands for a number that is hidden though it is no small one.
const HiddenNumber = -1

// HideParts hides small parts of a whole that is shown too: were only one hidden, it could be had by
// subtracting, so the smallest of the others becomes a HiddenNumber.
func HideParts(parts []int) []int {
	out := append([]int{}, parts...)
	hidden, next := 0, -1
	for i, n := range parts {
		switch {
		case n > 0 && n < Smallest:
			hidden++
		case n > 0 && (next < 0 || n < parts[next]):
			next = i
		}
	}
	if hidden == 1 && next >= 0 {
		out[next] = HiddenNumber
	}
	return out
}

// ShownParts are the parts of a whole as they may be shown beside it.
func ShownParts(parts []int) []string {
	out := make([]string, len(parts))
	for i, n := range HideParts(parts) {
		out[i] = ShownCount(n)
	}
	return out
}
