// Package principaltest holds for every half of the server that each method of its services is told who asks.
package principaltest

import (
	"context"
	"reflect"
	"slices"
	"testing"
)

// Half is what a half's test knows of its services.
type Half struct {
	Services   reflect.Type      // a struct with a field for each service
	Principals []reflect.Type    // what may ask
	Rows       []string          // the methods that the half's test calls, as Service.Method
	Open       map[string]string // those that take no principal, each with its reason
	Person     reflect.Type      // what no open method may take, nil for nothing
}

// Check fails for a method that neither takes a principal first (behind the context) and has a row, nor
// stands among the open ones; and for a row or an entry of a method that is no more.
func (h Half) Check(t *testing.T) {
	t.Helper()
	known := map[string]bool{}
	for i := range h.Services.NumField() {
		service := h.Services.Field(i)
		for j := range service.Type.NumMethod() {
			method := service.Type.Method(j)
			name := service.Name + "." + method.Name
			known[name] = true
			h.checkMethod(t, name, method.Type)
		}
	}
	if len(known) == 0 {
		t.Error("no method was found")
	}
	for _, name := range h.Rows {
		if !known[name] {
			t.Errorf("there is no %s any more", name)
		}
	}
	for name := range h.Open {
		if !known[name] {
			t.Errorf("there is no %s any more", name)
		}
	}
}

func (h Half) checkMethod(t *testing.T, name string, method reflect.Type) {
	t.Helper()
	first := 1 // behind the receiver
	if method.NumIn() > 1 && method.In(1) == reflect.TypeFor[context.Context]() {
		first = 2
	}
	asks := method.NumIn() > first && slices.Contains(h.Principals, method.In(first))
	_, open := h.Open[name]
	switch {
	case asks && !slices.Contains(h.Rows, name):
		t.Errorf("%s has no row", name)
	case !asks && !open:
		t.Errorf("%s takes no principal first, and no reason is given", name)
	case asks && open:
		t.Errorf("%s takes a principal", name)
	}
	for k := first; open && h.Person != nil && k < method.NumIn(); k++ {
		if method.In(k) == h.Person {
			t.Errorf("%s takes a person and no principal", name)
		}
	}
}
