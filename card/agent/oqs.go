package agent

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/eligibility/oqs"
)

const (
	// maxAnswerAge is how old an answer file may be: an older one is likely another patient's.
	maxAnswerAge = 10 * time.Minute
	// maxClockAhead allows for the clock of the terminal that wrote it.
	maxClockAhead = time.Minute
	// settleTime is given to a file that is still being written.
	settleTime = 300 * time.Millisecond
	maxAnswer  = 4 << 20 // of one person; bulk answers are not read here
)

// answerFile matches answers about one person, by card (face) or by number.
var answerFile = regexp.MustCompile(`(?i)^OQSsiquc01res_.*\.xml$`)

// compare reads the newest answer file on this PC and says what it says of itself, then item by item how it
// compares with the screen. The values of the file stay in this function.
func (c *connection) compare(ctx context.Context, q *wire.OQS) *wire.Reply {
	if c.facility == "" || q.Facility != c.facility {
		return c.fail(OQSCompare, wire.ErrRequest)
	}
	if c.OQS == "" {
		return c.fail(OQSCompare, wire.ErrNoOQS)
	}
	ctx, cancel := context.WithTimeout(ctx, oqsTime)
	defer cancel()
	file, err := newestAnswer(ctx, c.OQS, c.Now())
	if err != nil {
		return c.fail(OQSCompare, err)
	}
	place, compared := bestResult(q.Items, file)
	c.recordOperation(OQSCompare, "answered")
	return &wire.Reply{Compared: compared,
		Statements: file.Statements(place, q.Items.Insurer, eligibility.DateOf(c.Now()))}
}

// newestAnswer returns the newest fresh file in the folder or in its face and res.
func newestAnswer(ctx context.Context, folder string, now time.Time) (*oqs.File, error) {
	path, err := newestFile(folder, now)
	if err != nil {
		return nil, err
	}
	file, err := readAnswer(path)
	if err != nil && card.Pause(ctx, settleTime) == nil {
		file, err = readAnswer(path)
	}
	if err != nil || file.Segment != oqs.Normal {
		return nil, wire.ErrOQSFile
	}
	return file, nil
}

func newestFile(folder string, now time.Time) (string, error) {
	newest, when, opened := "", time.Time{}, false
	for _, place := range []string{folder, filepath.Join(folder, "face"), filepath.Join(folder, "res")} {
		entries, err := os.ReadDir(place)
		if err != nil {
			continue
		}
		opened = true
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() || !answerFile.MatchString(e.Name()) {
				continue
			}
			age := now.Sub(info.ModTime())
			if age >= -maxClockAhead && age < maxAnswerAge && info.ModTime().After(when) {
				newest, when = filepath.Join(place, e.Name()), info.ModTime()
			}
		}
	}
	switch {
	case !opened:
		return "", wire.ErrOQSFolder
	case newest == "":
		return "", wire.ErrOQSOld
	}
	return newest, nil
}

// readAnswer reads one file. Its error is not passed on: a parser's error may quote the file.
func readAnswer(path string) (*oqs.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, wire.ErrOQSFile
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxAnswer+1))
	defer clear(data)
	if err != nil || len(data) > maxAnswer {
		return nil, fs.ErrInvalid
	}
	return oqs.Read(data)
}

// bestResult compares with every result of the screen's insurer, or with all where that one has none, and
// returns the place and the comparison with the most equal items. The comparison is empty for an answer
// without a result.
func bestResult(items wire.Items, file *oqs.File) (oqs.Place, []wire.FieldResult) {
	places := file.Of(items.Insurer)
	place, best, most := places[0], []wire.FieldResult(nil), -1
	for _, p := range places {
		if p.Result < 0 {
			continue
		}
		compared := compareItems(items, file.Answers[p.Answer].Results[p.Result])
		equal := 0
		for _, f := range compared {
			if f.Result == wire.Equal {
				equal++
			}
		}
		if equal > most {
			place, best, most = p, compared, equal
		}
	}
	return place, best
}

func compareItems(items wire.Items, r oqs.Result) []wire.FieldResult {
	var out []wire.FieldResult
	add := func(name string, there, same bool) {
		result := wire.Missing
		switch {
		case there && same:
			result = wire.Equal
		case there:
			result = wire.Different
		}
		out = append(out, wire.FieldResult{Name: name, Result: result})
	}
	text := func(name, a, b string, form func(string) string) {
		add(name, a != "" && b != "", form(a) == form(b))
	}
	add("insurer", items.Insurer != "" && r.Insurer != "", items.Insurer == r.Insurer)
	text("symbol", items.Symbol, r.Symbol, eligibility.NormaliseSymbol)
	text("number", items.Number, r.Number, eligibility.NormaliseNumber)
	text("branchNumber", items.BranchNumber, r.BranchNumber, eligibility.NormaliseBranch)
	name := wire.Missing
	if items.Name != "" && r.Name != "" {
		name = wire.NameAgreement(r.BestMatch(items.Name).Match) // the name or the alias (通称名)
	}
	out = append(out, wire.FieldResult{Name: "name", Result: name})
	add("birthDate", !items.BirthDate.IsZero() && !r.BirthDate.IsZero(), items.BirthDate == r.BirthDate)
	add("sex", items.Sex != "" && r.Sex != "", items.Sex == r.Sex)
	add("share", items.Share > 0 && r.AssignedShare > 0, items.Share == r.AssignedShare)
	return out
}
