package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"io"
	"os"
	"time"

	"madoguchi/server/durable"
)

// archive is a file of a backup that is being written.
type archive struct {
	draft    *durable.Draft
	tar      *tar.Writer
	manifest Manifest
}

func create(path string, m Manifest) (*archive, error) {
	draft, err := durable.Create(path, durable.Options{New: true})
	if err != nil {
		return nil, err
	}
	return &archive{draft: draft, tar: tar.NewWriter(draft), manifest: m}, nil
}

// add copies a file as it is now: one that grows meanwhile is cut where it ended.
func (a *archive) add(name, path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return err
	}
	if err := a.header(name, info.Size(), info.ModTime()); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(a.tar, sum), from, info.Size()); err != nil {
		return err
	}
	a.manifest.Files = append(a.manifest.Files, File{Name: name, Size: info.Size(), SHA256: sum.Sum(nil)})
	return nil
}

func (a *archive) header(name string, size int64, at time.Time) error {
	return a.tar.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg,
		Name:     name,
		Size:     size,
		Mode:     0o600,
		ModTime:  at.Truncate(time.Second),
		Format:   tar.FormatPAX,
	})
}

// commit writes the manifest and gives the file its name.
func (a *archive) commit() error {
	text, err := json.MarshalIndent(a.manifest, "", " ")
	if err != nil {
		return err
	}
	if err := a.header(manifestName, int64(len(text)), a.manifest.MadeAt); err != nil {
		return err
	}
	if _, err := a.tar.Write(text); err != nil {
		return err
	}
	if err := a.tar.Close(); err != nil {
		return err
	}
	return a.draft.Commit()
}
