package printing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"madoguchi/server/durable"
)

// lockOf is the file that whoever prints a job holds.
func lockOf(folder, base string) string { return filepath.Join(folder, "."+base+".lock") }

// WasLeft reports a job that was printed in this folder and is not any more: whoever did has ended, or was
// killed. Of one that another folder has it knows nothing.
func WasLeft(folder, base string) bool {
	if _, err := os.Stat(lockOf(folder, base)); err != nil {
		return false
	}
	release, err := durable.TryLock(lockOf(folder, base))
	if err != nil {
		return false
	}
	release()
	return true
}

// Print prints what is not printed yet of a job. It returns ErrPaused or ErrCancelled when that was
// commanded, a *Mismatch when a page does not say what it should, and ErrBusy when another process is at it.
func Print[T any](ctx context.Context, j Job, c Composer[T]) ([]FileRecord, error) {
	if err := os.MkdirAll(j.Folder, 0o700); err != nil {
		return nil, errFolder.Because(err)
	}
	release, err := durable.TryLock(lockOf(j.Folder, j.Base))
	if errors.Is(err, durable.ErrHeld) {
		return nil, ErrBusy
	}
	if err != nil {
		return nil, errFolder.Because(err)
	}
	defer release()
	files, err := j.Store.Files(ctx)
	if err != nil {
		return nil, err
	}
	next := 0
	for _, f := range files {
		if f.Name != "" {
			if info, err := os.Stat(filepath.Join(j.Folder, f.Name)); err != nil || info.Size() != f.Bytes {
				return files, ErrFileGone.In(f.Name).Because(err)
			}
		}
		next = f.Last
	}
	s := jobRun[T]{Job: j, composer: c, began: j.Now(), from: next}
	if s.parcel, err = j.lastParcel(ctx, files); err != nil {
		return files, err
	}
	for next < j.Items.Len() {
		made, err := s.file(ctx, len(files)+1, next)
		if err != nil {
			return files, err
		}
		files, next = append(files, made), made.Last
	}
	s.reportProgress(next, len(files), false)
	return files, j.summary(files)
}

// jobRun is one start of a job.
type jobRun[T any] struct {
	Job
	composer Composer[T]
	began    time.Time
	from     int
	asked    time.Time
	parcel   string // whose count sheet came last
}

// reportProgress reports progress.
func (s *jobRun[T]) reportProgress(done, file int, reading bool) {
	if s.Tell == nil {
		return
	}
	p := Progress{Done: done, Total: s.Items.Len(), File: file, Reading: reading}
	if took := s.Now().Sub(s.began).Seconds(); took > 0 && done > s.from {
		p.Rate = float64(done-s.from) / took
		p.Left = time.Duration(float64(p.Total-done) / p.Rate * float64(time.Second))
	}
	s.Tell(p)
}

// askEvery is how often the store is asked for the commands of other processes.
const askEvery = time.Second

// checkCommand returns the error that a command of people asks for, nil to go on.
func (s *jobRun[T]) checkCommand(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := s.Now()
	select {
	case <-s.Changed:
	default:
		if !s.asked.IsZero() && now.Sub(s.asked) < askEvery {
			return nil
		}
	}
	s.asked = now
	command, err := s.Store.Command(ctx)
	switch {
	case err != nil:
		return err
	case command == Pause:
		return ErrPaused
	case command == Cancel:
		return ErrCancelled
	}
	return nil
}

// chunkSize is how many people are loaded at once.
const chunkSize = 500

// name is the name of a file of the job, without its ending.
func (j *Job) name(number int) string { return fmt.Sprintf("%s-%03d", j.Base, number) }
