package durable

import (
	"io/fs"
	"os"
	"path/filepath"
)

// DraftPrefix begins the name of every draft that was not given one: a holder of the folder's lock may remove
// what a crash left under such a name.
const DraftPrefix = ".new-"

// Options say how a file is written; the zero value replaces a file that only its owner may read.
type Options struct {
	Mode fs.FileMode // zero: 0600
	// Draft is the path of the draft, in the file's own folder: one that stands there is overwritten. When it
	// is empty the draft gets a name of its own, so that several writers never share one.
	Draft string
	// New refuses a file that exists, by fs.ErrExist, instead of replacing it.
	New bool
	// Device writes to what stands at the path and is no regular file, such as /dev/stdout, as it is: for
	// files that people name on a command line.
	Device bool
	// Step is told of each change to the disk before it is made: "create NAME", "write NAME", "flush NAME",
	// "name NAME", "flush folder". A test may end the process there. It may be nil.
	Step func(step string)
}

// Draft is a file that is written under another name until Commit gives it its own.
type Draft struct {
	path    string
	options Options
	file    *os.File
	device  bool // the file itself, not a draft
	flushed bool
	done    bool
}

// Create begins a draft of the file at path, in the same folder. Discard must follow, also behind Commit.
func Create(path string, o Options) (*Draft, error) {
	if o.Mode == 0 {
		o.Mode = 0o600
	}
	d := &Draft{path: path, options: o}
	d.step("create")
	var err error
	if o.Device {
		info, missing := os.Stat(path)
		d.device = missing == nil && !info.Mode().IsRegular()
	}
	switch {
	case d.device:
		d.file, err = os.OpenFile(path, os.O_WRONLY, 0)
	case o.Draft != "":
		d.file, err = os.OpenFile(o.Draft, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, o.Mode)
	default:
		d.file, err = os.CreateTemp(filepath.Dir(path), DraftPrefix+"*") // mode 0600
		if err == nil && o.Mode != 0o600 {
			err = d.file.Chmod(o.Mode)
		}
	}
	if err != nil {
		d.Discard()
		return nil, err
	}
	return d, nil
}

func (d *Draft) step(what string) {
	if d.options.Step != nil {
		d.options.Step(what + " " + filepath.Base(d.path))
	}
}

// Name is the path of the draft, where it can be read back once it is flushed.
func (d *Draft) Name() string { return d.file.Name() }

// Path is the path of the file that the draft becomes.
func (d *Draft) Path() string { return d.path }

// Write adds to the draft.
func (d *Draft) Write(p []byte) (int, error) { return d.file.Write(p) }

// Flush makes what was written durable and closes the draft. Commit does so too.
func (d *Draft) Flush() error {
	if d.flushed {
		return nil
	}
	d.flushed = true
	if d.device { // a pipe cannot be flushed
		return d.file.Close()
	}
	d.step("flush")
	err := d.file.Sync()
	if closing := d.file.Close(); err == nil {
		err = closing
	}
	return err
}

// Commit gives the flushed draft its name and makes that durable.
func (d *Draft) Commit() error {
	if err := d.Flush(); err != nil || d.device {
		return err
	}
	d.step("name")
	place := os.Rename
	if d.options.New {
		place = os.Link // a link never replaces a file
	}
	if err := patiently(func() error { return place(d.file.Name(), d.path) }); err != nil {
		return err
	}
	d.done = !d.options.New // after a rename the draft's name is gone
	if d.options.Step != nil {
		d.options.Step("flush folder")
	}
	return SyncFolder(filepath.Dir(d.path))
}

// Discard closes the draft and removes its name; what Commit named stays.
func (d *Draft) Discard() {
	if d.file == nil || d.done {
		return
	}
	d.done = true
	if !d.flushed {
		d.flushed = true
		d.file.Close()
	}
	if !d.device {
		_ = Remove(d.file.Name())
	}
}

// WriteFile writes a file whole or not at all.
func WriteFile(path string, data []byte, o Options) error {
	d, err := Create(path, o)
	if err != nil {
		return err
	}
	defer d.Discard()
	d.step("write")
	if _, err := d.Write(data); err != nil {
		return err
	}
	return d.Commit()
}
