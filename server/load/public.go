//go:build !nodemo

package load

import (
	"context"
	"net/http"
	"sync"
)

// public loads a server that is no demo, where nobody of ours may log in: with what anybody asks for.
func (l *run) public(ctx context.Context) Report {
	l.plan = Plan{Checks: l.plan.Checks, Faster: 1}
	l.say(Loading)
	began := l.Now()
	coming, stop := context.WithTimeout(ctx, l.For)
	defer stop()
	var all sync.WaitGroup
	for i := 0; pause(coming, l.gap(l.plan.Checks)); i++ {
		if i >= maxWaiting {
			i = 0
		}
		v := l.visitor(2 + i%50)
		all.Go(func() { v.looks(ctx) })
	}
	all.Wait()
	r := l.meter.report(l.Now().Sub(began))
	r.Address, r.Plan = l.base(), l.plan
	return r
}

// looks opens the screen's page as a new phone does, which may show nobody.
func (v *visitor) looks(ctx context.Context) {
	defer v.client.CloseIdleConnections()
	if _, err := v.call(ctx, call{
		kind:   kindPage,
		method: http.MethodGet,
		path:   "/screen",
		want:   http.StatusOK,
	}); err != nil {
		return
	}
	var me struct{ People []struct{ ID string } }
	if _, err := v.call(ctx, call{
		kind:   kindOpen,
		method: http.MethodGet,
		path:   "/api/v1/me",
		want:   http.StatusOK,
		into:   &me,
	}); err == nil {
		v.run.meter.must(len(me.People) == 0, kindOpen, "a new phone is shown %d people", len(me.People))
	}
}
