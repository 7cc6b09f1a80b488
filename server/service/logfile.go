package service

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"madoguchi/server/durable"
)

// mostLog is how large a log grows before it becomes the one before; of those one is kept.
const mostLog = 16 << 20

// Log is the log of a service.
type Log struct {
	path string

	mu   sync.Mutex
	file *os.File
	size int64
}

// OpenLog opens the log in a data folder, for its owner alone.
func OpenLog(folder string) (*Log, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	l := &Log{path: filepath.Join(folder, LogFile)}
	return l, l.open()
}

func (l *Log) open() (err error) {
	l.file, err = os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := l.file.Stat()
	if err == nil {
		l.size = info.Size()
	}
	return err
}

// Write adds a line. One that would make the log too large begins a new one.
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size > 0 && l.size+int64(len(line)) > mostLog {
		_ = durable.Remove(l.path + ".1")
		err := errors.Join(l.file.Close(), durable.Move(l.path, l.path+".1"))
		if err := errors.Join(err, l.open()); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Write(line)
	l.size += int64(n)
	return n, err
}

// Close closes the log.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}
