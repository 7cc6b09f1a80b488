package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/durable"
)

// File is the second place of the checkpoints: a line each, only added to. Others may read it. What follows
// the last end of a line was being written when the power went, and counts for nothing.
type File struct {
	Path string
	Key  credential.PublicKey
}

// Errors of the file itself, not of what stands in it.
var (
	errUnread    = &eligibility.Error{Code: eligibility.Unavailable, Key: "audit.file_unread"}
	errUnwritten = &eligibility.Error{Code: eligibility.Unavailable, Key: "audit.file_unwritten"}
)

// at is an error of the file with its name and cause.
func (f File) at(what *eligibility.Error, cause error) error {
	return what.With(message.Args{"file": message.Text(f.Path)}).Because(cause)
}

// mostLine bounds a line; ours have some 600 bytes.
const mostLine = 4 << 10

// signed is a checkpoint with its text.
type signed struct {
	Checkpoint
	text string
}

// newest reads the last checkpoint, by the end of the file alone; none: there is no file, or nothing in it.
func (f File) newest() (last signed, there bool, err error) {
	file, err := os.Open(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return last, false, nil
	}
	if err != nil {
		return last, false, f.at(errUnread, err)
	}
	defer file.Close()
	raw, _, err := lastLine(file)
	if _, is := asFault(err); err != nil && !is {
		err = f.at(errUnread, err)
	}
	if err != nil || raw == nil {
		return last, false, err
	}
	last, err = f.open(raw)
	return last, err == nil, err
}

// lastLine returns the last whole line of a file, without its end, and where that line ends.
func lastLine(file *os.File) (raw []byte, end int64, err error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, err
	}
	from := max(0, size-2*mostLine)
	tail := make([]byte, size-from)
	if _, err := file.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	at := bytes.LastIndexByte(tail, '\n')
	if at < 0 {
		if from > 0 {
			return nil, 0, &Fault{Kind: ErrLineDamaged}
		}
		return nil, 0, nil // not one whole line yet
	}
	begin := bytes.LastIndexByte(tail[:at], '\n') + 1
	return tail[begin:at], from + int64(at) + 1, nil
}

// open verifies a line.
func (f File) open(raw []byte) (signed, error) {
	text, ok := readLine(raw)
	if !ok {
		return signed{}, &Fault{Kind: ErrLineDamaged, File: f.Path}
	}
	c, err := openCheckpoint(f.Key, text)
	if fault, is := asFault(err); is {
		fault.File = f.Path
	}
	return signed{c, text}, err
}

// lock holds the file against other signers.
func (f File) lock() (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
		return nil, f.at(errUnwritten, err)
	}
	return durable.Lock(f.Path + ".lock")
}

// add appends a checkpoint and returns when it is on the disk. The caller holds the lock.
func (f File) add(c Checkpoint, text string) error {
	out, err := lineOf(c, text)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(f.Path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return f.at(errUnwritten, err)
	}
	defer file.Close()
	_, end, err := lastLine(file)
	if err == nil {
		err = file.Truncate(end) // half a line of a power cut
	}
	if err == nil {
		_, err = file.WriteAt(out, end)
	}
	if err == nil {
		err = file.Sync()
	}
	if err == nil && end == 0 {
		err = durable.SyncFolder(filepath.Dir(f.Path))
	}
	if err != nil {
		return f.at(errUnwritten, err)
	}
	return file.Close()
}

// checkpoints are those of a file, in order, up to the first that is wrong.
type checkpoints struct {
	points []Point
	last   signed
}

// all reads the whole file and verifies every line; an error that is a *Fault names the first wrong one.
func (f File) all() (c checkpoints, err error) {
	file, err := os.Open(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, f.at(errUnread, err)
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, mostLine)
	for number := 1; ; number++ {
		raw, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return c, nil // whatever came behind the last end of a line
		}
		var next signed
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			err = &Fault{Kind: ErrLineDamaged, File: f.Path}
		case err != nil:
			return c, f.at(errUnread, err)
		default:
			next, err = f.open(raw)
		}
		if err == nil {
			err = f.follows(c, next)
		}
		if fault, is := asFault(err); is {
			fault.Line = number
		}
		if err != nil {
			return c, err
		}
		c.points, c.last = append(c.points, next.point()), next
	}
}

// follows judges whether a checkpoint follows those before it.
func (f File) follows(before checkpoints, next signed) error {
	first := len(before.points) == 0
	switch {
	case first && next.Previous != "", !first && next.Previous != digest(before.last.text):
		return &Fault{Kind: ErrLineMissing, File: f.Path}
	case !first && next.Chain != before.last.Chain:
		return &Fault{Kind: ErrForeign, File: f.Path}
	case next.Sequence < before.last.Sequence: // no signer of ours goes back
		return &Fault{Kind: ErrForged, File: f.Path}
	}
	return nil
}

// LinesUntil are the lines of a file of checkpoints that stand for entries up to newest.
func LinesUntil(lines []byte, newest int64) []byte {
	var out []byte
	for line := range bytes.Lines(lines) {
		var one struct {
			Sequence int64 `json:"seq"`
		}
		if json.Unmarshal(line, &one) == nil && one.Sequence <= newest {
			out = append(out, line...)
		}
	}
	return out
}
