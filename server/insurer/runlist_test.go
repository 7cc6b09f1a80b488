package insurer

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// Who has no 記号 (後期高齢者医療) stands in a file of three columns with an empty first one. Read as 番号 and 枝番 it
// would name somebody else: 記号 and 番号.
func TestALineOfAListNamesWhomItSays(t *testing.T) {
	person := func(symbol, number, branch string) eligibility.Person {
		return eligibility.Person{Symbol: symbol, Number: number, BranchNumber: branch}
	}
	people := []eligibility.Person{
		person("", "123", ""),
		person("", "123", "5"),
		person("123", "5", ""),
		person("123", "5", "02"),
		person("7", "123", "00"),
	}
	for _, c := range []struct {
		line string
		want []int
	}{
		{"123", []int{0, 1, 4}},
		{",123", []int{0, 1}},
		{",123,5", []int{1}},
		{"、１２３、５", []int{1}},
		{",123,", []int{0, 1}},
		{"123,5", []int{2, 3}},
		{"123,5,", []int{2, 3}},
		{"123,5,2", []int{3}},
		{"7\t0123", []int{4}},
		{"7, 123 ,00", []int{4}},
		{"123,,", []int{0, 1, 4}},
		{"7,", nil},
		{",,", nil},
		{",,5", nil},
	} {
		t.Run(c.line, func(t *testing.T) {
			list := newRunList([]string{c.line})
			var got []int
			for i, p := range people {
				if list.has(p) {
					got = append(got, i)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			if missing := list.missing(); (len(got) == 0) != (len(missing) == 1) {
				t.Errorf("%v is said to name nobody", missing)
			}
		})
	}
}

// What is cut off a list is people without paper, and its last number may be another's.
func TestAListThatIsTooLongIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, bytes.Repeat([]byte("1234567\n"), longestList/8), 0o600); err != nil {
		t.Fatal(err)
	}
	if lines, err := (RunFlags{List: path}).lines(); err != nil || len(lines) != longestList/8 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("12345678\n"), longestList/8), 0o600); err != nil {
		t.Fatal(err)
	}
	testenv.Refused(t, testenv.Files, 1)
	if lines, err := (RunFlags{List: path}).lines(); !errors.Is(err, errPrintList) {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}
