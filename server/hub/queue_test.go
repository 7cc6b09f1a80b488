package hub

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// Whoever was left out is told, also where nothing comes afterwards: the last message of all may be the one
// that found no room, while the subscriber was just emptying its queue.
func TestAGapIsToldThoughNothingComesAfterIt(t *testing.T) {
	told := 0
	for range 1000 {
		synctest.Test(t, func(t *testing.T) {
			var dropped atomic.Uint64
			free := make(chan struct{})
			gaps := 0
			q := newQueue(func(m Message) {
				<-free
				if m.Gap {
					gaps++
				}
			}, &dropped)
			q.put(Message{})
			synctest.Wait() // it is being taken
			for range waiting {
				q.put(Message{})
			}
			close(free)
			q.put(Message{})
			synctest.Wait()
			if n := dropped.Load(); n > 0 && gaps == 0 {
				t.Errorf("%d dropped, and no gap was told", n)
			}
			told += gaps
			q.end()
		})
		if t.Failed() {
			return
		}
	}
	if told == 0 {
		t.Error("nothing was ever dropped")
	}
}
