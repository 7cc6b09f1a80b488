package store

import (
	"database/sql/driver"
	"slices"
	"strings"
)

// What is remembered of the database (recalled.go) must be forgotten when it changes, whoever changes it. So
// the connections watch the statements that run: a store that a next programmer adds cannot forget to tell.

// topic names what of the database is remembered: a table.
type topic string

const (
	topicInsurers   topic = "insurers"
	topicPeople     topic = "people"
	topicEnrolments topic = "enrolments"
	topicGrants     topic = "device_grants"
	topicSessions   topic = "sessions"
)

var topics = []topic{topicInsurers, topicPeople, topicEnrolments, topicGrants, topicSessions}

// written is a change of what may be remembered: of one key, or of all where it is empty.
type written struct {
	topic topic
	key   string
}

// writes are the changes of one transaction.
type writes []written

// writeOf returns what a statement changes that may be remembered. A new person or session is remembered
// nowhere yet, since nobody remembers that there is none.
func writeOf(text string, args []driver.NamedValue) (written, bool) {
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "INSERT":
		rest = strings.TrimPrefix(rest, "INTO ")
	case "DELETE":
		rest = strings.TrimPrefix(rest, "FROM ")
	case "UPDATE":
	default:
		return written{}, false
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
	if end < 0 {
		end = len(rest)
	}
	changed := topic(rest[:end])
	if !slices.Contains(topics, changed) {
		return written{}, false
	}
	isNew := verb == "INSERT" && (changed == topicPeople || changed == topicSessions) &&
		!strings.Contains(rest, "ON CONFLICT")
	if isNew {
		return written{}, false
	}
	w := written{topic: changed}
	if changed == topicSessions && len(args) > 0 && strings.Contains(rest, "WHERE hash = $1") {
		if hash, ok := args[0].Value.([]byte); ok {
			w.key = string(hash)
		}
	}
	return w, true
}

// mostWrites is from how many changes on a transaction's are told as changes of everything.
const mostWrites = 64

// pendingWrites are those of a connection: told at once, or once their transaction is stored.
type pendingWrites struct {
	told func(writes) // nil: nobody asks
	in   bool         // a transaction is open
	all  writes
}

func newWrites(told func(writes)) *pendingWrites { return &pendingWrites{told: told} }

// ran notes a statement that was run.
func (p *pendingWrites) ran(text string, args []driver.NamedValue) {
	if p.told == nil || strings.HasPrefix(text, "SELECT ") {
		return
	}
	w, ok := writeOf(text, args)
	if !ok || slices.Contains(p.all, w) || slices.Contains(p.all, written{topic: w.topic}) {
		return
	}
	if p.all = append(p.all, w); len(p.all) > mostWrites {
		p.all = p.all[:0]
		for _, t := range topics {
			p.all = append(p.all, written{topic: t})
		}
	}
	if !p.in {
		p.tell()
	}
}

func (p *pendingWrites) begin() { p.in, p.all = true, nil }

func (p *pendingWrites) end(stored bool) {
	p.in = false
	if stored {
		p.tell()
	}
	p.all = nil
}

func (p *pendingWrites) tell() {
	if len(p.all) > 0 && p.told != nil {
		p.told(p.all)
	}
	p.all = nil
}

// writingTx tells what it changed once it is stored.
type writingTx struct {
	driver.Tx
	writes *pendingWrites
}

// Commit implements driver.Tx. Where storing fails it is not known what is stored: that is told too.
func (t writingTx) Commit() error {
	err := t.Tx.Commit()
	t.writes.end(true)
	return err
}

// Rollback implements driver.Tx.
func (t writingTx) Rollback() error {
	err := t.Tx.Rollback()
	t.writes.end(false)
	return err
}
