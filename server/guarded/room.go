package guarded

import (
	"os"
	"runtime"
	"sync"
)

// besides is how many goroutines an import keeps at work for long: one reads its file, one prepares its
// people.
const besides = 2

// LeaveRoom lets more goroutines run at once than there are processors (or than a container may use), unless
// the environment says how many (GOMAXPROCS). With just as many, those of an import hold them all: the answer
// of a database, or a request, then waits until one of them has had its ten milliseconds, since the runtime
// looks for what came over the network where it has nothing else to run. The system's scheduler has no such
// rule: whoever waited goes first.
var LeaveRoom = sync.OnceFunc(func() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + besides)
	}
})
