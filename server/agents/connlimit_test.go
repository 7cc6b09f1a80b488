package agents

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"time"

	"madoguchi/card/agent"
	"madoguchi/internal/testenv"
)

// crowdKeys are the keys of a crowd's agents: the same in the process that runs the agents and in the one
// that knows them as paired. These keys exist in tests only.
func crowdKeys(t *testing.T, n int) []*ecdsa.PrivateKey {
	cryptotest.SetGlobalRandom(t, 1)
	keys := make([]*ecdsa.PrivateKey, n)
	for i := range keys {
		key, err := ecdsa.GenerateKey(elliptic.P256(), nil)
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = key
	}
	return keys
}

// TestCrowdProcess is no test of its own: TestAThousandAgentsDroppedAtOnceAreBackWithinAMinute runs it in a
// second process, so that the memory of agents does not count as the server's.
func TestCrowdProcess(t *testing.T) {
	url, n := os.Getenv("CROWD_URL"), os.Getenv("CROWD_SIZE")
	if url == "" {
		return
	}
	size, err := strconv.Atoi(n)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for i, key := range crowdKeys(t, size) {
		all.Go(func() {
			a, err := agent.New(agent.Config{
				Server:  url,
				Name:    "受付" + strconv.Itoa(i),
				Key:     key,
				Virtual: true,
				Now:     time.Now,
				Notify:  func(string) {},
			})
			if err != nil {
				t.Error(err)
				return
			}
			_ = a.Run(ctx)
		})
	}
	_, _ = os.Stdin.Read(make([]byte, 1)) // until the other process closes it
	cancel()
	all.Wait()
}

func TestAThousandAgentsDroppedAtOnceAreBackWithinAMinute(t *testing.T) {
	size := 1000
	if os.Getenv("MADOGUCHI_ASSURE") == "1" {
		size = 5000
	}
	store := newMemory()
	for i, key := range crowdKeys(t, size) {
		der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(der)
		id := hex.EncodeToString(sum[:])
		store.agents[id] = Agent{ID: id, Facility: strconv.Itoa(1310000000 + i), Name: "受付", Key: der}
	}
	s, url := openWith(t, Config{Virtual: true, Store: store})
	before, rssBefore := memoryInUse(), rss(t)

	limit := exec.Command(os.Args[0], "-test.run=^TestCrowdProcess$", "-test.count=1")
	limit.Env = append(os.Environ(), "CROWD_URL="+url, "CROWD_SIZE="+strconv.Itoa(size))
	stdin, err := limit.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := limit.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); _ = limit.Wait() })

	here := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.conns)
	}
	// within polls how many are here: each is a connection of its own, and nothing tells when all have come.
	within := func(what string, limit time.Duration, so func() bool) time.Duration {
		began := time.Now()
		for !so() {
			if time.Since(began) > 5*limit { // the limit itself is judged below
				t.Fatalf("%s: only %d of %d after %v", what, here(), size, limit)
			}
			time.Sleep(20 * time.Millisecond)
		}
		took := time.Since(began)
		testenv.Within(t, what, took, limit)
		return took
	}
	arrived := within("connecting", 60*time.Second, func() bool { return here() == size })
	bytes, resident := (memoryInUse()-before)/size, (rss(t)-rssBefore)/size

	s.mu.Lock()
	dropped := make([]*agentConn, 0, size)
	for _, l := range s.conns {
		dropped = append(dropped, l)
	}
	s.mu.Unlock()
	for _, l := range dropped {
		l.hangUp() // no closing word: as when the machine dies
	}
	gone := map[*agentConn]bool{}
	for _, l := range dropped {
		gone[l] = true
	}
	back := within("coming back", 60*time.Second, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		n := 0
		for _, l := range s.conns {
			if !gone[l] {
				n++
			}
		}
		return n == size
	})
	t.Logf("%d agents: connected in %.1f s, back %.1f s after all were dropped; "+
		"%.1f KB of heap and stacks each, %.1f KB resident each, after a collection",
		size, arrived.Seconds(), back.Seconds(), float64(bytes)/1024, float64(resident)/1024)
	if bytes > 30<<10 && !testenv.RaceDetector {
		t.Errorf("an agent costs the server %d bytes", bytes)
	}
}

// memoryInUse is heap and stacks after a collection.
func memoryInUse() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}

// rss is this process's resident memory in bytes, or 0 where the system does not say.
func rss(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	return 0
}
