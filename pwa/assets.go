package pwa

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed dist
var distFiles embed.FS

// StaticPrefix is where Handler's files stand. The hash of all files follows it, so that browsers may keep
// them for good.
const StaticPrefix = "/static/"

type asset struct {
	contentType string
	plain, gzip []byte // gzip is nil when it would not be smaller
}

type bundle struct {
	hash  string
	files map[string]asset
}

var contentTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json",
	".wasm": "application/wasm", ".svg": "image/svg+xml", ".png": "image/png",
	".txt":         "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json",
}

// loadBundle reads dist, compresses each file once and hashes all of them.
var loadBundle = sync.OnceValue(func() bundle {
	b := bundle{files: make(map[string]asset)}
	sum := sha256.New()
	names, _ := fs.Glob(distFiles, "dist/*") // the pattern is right and the file system is in memory
	slices.Sort(names)
	for _, name := range names {
		data, err := distFiles.ReadFile(name)
		if err != nil {
			continue // a folder
		}
		if !isWorker(name) { // the worker names this hash, so it cannot be in it
			sum.Write([]byte(name))
			sum.Write(data)
		}
		b.files[path.Base(name)] = asset{
			contentType: contentTypes[path.Ext(name)],
			plain:       data,
			gzip:        compressAsset(data),
		}
	}
	b.hash = hex.EncodeToString(sum.Sum(nil))[:16]
	return b
})

func compressAsset(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	w.Write(data)                                         // a Buffer never fails
	w.Close()
	if b.Len() >= len(data) {
		return nil
	}
	return b.Bytes()
}

// Asset returns the address of a bundled file.
func Asset(name string) string { return StaticPrefix + loadBundle().hash + "/" + name }

// Handler serves the bundled files under StaticPrefix. A file asked for with an old hash is served too,
// without leave to keep it, so that a page that was open during an update still works.
func Handler() http.Handler {
	b := loadBundle()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, StaticPrefix), "/")
		file, ok := b.files[name]
		if !ok || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		if hash != b.hash {
			h.Set("Cache-Control", "no-store")
		}
		file.send(w, r)
	})
}

// send writes a file, compressed where the browser takes that; the other headers are set.
func (file asset) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", file.contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	body := file.plain
	if file.gzip != nil && TakesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = file.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		w.Write(body) // a browser that left is nobody's error
	}
}
