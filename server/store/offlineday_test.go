package store

import (
	"errors"
	"testing"
	"time"

	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/store/storetest"
)

func offlineArrival(hash string) counter.OfflineArrival {
	return counter.OfflineArrival{
		Record: counter.OfflineRecord{
			Facility:   "1319999991",
			Key:        "KEY",
			Seq:        1,
			Hash:       []byte(hash),
			ReceivedAt: noon,
			Body:       []byte("試験 花子"),
		},
		Case: &counter.Case{
			Facility: "1319999991",
			ID:       "CASE",
			At:       noon,
			Outcome:  hostapi.Accepted,
			Body:     []byte("試験 花子"),
			Receipt: &counter.ReceiptChange{Waits: &counter.WaitingReceipt{
				Facility: "1319999991",
				CaseID:   "CASE",
				Ends:     noon,
				Body:     []byte("試験 花子"),
			}},
		},
	}
}

var offlineKey = counter.OfflineKey{
	ID:       "KEY",
	Facility: "1319999991",
	Public:   []byte("point"),
	From:     noon,
	Ends:     noon.Add(12 * time.Hour),
	By:       "鈴木",
}

// A record, its case and its receipt come together or not at all, and the file tells none of them.
func TestAnOfflineRecordIsStoredWholeAndSealed(t *testing.T) {
	storetest.Engines(t, testAnOfflineRecordIsStoredWholeAndSealed)
}

func testAnOfflineRecordIsStoredWholeAndSealed(t *testing.T) {
	s, path := open(t)
	kept := s.ForOfflineDay()
	for range 2 {
		if err := kept.PutOfflineKey(ctx, offlineKey, entry("offline.key")); err != nil {
			t.Fatal(err)
		}
	}
	if err := kept.PutOffline(ctx, offlineArrival("1"), entry("offline.record")); err != nil {
		t.Fatal(err)
	}
	again := offlineArrival("2")
	again.Case.Version = 7 // another one changed it meanwhile
	if err := kept.PutOffline(ctx, again, entry("offline.record")); !errors.Is(err, counter.ErrCaseChanged) {
		t.Error(err)
	}
	if err := kept.PutOffline(ctx, offlineArrival("1"), entry("offline.record")); err == nil {
		t.Error("one record was stored twice")
	}
	records, err := kept.OfflineRecords(ctx, "1319999991", "KEY")
	if err != nil || len(records) != 1 || string(records[0].Body) != "試験 花子" || records[0].Seq != 1 {
		t.Errorf("%+v %v", records, err)
	}
	if others, err := kept.OfflineRecords(ctx, "1319999992", "KEY"); err != nil || len(others) != 0 {
		t.Errorf("%+v %v", others, err)
	}
	if waiting, _, err := s.ForCounter().WaitingReceipts(ctx); err != nil || len(waiting) != 1 {
		t.Errorf("%+v %v", waiting, err)
	}
	if databaseHolds(t, path, "試験 花子") {
		t.Error("the file tells the name")
	}
}

// What a row of a console's key or record says in the clear cannot be changed unnoticed.
func TestAnAlteredOfflineRowIsNoticed(t *testing.T) {
	storetest.Engines(t, testAnAlteredOfflineRowIsNoticed)
}

func testAnAlteredOfflineRowIsNoticed(t *testing.T) {
	for _, c := range []struct {
		change string
		read   func(counter.OfflineStore) error
	}{
		{`UPDATE offline_keys SET ends_at = ends_at + 86400000`, readOfflineKey},
		{`UPDATE offline_keys SET registered_at = 0`, readOfflineKey},
		{`UPDATE offline_keys SET public = x'00'`, readOfflineKey},
		{`UPDATE offline_keys SET registered_by = '佐藤'`, readOfflineKey},
		{`UPDATE offline_records SET seq = 2`, readOfflineRecord},
		{`UPDATE offline_records SET hash = x'00'`, readOfflineRecord},
		{`UPDATE offline_records SET received_at = 0`, readOfflineRecord},
	} {
		t.Run(c.change, func(t *testing.T) {
			s, _ := open(t)
			kept := s.ForOfflineDay()
			if err := kept.PutOfflineKey(ctx, offlineKey, entry("offline.key")); err != nil {
				t.Fatal(err)
			}
			if err := kept.PutOffline(ctx, offlineArrival("1"), entry("offline.record")); err != nil {
				t.Fatal(err)
			}
			if err := c.read(kept); err != nil {
				t.Fatal(err)
			}
			if _, err := s.tamper(c.change); err != nil {
				t.Fatal(err)
			}
			if err := c.read(kept); !errors.Is(err, errAltered) {
				t.Error(err)
			}
		})
	}
}

func readOfflineKey(s counter.OfflineStore) error {
	_, err := s.OfflineKey(ctx, "1319999991", "KEY")
	return err
}

func readOfflineRecord(s counter.OfflineStore) error {
	_, err := s.OfflineRecords(ctx, "1319999991", "KEY")
	return err
}
