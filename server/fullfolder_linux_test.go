package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/insurer"
)

// smallDiskAt is the folder of the small disk, for the process that sees it.
const smallDiskAt = "MADOGUCHI_TEST_SMALL_DISK"

// onSmallDisk runs test in a process of its own, in whose mounts folder is a disk of 16 MB in memory.
func onSmallDisk(t *testing.T, test func(t *testing.T, folder string)) {
	t.Helper()
	if folder := os.Getenv(smallDiskAt); folder != "" {
		test(t, folder)
		return
	}
	testenv.Need(t, "unshare", "mount")
	folder := t.TempDir()
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c",
		`mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"`, folder, os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), smallDiskAt+"="+folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// fill writes zeros into a folder until its disk has no room, and returns what gives the room back.
func fill(t *testing.T, folder string) (free func()) {
	t.Helper()
	file, err := os.Create(filepath.Join(folder, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	block := make([]byte, 4096)
	for err == nil {
		_, err = file.Write(block)
	}
	return func() {
		if err := os.Remove(file.Name()); err != nil {
			t.Fatal(err)
		}
	}
}

// A print run whose folder has no room stops with the reason and leaves no half file; with room it is resumed
// to its end.
func TestAPrintRunWithoutRoomStopsAndIsResumed(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, small string) {
		k := killedServer{data: t.TempDir()}
		d, _, _ := k.start(t)
		if _, err := d.insurer.Importer.Import(t.Context(), clerkOf(killedUnion), k.file(0)); err != nil {
			t.Fatal(err)
		}
		runs, out := d.app.runs, filepath.Join(small, "out")
		plan, err := runs.PlanRun(t.Context(), clerkOf(killedUnion), insurer.RunRequest{
			Kind:    insurer.NoticeRun,
			Options: insurer.RunOptions{PerFile: 40, Folder: out},
			List:    k.printed(),
		})
		if err == nil {
			err = runs.StartRun(t.Context(), clerkOf(killedUnion), plan)
		}
		if err != nil {
			t.Fatal(err)
		}
		free := fill(t, small)
		for _, room := range []int64{0, 40 << 10} { // none at all; none for a whole file
			if err := os.Truncate(filepath.Join(small, "filler"), sizeOf(t, small)-room); err != nil {
				t.Fatal(err)
			}
			_, err := runs.Print(t.Context(), clerkOf(killedUnion), plan.Run.ID, nil)
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != "run.folder" || e.Code != eligibility.Unavailable {
				t.Fatalf("with room for %d bytes: %v", room, err)
			}
			run, err := runs.Job(t.Context(), clerkOf(killedUnion), plan.Run.ID)
			why := run.Failure().Text("ja")
			if err != nil || run.State != insurer.RunFailed || !strings.Contains(why, "ディスクの空き") {
				t.Errorf("with room for %d bytes it is %s for %q, %v", room, run.State, why, err)
			}
			if half, _ := filepath.Glob(filepath.Join(out, "oshirase*")); len(half) > 0 {
				t.Errorf("left with room for %d bytes: %v", room, half)
			}
			err = runs.Command(t.Context(), clerkOf(killedUnion), plan.Run.ID, insurer.RunGoing)
			if err != nil {
				t.Fatal(err)
			}
		}
		free()
		if _, err := runs.Print(t.Context(), clerkOf(killedUnion), plan.Run.ID, nil); err != nil {
			t.Fatal(err)
		}
		k.checkRuns(t, d, []string{plan.Run.ID})
	})
}

func sizeOf(t *testing.T, small string) int64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(small, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// While the checkpoints' disk is full the server works on and says in its state what is wrong; with room the
// next checkpoint covers all that came meanwhile, and a start finds the file whole.
func TestACheckpointWithoutRoomIsSignedOnceThereIs(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, small string) {
		set := movingClock(t, clock())
		k := killedServer{data: t.TempDir(), checkpoints: filepath.Join(small, "checkpoints.jsonl")}
		d, _, witness := k.start(t)
		d.enrolled(t)
		if err := witness.Look(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		before := witness.State().Checkpoint
		note := func() {
			t.Helper()
			set(clock().Add(2 * time.Minute)) // the next checkpoint is due
			if err := d.insurer.Enrolment.Reissue(t.Context(), clerkOf(demoCity),
				d.personOf(t, demoCity, "試験 一葉").ID); err != nil {
				t.Fatal(err)
			}
		}
		free := fill(t, small)
		for range 20 { // the file's last page has room for some
			note()
			if err := witness.Look(t.Context(), false); err != nil {
				if !strings.Contains(err.Error(), "no space left on device") {
					t.Errorf("the reason: %v", err)
				}
				before = -before
				break
			}
			before = witness.State().Checkpoint
		}
		if before > 0 {
			t.Fatal("a full disk takes every checkpoint")
		}
		if _, err := witness.Check(t.Context()); err != nil {
			t.Errorf("a start while the disk is full: %v", err)
		}
		note()
		free()
		note()
		if err := witness.Look(t.Context(), false); err != nil || witness.State().Checkpoint <= -before {
			t.Errorf("with room: %+v %v", witness.State(), err)
		}
		if err := d.app.Store.Close(); err != nil {
			t.Fatal(err)
		}
		k.start(t) // which reads the file and the chain behind it
		if file, err := os.Open(k.checkpoints); err == nil {
			text, _ := io.ReadAll(file)
			if !strings.HasSuffix(string(text), "}\n") {
				t.Errorf("half a line is left: %q", text)
			}
			file.Close()
		}
	})
}
