package store

import (
	"sync"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// Counters that read one online code in one moment: one of them gets the screen, or the question.
func TestOfManyCountersOneMovesACodeOn(t *testing.T) {
	storetest.Engines(t, testOfManyCountersOneMovesACodeOn)
}

func testOfManyCountersOneMovesACodeOn(t *testing.T) {
	for _, to := range []insurer.CodeState{insurer.CodeUsed, insurer.CodeAsked} {
		t.Run(string(to), func(t *testing.T) {
			s, _ := open(t)
			importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
			r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
			if err != nil {
				t.Fatal(err)
			}
			code := insurer.OnlineCode{MAC: []byte("mac"), HiddenMAC: []byte("printed"), Person: r.ID,
				ExpiresAt: noon.AddDate(0, 0, 1)}
			if err := s.OnlineCodes.PutCode(ctx, code, "op|x"); err != nil {
				t.Fatal(err)
			}
			if code, err = s.OnlineCodes.Code(ctx, []byte("mac")); err != nil {
				t.Fatal(err)
			}
			var winners []string
			var mu sync.Mutex
			var all sync.WaitGroup
			for _, name := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
				all.Go(func() {
					asker := hostapi.Caller{URL: "https://" + name + ".example", Name: name}
					moved, err := s.OnlineCodes.CompareAndSetCode(ctx, code, to, asker, entry("code"))
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
					}
					if moved {
						winners = append(winners, name)
					}
				})
			}
			all.Wait()
			now, err := s.OnlineCodes.Code(ctx, []byte("mac"))
			if err != nil || len(winners) != 1 || now.State != to {
				t.Fatalf("%s: %v won, %+v %v", to, winners, now, err)
			}
			want := hostapi.Caller{} // of a used code nobody is told who had it
			if to == insurer.CodeAsked {
				want = hostapi.Caller{URL: "https://" + winners[0] + ".example", Name: winners[0]}
			}
			if now.Asker != want {
				t.Errorf("%s: %+v asks, %+v won", to, now.Asker, want)
			}
			if n, err := s.VerifyAudit(ctx); err != nil || n != 2 {
				t.Errorf("%d entries, %v", n, err)
			}
		})
	}
}
