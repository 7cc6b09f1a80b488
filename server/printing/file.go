package printing

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"

	"madoguchi/server/durable"
)

// draftEnding is added to a file's name until it is whole. The name is the same at each start, so that what a
// crash left is written over.
const draftEnding = ".part"

// file prints one file: beside its name first, and under it when it was read back.
func (s *jobRun[T]) file(ctx context.Context, number, first int) (FileRecord, error) {
	last := min(first+s.PerFile, s.Items.Len())
	f := filePrint[T]{jobRun: s, number: number, index: newIndex(s.name(number) + ".pdf")}
	path := filepath.Join(s.Folder, s.name(number)+".pdf")
	draft, err := durable.Create(path, durable.Options{Draft: path + draftEnding})
	if err != nil {
		return FileRecord{}, errFolder.Because(err)
	}
	defer draft.Discard()
	if err := f.write(ctx, draft, first, last); err != nil {
		return FileRecord{}, err
	}
	made := FileRecord{
		Number:  number,
		First:   first,
		Last:    last,
		People:  len(f.printed),
		Pages:   f.pages,
		Skipped: last - first - len(f.printed),
		Check:   f.index.checks,
		Bytes:   f.bytes,
		SHA256:  f.hash,
		Parcel:  s.parcel,
	}
	if made.People > 0 {
		made.Name = filepath.Base(path)
		s.reportProgress(last, number, true)
		if made.Codes, made.Texts, err = f.readBack(draft.Name()); err != nil {
			return FileRecord{}, err
		}
		if made.Sampled, err = f.sample(ctx, draft.Name()); err != nil {
			return FileRecord{}, err
		}
	}
	list := f.index.bytes()
	made.ListSHA256 = hashOf(list)
	if err := writeSmallFile(filepath.Join(s.Folder, s.name(number)+".csv"), list); err != nil {
		return FileRecord{}, err
	}
	if made.People > 0 { // last of what can fail on the disk: a name is taken for a file that can be sent
		if err := draft.Commit(); err != nil {
			return FileRecord{}, errFolder.Because(err)
		}
	}
	if err := s.Store.Finish(ctx, made, f.printed); err != nil {
		return FileRecord{}, err
	}
	return made, nil
}

// filePrint is a file that is being printed, and what its pages should say.
type filePrint[T any] struct {
	*jobRun[T]
	number  int
	index   *index
	printed []PrintedRecord
	wants   []wantedPage // in the order of printing; several may stand on one page
	pages   int
	bytes   int64
	hash    string
}

// wantedPage is what one person's page should say.
type wantedPage struct {
	page  int
	codes map[string]string
	texts []string
}

// write prints the people of [first, last) into a file and makes it durable.
func (f *filePrint[T]) write(ctx context.Context, out *durable.Draft, first, last int) error {
	sum := sha256.New()
	count := &byteCounter{}
	buffer := bufio.NewWriterSize(io.MultiWriter(diskWriter{out}, sum, count), 1<<20)
	file, err := f.composer.Open(buffer)
	if err != nil {
		return err
	}
	for at := first; at < last; at += chunkSize {
		if err := f.people(ctx, file, at, min(at+chunkSize, last)); err != nil {
			return err
		}
	}
	if f.pages, err = file.Close(); err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return errFolder.Because(err)
	}
	f.bytes, f.hash = count.n, hex.EncodeToString(sum.Sum(nil))
	return nil
}

// people prints a chunk.
func (f *filePrint[T]) people(ctx context.Context, file File[T], first, last int) error {
	if err := f.checkCommand(ctx); err != nil {
		return err
	}
	items, err := f.Items.Slice(ctx, first, last)
	if err != nil {
		return err
	}
	pages, err := f.composer.Load(ctx, first, refsOf(items))
	if err != nil {
		return err
	}
	for i, page := range pages {
		at := first + i
		if page.Skip != "" {
			f.index.skipped(at, page.Person)
			continue
		}
		if group := items[i].Group; group != "" && group != f.parcel {
			people, err := f.parcelPeople(ctx, items[i:], pages[i:], last)
			if err == nil {
				err = file.Count(ctx, Group{Key: group, First: page.Ref, People: people})
			}
			if err != nil {
				return err
			}
			f.parcel = group
		}
		p, err := file.Add(page)
		if err != nil {
			return err
		}
		if page.NeedsReview != "" {
			p.Check = append(p.Check, page.NeedsReview)
		}
		f.index.printed(at, page.Person, p)
		f.printed = append(f.printed, PrintedRecord{page.Ref, page.Version})
		f.wants = append(f.wants, wantedPage{p.Page, page.Codes, page.Texts})
	}
	f.reportProgress(last, f.number, false)
	return nil
}

func refsOf(items []Item) []string {
	refs := make([]string, len(items))
	for i, item := range items {
		refs[i] = item.Ref
	}
	return refs
}

// hashOf is a small file's SHA-256 as records have it.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// byteCounter counts bytes.
type byteCounter struct{ n int64 }

func (c *byteCounter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// diskWriter gives a disk's fault its sentence, whoever passes it on.
type diskWriter struct{ w io.Writer }

func (f diskWriter) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		err = errFolder.Because(err)
	}
	return n, err
}

// writeSmallFile writes a small file whole or not at all.
func writeSmallFile(path string, data []byte) error {
	if err := durable.WriteFile(path, data, durable.Options{Draft: path + draftEnding}); err != nil {
		return errFolder.Because(err)
	}
	return nil
}
