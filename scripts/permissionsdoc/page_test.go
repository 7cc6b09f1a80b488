package main

import (
	"os"
	"strings"
	"testing"

	"madoguchi/server/web/permissions"
)

func TestThePageIsOfThisTable(t *testing.T) {
	got, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page(permissions.Table()) {
		t.Error("docs/permissions.md is of another table: run go generate ./server/web/permissions")
	}
}

// A visitor, a reach or a part that the page does not know would leave a hole in it.
func TestThePageNamesEverything(t *testing.T) {
	for _, who := range permissions.Visitors() {
		if titles[who] == "" {
			t.Errorf("%s has no heading", who)
		}
	}
	printed := page(permissions.Table())
	for _, row := range permissions.Table() {
		if whose[row.Of] == "" || row.In != 0 && place(row.In) == "すべて" {
			t.Errorf("%s: the page does not know whose it is, or where", row.Route)
		}
		tables := 0
		for _, who := range permissions.Visitors() {
			if row.Who&who != 0 {
				tables++
			}
		}
		if got := strings.Count(printed, "|`"+row.Route+"`|"); got != tables || tables == 0 {
			t.Errorf("%s stands in %d tables, want %d", row.Route, got, tables)
		}
	}
}
