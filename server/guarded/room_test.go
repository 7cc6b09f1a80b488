package guarded

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// A program leaves room once, however often it is asked, and not where its operator says how much it has.
func TestRoomIsLeftOnceAndUnlessTheOperatorSaysOtherwise(t *testing.T) {
	if os.Getenv("MADOGUCHI_ROOM") != "" {
		before := runtime.GOMAXPROCS(0)
		LeaveRoom()
		LeaveRoom()
		os.Stdout.WriteString("more: " + strconv.Itoa(runtime.GOMAXPROCS(0)-before) + "\n")
		return
	}
	for _, c := range []struct{ said, more string }{{"", "2"}, {"3", "0"}} {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "MADOGUCHI_ROOM=1", "GOMAXPROCS="+c.said)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "more: "+c.more+"\n") {
			t.Errorf("GOMAXPROCS=%q: %s %v, want %s more", c.said, out, err, c.more)
		}
	}
}
