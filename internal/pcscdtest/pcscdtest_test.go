package pcscdtest

import (
	"net"
	"strings"
	"testing"
	"time"
)

func TestReadersAreThereAndEmptyAlsoAfterACrash(t *testing.T) {
	b := Start(t)
	if b == nil {
		return
	}
	empty := func() {
		t.Helper()
		out, errs, code := b.Run(10*time.Second, "opensc-tool", "-l")
		if code != 0 || strings.Count(out, "Virtual PCD") != Slots || strings.Contains(out, "Yes") {
			t.Errorf("opensc-tool -l: %d\n%s%s", code, out, errs)
		}
	}
	empty()
	first := b.PID()
	b.Kill()
	b.Restart()
	if b.PID() == first {
		t.Error("the same process runs after a restart")
	}
	empty()
}

func TestNobodyOutsideSeesTheReaders(t *testing.T) {
	b := Start(t)
	if b == nil {
		return
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagLoopback == 0 && i.Flags&net.FlagUp != 0 {
			t.Errorf("the namespace has the interface %s", i.Name)
		}
	}
}
