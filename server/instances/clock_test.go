package instances

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// An instance whose clock is minutes off is taken for gone by the others, and all that anybody sees is
// readers that are not there. Its log says what is wrong, once, and when it is right again.
func TestAClockThatIsNotTheDatabasesIsSaid(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)
	store := &brokenStore{server: noon, now: noon}
	i := Instance{Name: "a", Store: store, Now: store.clock}
	apart := false
	for _, c := range []struct {
		name, says string
		ahead      time.Duration
	}{
		{"right", "", 4 * time.Second},
		{"two minutes ahead", "ahead=2m0s", 2 * time.Minute},
		{"still", "", 2 * time.Minute},
		{"right again", "the database's again", -4 * time.Second},
		{"behind", "ahead=-6s", -6 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			log.Reset()
			store.set(false, noon.Add(c.ahead))
			apart = i.lookAtClock(t.Context(), apart)
			if said := log.String(); !strings.Contains(said, c.says) || (said == "") != (c.says == "") {
				t.Errorf("the log says %q", said)
			}
		})
	}
	store.server = time.Time{} // a file on this computer
	log.Reset()
	if i.lookAtClock(t.Context(), false) || log.Len() > 0 {
		t.Errorf("of this computer's own clock: %s", log.String())
	}
}
