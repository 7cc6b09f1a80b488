package postgrestest

import (
	"path/filepath"
	"testing"

	"madoguchi/internal/testenv"
)

// smallDisk is the size of the disk of NewSmall, as mount takes it.
const smallDisk = "64m"

// NewSmall starts a server for t alone whose databases lie on a disk of 64 MB in memory (a tablespace), which
// t may fill. Its log lies elsewhere: without room for that PostgreSQL ends itself. It cannot be stopped and
// started again: the disk goes with it.
func NewSmall(t testing.TB) *Server {
	t.Helper()
	testenv.Need(t, "unshare", "mount")
	s := begin(t, &Server{programs: find(t), small: true})
	if err := s.execute("CREATE TABLESPACE small LOCATION '" + s.disk() + "'"); err != nil {
		t.Fatal(err)
	}
	return s
}

// disk is where the small disk is mounted, for the server alone.
func (s *Server) disk() string { return filepath.Join(s.folder, "small") }

// guardOfSmall is what runs the guard of a server with a small disk: in mounts of its own, as the user's own
// root. The server itself must not be root, so it is another user's again.
const guardOfSmall = `mkdir -p "$FOLDER/small" &&
mount -t tmpfs -o mode=700,size=` + smallDisk + ` tmpfs "$FOLDER/small" && exec /bin/sh -c "$@"`

// Fill fills the disk of NewSmall to its last byte.
func (s *Server) Fill(t testing.TB) {
	t.Helper()
	s.write(t, "fill\n")
	<-s.running.said
}

// Free takes away what Fill put there.
func (s *Server) Free(t testing.TB) {
	t.Helper()
	s.write(t, "free\n")
	<-s.running.said
}
