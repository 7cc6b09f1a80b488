//go:build unix

package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// ordinary returns who the server runs as where the test is root, which PostgreSQL refuses: the user that its
// package makes, or nobody. For others it returns nil: the server runs as they do.
func ordinary() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	found, err := user.Lookup("postgres")
	if err != nil {
		var second error
		if found, second = user.Lookup("nobody"); second != nil {
			return nil, errors.Join(err, second)
		}
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", found.Username, err)
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// asUser lets a program run as an ordinary user, in a process group of its own: a Ctrl-C at the test reaches
// the server through its guard only.
func asUser(cmd *exec.Cmd) error {
	who, err := ordinary()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: who}
	return err
}

// giveToUser gives a folder to whoever the server runs as.
func giveToUser(folder string) error {
	who, err := ordinary()
	if err != nil || who == nil {
		return err
	}
	return os.Chown(folder, int(who.Uid), int(who.Gid))
}
