// Security makes the table of docs/security.md: how many bad inputs the tests tried, by area, all of them
// refused.
//
//	security [-check] TALLIES
//
// TALLIES is the file that a whole run of the tests wrote (MADOGUCHI_REFUSED, testenv.Refused). With -check
// nothing is written; a table that says anything else than the run is an error.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"madoguchi/internal/testenv"
)

const (
	page  = "docs/security.md"
	begin = "<!-- refused: made by `make security` -->\n"
	end   = "<!-- /refused -->\n"
)

func main() {
	log.SetFlags(0)
	check := flag.Bool("check", false, "compare, and write nothing")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: security [-check] TALLIES")
	}
	if err := run(flag.Arg(0), *check); err != nil {
		log.Fatal(err)
	}
}

func run(name string, check bool) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	var tallies []testenv.Tally
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var t testenv.Tally
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		tallies = append(tallies, t)
	}
	table, err := tabulate(tallies)
	if err != nil {
		return err
	}
	before, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	after, err := replaced(string(before), table)
	if err != nil {
		return err
	}
	switch {
	case after == string(before):
		return nil
	case check:
		return fmt.Errorf(
			"%s does not say what this run of the tests refused; `make security` renews it. "+
				"It should be:\n%s",
			page,
			table,
		)
	}
	return os.WriteFile(page, []byte(after), 0o644)
}

// tabulate adds the tallies up by area. A test that ran twice, as with -count, counts once.
func tabulate(tallies []testenv.Tally) (string, error) {
	var b strings.Builder
	b.WriteString("| area | bad inputs tried and refused | tests | where |\n| --- | ---: | ---: | --- |\n")
	inputs, tests, known := 0, 0, 0
	slices.SortFunc(tallies, func(a, b testenv.Tally) int {
		return strings.Compare(a.Room+"\x00"+a.Test, b.Room+"\x00"+b.Test)
	})
	tallies = slices.Compact(tallies)
	for _, area := range testenv.Areas {
		count, here := 0, 0
		var rooms []string
		for _, t := range tallies {
			if t.Area != area {
				continue
			}
			count, here, known = count+t.Count, here+1, known+1
			rooms = append(rooms, "`"+t.Room+"`")
		}
		slices.Sort(rooms)
		if here > 0 {
			fmt.Fprintf(
				&b,
				"| %s | %d | %d | %s |\n",
				area,
				count,
				here,
				strings.Join(slices.Compact(rooms), " "),
			)
		}
		inputs, tests = inputs+count, tests+here
	}
	if known != len(tallies) || known == 0 {
		return "", errors.New("the tallies name an area that testenv.Areas does not have, or there are none")
	}
	fmt.Fprintf(&b, "| **all** | **%d** | **%d** | |\n", inputs, tests)
	return b.String(), nil
}

// replaced puts the table between its marks.
func replaced(text, table string) (string, error) {
	head, rest, ok := strings.Cut(text, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("%s has no place for the table: %q … %q", page, begin, end)
	}
	return head + begin + table + end + tail, nil
}
