package counter

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// offlineShown is how far back the administrator sees what consoles sent.
const offlineShown = 92 * 24 * time.Hour

// OfflineConsole is what came of one console's key.
type OfflineConsole struct {
	Key     OfflineKey
	Count   int            // records that the key signed
	Missing []MissingRange // numbers below the highest that did not come
	Marked  []OfflineEntry // in the order in which they came
}

// MissingRange are numbers from one to another.
type MissingRange struct{ From, To int64 }

// OfflineEntry is one record that does not fit.
type OfflineEntry struct {
	Seq        int64     // 0 of one that was not signed
	At         time.Time // as claimed; zero of one that was not signed
	ReceivedAt time.Time
	Outcome    hostapi.Outcome
	Staff      string // as claimed
	SentBy     string
	Case       string
	Marks      []OfflineMark
}

// Consoles returns what the consoles of the reception's facility recorded without this server in the last
// three months, the newest day first. Keys by which nothing was recorded are left out.
func (o *OfflineDay) Consoles(ctx context.Context, reception staff.Reception) ([]OfflineConsole, error) {
	facility, err := o.of.FacilityOf(ctx, reception)
	if err != nil {
		return nil, err
	}
	keys, err := o.store.OfflineKeys(ctx, facility.Code, o.of.Now().Add(-offlineShown))
	if err != nil {
		return nil, err
	}
	var all []OfflineConsole
	for _, key := range slices.Backward(keys) {
		records, err := o.store.OfflineRecords(ctx, facility.Code, key.ID)
		if err != nil {
			return nil, err
		}
		if len(records) == 0 {
			continue
		}
		console, err := consoleOf(key, records)
		if err != nil {
			return nil, err
		}
		all = append(all, console)
	}
	return all, nil
}

func consoleOf(key OfflineKey, records []OfflineRecord) (OfflineConsole, error) {
	console := OfflineConsole{Key: key}
	signed := map[int64]bool{}
	for _, r := range records {
		var body offlineBody
		if err := json.Unmarshal(r.Body, &body); err != nil {
			return console, fmt.Errorf("reading a console's record: %w", err)
		}
		if !slices.Contains(body.Marks, MarkForged) {
			signed[r.Seq] = true
			console.Count++
		}
		if len(body.Marks) > 0 {
			console.Marked = append(console.Marked, OfflineEntry{
				Seq:        r.Seq,
				At:         body.At,
				ReceivedAt: r.ReceivedAt,
				Outcome:    body.Outcome,
				Staff:      body.Staff,
				SentBy:     body.SentBy,
				Case:       body.Case,
				Marks:      body.Marks,
			})
		}
	}
	console.Missing = missingOf(signed)
	return console, nil
}

// missingOf returns the numbers from 1 to the highest that are not there.
func missingOf(there map[int64]bool) (missing []MissingRange) {
	before := int64(0)
	numbers := make([]int64, 0, len(there))
	for n := range there {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		if n > before+1 {
			missing = append(missing, MissingRange{before + 1, n - 1})
		}
		before = n
	}
	return missing
}
