package store

import (
	"errors"
	"os"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/postgrestest"
	"madoguchi/internal/testenv"
)

// Which of a copy's two places is wrong is said by its flag and with what to look at there; no password of an
// address is in it.
func TestACopyNamesThePlaceThatCannotBeUsed(t *testing.T) {
	from, folder, text := t.TempDir()+"/a", t.TempDir(), t.TempDir()+"/text"
	filledAt(t, from, 3)
	if err := os.WriteFile(text, []byte(strings.Repeat("名簿でもデータベースでもない\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	database := postgrestest.Database(t)
	readOnly := database + "?"
	if strings.Contains(database, "?") {
		readOnly = database + "&"
	}
	readOnly += "default_transaction_read_only=on"
	const nobody = "postgres://u:hunter2@127.0.0.1:1/x"
	cases := []struct{ name, from, to, flag string }{
		{"a text", text, folder + "/1", "--from"},
		{"a server that is away", nobody, folder + "/2", "--from"},
		{"another kind of server", "mysql://u:hunter2@h/x", folder + "/3", "--from"},
		{"an address that cannot be read", "postgres://u:hunter2%zz@h/x", folder + "/4", "--from"},
		{"into no folder", from, folder + "/none/x", "--to"},
		{"into a folder", from, folder, "--to"},
		{"into a server that is away", from, nobody, "--to"},
		{"into another kind of server", from, "mysql://u:hunter2@h/x", "--to"},
		{"into an address that cannot be read", from, "postgres://u:hunter2%zz@h/x", "--to"},
		{"into what may only be read", from, readOnly, "--to"},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Copy(ctx, c.from, c.to, func(CopyTold) {})
			var why *eligibility.Error
			if !errors.As(err, &why) || why.Field != c.flag || !strings.Contains(why.Ja(), c.flag) {
				t.Errorf("%v, want one of %s", err, c.flag)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is told: %v", err)
			}
		})
	}
}
