// Package readiness says whether a server can do its work now, and if not, why: what /readyz answers. Whoever
// asks learns one of a few words and what an operator does about it, and nothing of paths, addresses or
// versions; the cause goes to the log.
package readiness

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"madoguchi/message"
)

// Reason is why a server is not ready.
type Reason string

// The reasons, in the order in which an operator looks at them.
const (
	Draining Reason = "draining" // it was told to end
	Folder   Reason = "folder"   // the data folder or the database's file is gone, or is another one
	Disk     Reason = "disk"     // no room is left
	Database Reason = "database" // it does not answer, or cannot be written
)

// Reasons are all of them.
var Reasons = []Reason{Draining, Folder, Disk, Database}

// Names are the words for all of them.
func Names() []string { return NamesOf(Reasons) }

// NamesOf are the words for reasons.
func NamesOf(reasons []Reason) (names []string) {
	for _, r := range reasons {
		names = append(names, string(r))
	}
	return names
}

// words are the catalogue's keys of the reasons.
var words = map[Reason]string{
	Draining: "ready.draining",
	Folder:   "ready.folder",
	Disk:     "ready.disk",
	Database: "ready.database",
}

// NotReady is the error of a server that is not ready.
type NotReady []Reason

// Error names the reasons.
func (n NotReady) Error() string { return fmt.Sprintf("not ready: %v", []Reason(n)) }

// Message is the reason's sentence, with what to do.
func (r Reason) Message() message.Message { return message.New(words[r], nil) }

// LeastFree is the room on the disk, in bytes, below which the next transaction may not fit. A start wants
// more (package doctor); a server that runs goes on as long as it can.
const LeastFree = 16 << 20

// ErrFull is what Config.Write returns where the database has no room to grow.
var ErrFull = errors.New("readiness: the disk is full")

// Config makes a Readiness. Path and Free may be left out.
type Config struct {
	Path  string                              // the database's file
	Free  func(folder string) (uint64, error) // bytes that are left for this user
	Read  func(context.Context) error         // asks the database for something
	Write func(context.Context) error         // changes something without meaning in it; wraps ErrFull
	Now   func() time.Time
}

// Readiness finds the reasons, at most once in a while: strangers may ask as often as they like.
type Readiness struct {
	config   Config
	file     os.FileInfo // the database's, as it was at the start
	draining atomic.Bool

	mu     sync.Mutex
	looked time.Time
	found  []Reason
}

// How long an answer counts, and how long the database may take for one. A database that is busy with a long
// import answers no write in that time, and is ready all the same.
const (
	every     = 2 * time.Second
	readTime  = 1 * time.Second
	writeTime = 300 * time.Millisecond
)

// New returns the Readiness of a server whose database is open.
func New(c Config) (*Readiness, error) {
	r := &Readiness{config: c}
	if c.Path == "" {
		return r, nil
	}
	var err error
	r.file, err = os.Stat(c.Path)
	return r, err
}

// Drain makes the server not ready for good: it ends.
func (r *Readiness) Drain() { r.draining.Store(true) }

// Check returns a NotReady while there is a reason.
func (r *Readiness) Check(ctx context.Context) error {
	if why := r.Look(ctx); len(why) > 0 {
		return NotReady(why)
	}
	return nil
}

// Look returns why the server is not ready; nothing while it is.
func (r *Readiness) Look(ctx context.Context) []Reason {
	var all []Reason
	if r.draining.Load() {
		all = append(all, Draining)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if since := r.config.Now().Sub(r.looked); r.looked.IsZero() || since < 0 || since >= every {
		before := r.found
		r.found = r.find(context.WithoutCancel(ctx)) // whoever asked may be gone; the answer is for all
		r.looked = r.config.Now()
		if len(before) > 0 && len(r.found) == 0 {
			slog.Info("ready again")
		}
	}
	return append(all, r.found...)
}

// find asks for everything but the end.
func (r *Readiness) find(ctx context.Context) (found []Reason) {
	because := func(reason Reason, err error) {
		if !slices.Contains(found, reason) {
			found = append(found, reason)
		}
		if !slices.Contains(r.found, reason) { // it is new: once is enough for the log
			slog.Error("not ready", "reason", string(reason), "error", err)
		}
	}
	if err := r.sameFile(); err != nil {
		because(Folder, err)
		return found // the open file has no name any more: what it holds is lost with the process
	}
	if r.config.Free != nil && r.config.Path != "" {
		free, err := r.config.Free(filepath.Dir(r.config.Path))
		if err == nil && free < LeastFree {
			because(Disk, ErrFull)
		}
	}
	reading, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	if err := r.config.Read(reading); err != nil {
		because(Database, err)
		return found
	}
	writing, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	switch err := r.config.Write(writing); {
	case errors.Is(err, ErrFull): // also where it took its time to say so
		because(Disk, err)
	case err == nil, writing.Err() != nil: // a long transaction goes on
	default:
		because(Database, err)
	}
	return found
}

var errOther = errors.New("readiness: another file has the database's name")

// sameFile reports whether the database's file still has its name: a folder that was unmounted, moved or
// restored under a running server looks well from inside.
func (r *Readiness) sameFile() error {
	if r.file == nil {
		return nil
	}
	info, err := os.Stat(r.config.Path)
	switch {
	case err != nil:
		return err
	case !os.SameFile(info, r.file):
		return errOther
	}
	return nil
}
