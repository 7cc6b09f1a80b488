package hub

import (
	"errors"
	"log/slog"
	"sync"
	"time"
)

// sayEvery is how often the log says that messages are dropped for one reason. Whoever can write to the
// engine can send any number of them, and must neither fill the disk nor hide another reason.
const sayEvery = 10 * time.Second

// drops are the messages that cannot be used, by why. The zero value has none.
type drops struct {
	mu  sync.Mutex
	all map[error]*dropped // by the reason; nil: any other
}

// dropped is what was dropped for one reason.
type dropped struct {
	said time.Time // when the log said so
	more int       // since then
}

// count counts one, and reports how many there were since the log said so, where it is to say so again.
func (d *drops) count(err error, now time.Time) (n int, say bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var reason error
	for _, known := range []error{errPacket, errLate, errBusy, errAgain} {
		if errors.Is(err, known) {
			reason = known
		}
	}
	if d.all == nil {
		d.all = map[error]*dropped{}
	}
	one := d.all[reason]
	if one == nil {
		one = &dropped{}
		d.all[reason] = one
	}
	one.more++
	if !one.said.IsZero() && now.Sub(one.said).Abs() < sayEvery {
		return 0, false
	}
	n = one.more
	*one = dropped{said: now}
	return n, true
}

// drop counts what cannot be used.
func (h *Hub) drop(topic string, err error) {
	h.dropped.Add(1)
	if n, say := h.drops.count(err, h.now()); say {
		slog.Warn("messages of the hub were dropped", "messages", n, "topic", topic, "error", err)
	}
}
