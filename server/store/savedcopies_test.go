package store

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

func TestRevocationIndexIsGivenOnce(t *testing.T) {
	storetest.Engines(t, testRevocationIndexIsGivenOnce)
}

func testRevocationIndexIsGivenOnce(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	put := func() error {
		of := insurer.PersonKey{Insurer: "06139992", ID: r.ID}
		made := insurer.NewCopy{Of: of, RID: 7, Issued: noon, Expires: noon}
		return s.Documents.PutSavedCopy(ctx, made, entry("paper.issue"))
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	if err := put(); !errors.Is(err, insurer.ErrRIDTaken) {
		t.Errorf("%v", err)
	}
}
