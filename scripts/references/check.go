package main

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Broken is a reference that leads nowhere.
type Broken struct {
	File string
	Line int
	Text string // the reference as it is written
	Why  string
}

func (b Broken) String() string { return fmt.Sprintf("%s:%d: %s: %s", b.File, b.Line, b.Text, b.Why) }

var (
	// pages: a name that ends with .md, and what of it is meant: an anchor, a heading in quotes, or a number.
	pages = regexp.MustCompile(
		`[\w./-]*[\w-]\.md\b(?:#([\p{L}\p{N}_-]+)| \\?"([^"\\]+)\\?"` +
			`|,? (?:sections? |§ ?)?(\d+(?:\.\d+)*)\b)?`,
	)
	// further: an anchor alone, of the page that was named before it in the same comment.
	further = regexp.MustCompile(`(?:^|[ (,])#([\p{L}][\p{L}\p{N}_-]+)`)
	// links of Markdown to anything but a page.
	links = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	// files that begin with a folder of the repository.
	files = regexp.MustCompile(
		`[\w./-]*[\w-]\.(?:go|ts|mts|mjs|css|html|json|sql|sh|png|svg|ttf|wasm|yaml)\b(?:\.gz|\.zst)?`)
	// outside: words that point at something which no reader of the repository has.
	outside = regexp.MustCompile(`\b[Ii]ssues? #?\d+\b|(?:\(|// |/\* )facts?: |\bfacts? page\b|\bfacts/\w*`)
	comment = regexp.MustCompile(`^\s*(?://|\*|/\*|#|--|<!--)`)
)

// skipped are folders with other people's work, generated files, bytes that only look like text, and the data
// of a server that was started here.
var skipped = []string{".git", "node_modules", "dist", "vendor", "fuzz", "bin", "out", "data", "licences"}

// kinds are the files that are read.
var kinds = []string{
	".go", ".md", ".ts", ".mts", ".mjs", ".css", ".html", ".json", ".sql", ".sh", ".yaml", ".yml", ".txt",
}

// checker follows the references of a tree of files.
type checker struct {
	tree    fs.FS
	present map[string]bool // every file and folder
	tops    map[string]bool // the folders at the root
	pages   map[string]page
	// what a file of Go or TypeScript declares
	declarations map[string]map[string]bool
	broken       []Broken
}

// Check follows every reference in the texts of a tree and returns those that lead nowhere, by file and line.
func Check(tree fs.FS) ([]Broken, error) {
	c := &checker{
		tree:         tree,
		present:      map[string]bool{},
		tops:         map[string]bool{},
		pages:        map[string]page{},
		declarations: map[string]map[string]bool{},
	}
	var texts []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		c.present[name] = true
		if d.IsDir() {
			if name != "." && !strings.Contains(name, "/") {
				c.tops[name] = true
			}
			if slices.Contains([]string{".git", "node_modules"}, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if reads(name) {
			texts = append(texts, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the files: %w", err)
	}
	for _, name := range texts {
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		c.text(name, string(text))
	}
	return c.broken, nil
}

// reads reports whether a file's references are followed.
func reads(name string) bool {
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains(skipped, folder) {
			return false
		}
	}
	base := path.Base(name)
	if base == "package-lock.json" || strings.HasPrefix(name, "scripts/references/") {
		return false // the latter's made-up cases are broken on purpose
	}
	return slices.Contains(kinds, path.Ext(base)) || base == "Makefile" || base == "Dockerfile"
}

func (c *checker) text(name, text string) {
	document := path.Ext(name) == ".md"
	if document {
		c.names(name, text)
	}
	last := "" // the page named last in this comment
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if !comment.MatchString(line) {
			last = ""
		}
		report := func(reference, why string) {
			c.broken = append(c.broken, Broken{File: name, Line: n, Text: reference, Why: why})
		}
		rest, from := line, 0
		var named [][]int
		if strings.Contains(line, ".md") { // the expressions are slow where nothing fits
			named = pages.FindAllStringSubmatchIndex(line, -1)
		}
		for _, at := range named {
			if foreign(line, at[0]) {
				continue
			}
			c.further(last, line[from:at[0]], report)
			last = c.page(name, reference{
				text:    line[at[0]:at[1]],
				anchor:  group(line, at, 1),
				heading: group(line, at, 2),
				number:  group(line, at, 3),
			}, report)
			rest, from = blank(rest, at[0], at[1]), at[1]
		}
		if document {
			last = "" // there a section is named by a link
		}
		c.further(last, line[from:], report)
		c.files(name, rest, report)
		if document {
			c.links(name, text, line, report)
		}
		for _, at := range outside.FindAllStringIndex(line, -1) {
			before := line[:at[0]]
			if foreign(line, at[0]) || strings.HasSuffix(before, "docs/") || strings.HasSuffix(before, "](") {
				continue
			}
			report(line[at[0]:at[1]], "points outside the repository")
		}
	}
}

// reference is a document's name with what of it is meant: at most one of the three is not empty.
type reference struct{ text, anchor, heading, number string }

// reporter takes down a reference that leads nowhere.
type reporter func(text, why string)

// page follows a reference to a document and returns the document's path, "" where there is none.
func (c *checker) page(from string, r reference, report reporter) string {
	written, _, _ := strings.Cut(r.text, ".md")
	found := c.resolve(from, written+".md")
	if found == "" {
		report(r.text, "there is no such page")
		return ""
	}
	p := c.open(found)
	switch {
	case r.anchor != "" && !p.anchors[r.anchor],
		r.heading != "" && !p.has(r.heading),
		r.number != "" && !p.numbered(r.number):
		report(r.text, found+" has no such section")
	}
	return found
}

// further follows anchors that stand alone, of the page that was named before them.
func (c *checker) further(page, text string, report reporter) {
	if page == "" {
		return
	}
	for _, m := range further.FindAllStringSubmatch(text, -1) {
		if !c.open(page).anchors[m[1]] {
			report("#"+m[1], page+" has no such section")
		}
	}
}

// files follows references to files below a folder of the repository.
func (c *checker) files(from, line string, report reporter) {
	if !strings.Contains(line, "/") {
		return
	}
	for _, at := range files.FindAllStringIndex(line, -1) {
		written := line[at[0]:at[1]]
		top, _, nested := strings.Cut(written, "/")
		pattern := at[0] > 0 && strings.ContainsRune("*{$%}", rune(line[at[0]-1]))
		if !nested || !c.tops[top] || pattern || foreign(line, at[0]) {
			continue
		}
		if c.resolve(from, written) == "" {
			report(written, "there is no such file")
		}
	}
}

// links follows a document's links to its own sections and to files.
func (c *checker) links(from, text, line string, report reporter) {
	for _, m := range links.FindAllStringSubmatch(line, -1) {
		target := m[1]
		switch {
		case strings.Contains(target, ":"), strings.Contains(target, ".md"):
		case strings.HasPrefix(target, "#"):
			if !parsePage(text).anchors[target[1:]] {
				report(target, "this page has no such section")
			}
		default:
			file, _, _ := strings.Cut(target, "#")
			if !c.present[path.Clean(path.Join(path.Dir(from), file))] {
				report(target, "there is no such file")
			}
		}
	}
}

// resolve returns the file that is meant: beside the one that names it, below one of its folders, or in docs.
func (c *checker) resolve(from, written string) string {
	for folder := path.Dir(from); ; folder = path.Dir(folder) {
		if name := path.Clean(path.Join(folder, written)); c.present[name] {
			return name
		}
		if folder == "." {
			break
		}
	}
	if name := path.Join("docs", written); !strings.Contains(written, "/") && c.present[name] {
		return name
	}
	return ""
}

func (c *checker) open(name string) page {
	if p, ok := c.pages[name]; ok {
		return p
	}
	text, err := fs.ReadFile(c.tree, name)
	if err != nil {
		return page{}
	}
	p := parsePage(string(text))
	c.pages[name] = p
	return p
}

// foreign reports whether what begins at a place of a line belongs to an address on the web or to another
// project.
func foreign(line string, at int) bool {
	word := line[strings.LastIndexAny(line[:at], " \t(<\"`|、（")+1 : at]
	rest := line[at:]
	if end := strings.IndexAny(rest, " \t)>\"`|"); end >= 0 {
		rest = rest[:end]
	}
	return strings.Contains(word+rest, "://") || strings.Contains(word+rest, "github.com/")
}

func group(line string, at []int, n int) string {
	if at[2*n] < 0 {
		return ""
	}
	return line[at[2*n]:at[2*n+1]]
}

func blank(line string, from, to int) string {
	return line[:from] + strings.Repeat(" ", to-from) + line[to:]
}
