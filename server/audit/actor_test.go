package audit

import (
	"testing"
)

// What is in an audit chain stays: entries of all versions of this program are told in the same words.
func TestActorsOfAllVersionsAreReadable(t *testing.T) {
	for _, c := range []struct {
		stored      string
		actor       Actor
		words, name string
	}{
		{"patient", ActorPatient, "ご本人", "ご本人"},
		{"counter", ActorCounter, "受付", "受付"},
		{"operator", ActorOperator, "管理者", "管理者"},
		{"system", ActorSystem, "システム", "システム"},
		{"clerk:鈴木", ClerkActor("鈴木"), "担当 鈴木", "鈴木"},
		{"operator:ABCDEFGHIJKLMNOP", OperatorActor("ABCDEFGHIJKLMNOP"), "管理者 ABCDEFGHIJKLMNOP",
			"ABCDEFGHIJKLMNOP"},
		{"unknown", ActorUnknown, "不明（サインイン前）", "不明（サインイン前）"},
		{"reception:佐藤", ReceptionActor("佐藤"), "受付", "佐藤"},
		{"clerk:鈴木:二課", ClerkActor("鈴木:二課"), "担当 鈴木:二課", "鈴木:二課"},
		// before: both kinds of staff
		{"staff:田中", "staff:田中", "担当 田中", "田中"},
		{"staff:operator", "staff:operator", "担当 operator", "operator"}, // before: a command
		// before: with the facility, which is told to no clerk
		{"counter:架空医院", "counter:架空医院", "受付", "受付"},
		// before: whoever began a print run
		{"鈴木", ClerkActor("鈴木"), "担当 鈴木", "鈴木"},
	} {
		t.Run(c.stored, func(t *testing.T) {
			a := ReadActor(c.stored)
			if a != c.actor || a.Words() != c.words || a.Name() != c.name {
				t.Errorf("%q: %q %q", string(a), a.Words(), a.Name())
			}
		})
	}
}
