package audit

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/durable"
)

// ErrNothingToArchive is returned where no month is over that is not in an archive.
var ErrNothingToArchive = &eligibility.Error{Code: eligibility.NotFound, Key: "audit.archive_nothing"}

// Archive writes the rows of each month before one (2026-03) that are not in an archive yet: a compressed
// file of JSON lines and a signed manifest a month, in a folder. The whole chain is verified first, so that
// nothing is signed that was not as it is; rows that no checkpoint vouches for stay, and so does the newest.
// It returns the manifests as they were signed; files that are there from before are taken if they are the
// same.
func (w *Witness) Archive(ctx context.Context, before, folder string) (texts []string, err error) {
	found, err := w.Verify(ctx, "")
	if err != nil {
		return nil, err
	}
	if len(found.Faults) > 0 {
		return nil, found.Faults[0]
	}
	left, err := readArchives(ctx, w.Chain, w.File.Key)
	if err != nil {
		return nil, err
	}
	out := archiver{witness: w, folder: folder, before: before, until: found.Newest.Sequence}
	if len(left) > 0 {
		out.last = left[len(left)-1].end()
	}
	if out.chain, err = firstOf(ctx, w.Chain, w.File.Key); err != nil {
		return nil, err
	}
	defer func() { out.discard() }()
	err = w.Chain.Rows(ctx, out.last.Sequence+1, out.take)
	if err == nil || err == errEnough {
		err = out.finish()
	}
	if err == nil && len(out.texts) == 0 {
		err = ErrNothingToArchive
	}
	return out.texts, err
}

// archiver writes month after month.
type archiver struct {
	witness *Witness
	chain   string
	folder  string
	before  string // the month that stays
	until   int64  // the first row that stays whatever its month
	last    Point  // the row that was taken last
	texts   []string

	month Archived // the one that is being written
	draft *durable.Draft
	sum   hash.Hash
	pack  *gzip.Writer
	lines *json.Encoder
}

// take writes a row, or says that it is enough. The clock may have gone back: a row belongs to the newest
// month that came before it.
func (a *archiver) take(r Row) error {
	month := time.UnixMilli(r.At).In(eligibility.Japan).Format("2006-01")
	month = max(month, a.month.Month)
	if month >= a.before || r.Sequence >= a.until {
		return errEnough
	}
	if month != a.month.Month || a.draft == nil {
		if err := a.finish(); err != nil {
			return err
		}
		if err := a.begin(month, r); err != nil {
			return err
		}
	}
	a.last = Point{r.Sequence, r.Sum()}
	return a.lines.Encode(r)
}

func (a *archiver) begin(month string, first Row) (err error) {
	a.month = Archived{
		Chain:    a.chain,
		Month:    month,
		File:     fmt.Sprintf("audit-%s-%d.jsonl.gz", month, first.Sequence),
		First:    first.Sequence,
		Previous: a.last.Hash.Text(),
		At:       a.witness.Now().Unix(),
	}
	if err := os.MkdirAll(a.folder, 0o700); err != nil {
		return fmt.Errorf("making the archive's folder: %w", err)
	}
	if a.draft, err = durable.Create(filepath.Join(a.folder, a.month.File), durable.Options{}); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	a.sum = sha256.New()
	a.pack = gzip.NewWriter(io.MultiWriter(a.draft, a.sum))
	a.lines = json.NewEncoder(a.pack)
	a.lines.SetEscapeHTML(false)
	return nil
}

func (a *archiver) discard() {
	if a.draft != nil {
		a.draft.Discard()
		a.draft = nil
	}
}

// finish names the month's file and signs its manifest, after reading it back.
func (a *archiver) finish() error {
	if a.draft == nil {
		return nil
	}
	defer a.discard()
	if err := a.pack.Close(); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	if err := a.draft.Commit(); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	a.month.Last, a.month.Hash = a.last.Sequence, a.last.Hash.Text()
	a.month.SHA256 = hex.EncodeToString(a.sum.Sum(nil))
	back := walkFrom(a.month.begin(), []Point{a.month.end()})
	if err := a.month.walk(a.folder, back.Next); err != nil {
		return err
	}
	if err := back.End(); err != nil {
		return err
	}
	text, err := credential.SignJWT(*a.witness.Signer, archiveType, a.month)
	if err != nil {
		return fmt.Errorf("signing an archive's manifest: %w", err)
	}
	manifest := filepath.Join(a.folder, strings.TrimSuffix(a.month.File, ".jsonl.gz")+".jwt")
	if err := durable.WriteFile(manifest, []byte(text), durable.Options{}); err != nil {
		return fmt.Errorf("writing an archive's manifest: %w", err)
	}
	a.texts = append(a.texts, text)
	return nil
}

// walk hands over the rows of an archive in a folder, after comparing the file with its manifest.
func (a Archived) walk(folder string, take func(Row) error) error {
	changed := &Fault{Kind: ErrArchive, Row: a.First, Last: a.Last, File: a.File}
	file, err := os.Open(filepath.Join(folder, filepath.Base(a.File)))
	if errors.Is(err, fs.ErrNotExist) {
		return changed
	}
	if err != nil {
		return fmt.Errorf("reading an archive: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return fmt.Errorf("reading an archive: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != a.SHA256 {
		return changed
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading an archive: %w", err)
	}
	packed, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return changed
	}
	rows := json.NewDecoder(packed)
	for {
		var r Row
		switch err := rows.Decode(&r); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return changed
		}
		if err := take(r); err != nil {
			return err
		}
	}
}
