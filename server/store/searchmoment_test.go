package store

import (
	"testing"

	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// A search that has read whom the slices tell of when a file becomes visible finds nobody of it: else it
// would find whom the indexes tell of, and the rest of the file not.
func TestASearchFindsAFileWholeOrNotAtAll(t *testing.T) {
	storetest.Engines(t, testASearchFindsAFileWholeOrNotAtAll)
}

func testASearchFindsAFileWholeOrNotAtAll(t *testing.T) {
	s, path := open(t)
	other, err := openAt(path, options()) // the search holds this one's only reader
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	found := 0
	register := registerStore{core: s.core}
	err = register.atOneMoment(ctx, "06139992", func(f *finding) error {
		query, err := f.query(ctx, "架空", "架空")
		if err != nil {
			return err
		}
		importStrangers(t, other, 2*s.importBatch()) // the first batch is found by the indexes
		return f.handOn(ctx, query, "架空", func(insurer.PersonRecord) { found++ })
	})
	if err != nil || found != 0 {
		t.Errorf("half a file: %d are found, %v", found, err)
	}
	if n := s.count(t, "架空"); n != 2*s.importBatch()*3/5 {
		t.Errorf("after it %d are found", n)
	}
}
