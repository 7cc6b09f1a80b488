package store

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
)

func TestRevocationIndexIsGivenOnce(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	put := func() error {
		return s.Documents.PutSavedCopy(ctx, r.ID, "06139992", 7, noon, noon,
			entry("paper.issue"))
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	if err := put(); !errors.Is(err, insurer.ErrRIDTaken) {
		t.Errorf("%v", err)
	}
}
