package object

import (
	"fmt"
	"strings"
)

// Entry is a key of a dictionary and its value.
type Entry struct {
	Key   string // as it is written, with its slash
	Value Value
	name  string // the key without its slash, #-numbers resolved
}

// Name is the key without its slash.
func (e Entry) Name() string { return e.name }

// Dict is a dictionary in the order of its entries, so that the same input gives the same bytes.
type Dict []Entry

// Get returns the value of the first of these names that is there, nil when none is. Names are given without
// slashes. Of a key that stands twice the first counts.
func (d Dict) Get(names ...string) Value {
	for _, name := range names {
		for _, e := range d {
			if e.name == name {
				return e.Value
			}
		}
	}
	return nil
}

// With returns a copy in which a name, given without its slash, has this value.
func (d Dict) With(name, value string) Dict {
	out := make(Dict, 0, len(d)+1)
	placed := false
	for _, e := range d {
		if e.name == name {
			e.Value, placed = Value(value), true
		}
		out = append(out, e)
	}
	if !placed {
		out = append(out, Entry{Key: "/" + name, name: name, Value: Value(value)})
	}
	return out
}

// String writes the dictionary, every value as it was read.
func (d Dict) String() string {
	var b strings.Builder
	b.WriteString("<<")
	for _, e := range d {
		fmt.Fprintf(&b, "%s %s\n", e.Key, e.Value)
	}
	b.WriteString(">>")
	return b.String()
}
