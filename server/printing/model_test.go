package printing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/pdf"
	"madoguchi/server/printing"
)

// logged is a Composer that remembers what stands on the pages of each file that was begun, in their order: a
// ref, or "sheet GROUP PEOPLE FIRST".
type logged struct {
	*notices
	files [][]string
}

func (l *logged) Open(w io.Writer) (printing.File[pdf.Notice], error) {
	l.files = append(l.files, nil)
	return &loggedFile{file{Notices: pdf.NewNotices(w, "架空市", runDay)}, l}, nil
}

type loggedFile struct {
	file
	of *logged
}

func (f *loggedFile) note(page string) {
	last := len(f.of.files) - 1
	f.of.files[last] = append(f.of.files[last], page)
}

func (f *loggedFile) Count(ctx context.Context, g printing.Group) error {
	f.note(fmt.Sprintf("sheet %s %d %s", g.Key, g.People, g.First))
	return f.file.Count(ctx, g)
}

func (f *loggedFile) Add(p printing.Page[pdf.Notice]) (printing.Printed, error) {
	f.note(p.Ref)
	return f.file.Add(p)
}

// begins forgets the files that a start did not finish.
func (l *logged) begins(finished []printing.FileRecord, made [][]string) [][]string {
	for i, f := range finished[len(made):] {
		made = append(made, l.files[i])
		if f.People == 0 { // there is no file
			made[len(made)-1] = nil
		}
	}
	l.files = nil
	return made
}

// wanted is the run as one long strip of pages: before the first of a parcel who is printed, its sheet, with
// how many of it are.
func wanted(items []printing.Item, gone map[string]bool) (pages []string) {
	sheet := ""
	for i, item := range items {
		if gone[item.Ref] {
			continue
		}
		if item.Group != "" && item.Group != sheet {
			sheet = item.Group
			people := 0
			for _, other := range items[i:] {
				if other.Group == sheet && !gone[other.Ref] {
					people++
				}
			}
			pages = append(pages, fmt.Sprintf("sheet %s %d %s", sheet, people, item.Ref))
		}
		pages = append(pages, item.Ref)
	}
	return pages
}

// Whatever ends a run in between, and whoever is gone by then: everybody else is on one page, behind one
// sheet of the parcel that says how many follow, and the index says where.
func TestARunIsWhatAModelOfItSays(t *testing.T) {
	stopped := 0
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 4))
			n := random.IntN(30)
			if seed == 0 {
				n = 1203 // more than are loaded at once, in one parcel
			}
			items := refs(n)
			c := &logged{notices: composer(t)}
			c.gone = map[string]bool{}
			parcel, often := 0, random.IntN(4)
			for i := range items {
				if i == 0 || seed > 0 && random.IntN(5) == 0 {
					parcel++
				}
				if seed%3 > 0 || seed == 0 {
					items[i].Group = strconv.Itoa(parcel)
				}
				if random.IntN(4) < often {
					c.gone[items[i].Ref] = true
				}
			}
			m := &memory{}
			r := newJob(t, 0, c, m)
			r.Items, r.PerFile = printing.ItemList(items), 1+random.IntN(7)
			if seed == 0 {
				r.PerFile = 700
			}
			now := runDay
			r.Now = func() time.Time { now = now.Add(2 * time.Second); return now }
			var made [][]string
			for start := 0; ; start++ {
				left := random.IntN(5)
				r.Tell = func(p printing.Progress) {
					if left--; left == 0 && start < 20 {
						switch random.IntN(3) {
						case 0:
							m.command = printing.Pause
						case 1:
							m.broken = errors.New("the power went")
						}
					}
				}
				_, err := r.print(t.Context())
				made = c.begins(m.files, made)
				m.command, m.broken = printing.Resume, nil
				if err == nil {
					break
				}
				stopped++
			}
			if want, got := wanted(items, c.gone), slices.Concat(made...); !slices.Equal(got, want) {
				t.Errorf("%d people, %d a file, %v gone:\n%q\n%q", n, r.PerFile, c.gone, got, want)
			}
			sum := printing.SumRecords(m.files)
			if all := slices.Concat(made...); sum.Pages != len(all) || sum.People != len(m.printed) ||
				sum.People+sum.Skipped != n {
				t.Errorf("%+v of %d pages", sum, len(all))
			}
			for i, row := range rows(t, r.Folder, printing.Index.Of(r.Base)) {
				if row[0] != strconv.Itoa(i+1) || row[7] != items[i].Ref ||
					c.gone[items[i].Ref] != (row[1] == "") {
					t.Errorf("line %d of the index: %q", i+1, row)
				}
				if row[1] == "" {
					continue
				}
				page, _ := strconv.Atoi(row[2])
				if file := made[i/r.PerFile]; page < 1 || page > len(file) || file[page-1] != row[7] {
					t.Errorf("%q is not on its page", row)
				}
			}
			for i, f := range m.files {
				_, err := os.Stat(filepath.Join(r.Folder, fmt.Sprintf("%s-%03d.pdf", r.Base, i+1)))
				if (err == nil) != (f.Name != "") || f.Name != "" && f.Pages != len(made[i]) {
					t.Errorf("%+v: %v, %d pages", f, err, len(made[i]))
				}
			}
			for _, name := range names(t, r.Folder) {
				if strings.HasSuffix(name, ".part") {
					t.Errorf("%s is left", name)
				}
			}
		})
	}
	if stopped < 20 {
		t.Errorf("%d starts were stopped: the model was hardly tried", stopped)
	}
	testenv.Refused(t, testenv.Stored, stopped)
}
