package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/kardianos/service"

	"madoguchi/eligibility"
)

const serviceName = "madoguchi-bridge"

var errService = &eligibility.Error{Code: eligibility.Denied, Key: "bridge.service"}

// installCmd makes the agent a service that starts with the computer.
type installCmd struct {
	User  string `placeholder:"NAME" help:"Linux: user to run as; root by default"`
	Print bool   `help:"Linux: print the systemd unit instead of installing it"`
	settingsFile
}

// Help is printed by bridge install --help.
func (installCmd) Help() string {
	return `Write the settings file first, start the agent by hand (bridge run) until it is paired, then
install it as administrator. The service uses the same settings file and the key beside it. Windows: a
service that starts automatically and is restarted after a failure. Linux: a systemd unit that may
write only to the settings folder; a user other than root must be allowed by pcscd (polkit).`
}

// agentService starts and stops the agent for the service manager.
type agentService struct {
	run    *runCmd
	cancel context.CancelFunc
	done   chan error
}

// Start begins without waiting, as service managers demand.
func (p *agentService) Start(s service.Service) error {
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel, p.done = cancel, make(chan error, 1)
	show := printLine
	if runtime.GOOS == "windows" { // nobody sees standard output there
		if log, err := s.SystemLogger(nil); err == nil {
			show = func(sentence string) { _ = log.Info(sentence) }
		}
	}
	go func() {
		err := p.run.run(ctx, show)
		p.done <- err
		if ctx.Err() == nil { // it could not go on: the manager starts it again
			if err != nil {
				show(err.Error())
			}
			os.Exit(exitRefused)
		}
	}()
	return nil
}

// Stop ends the agent.
func (p *agentService) Stop(service.Service) error {
	p.cancel()
	select {
	case err := <-p.done:
		return err
	case <-time.After(5 * time.Second):
		return errors.New("bridge: the agent did not end in five seconds")
	}
}

func (c *runCmd) runAsService() error {
	s, err := service.New(&agentService{run: c}, &service.Config{Name: serviceName})
	if err != nil { // no known service manager: a container, for example
		return c.run(context.Background(), printLine)
	}
	return s.Run()
}

// newService returns the service as it is or would be installed.
func newService(c *service.Config) (service.Service, error) {
	c.Name, c.DisplayName = serviceName, inJapanese("agent.name", nil)
	c.Description = inJapanese("bridge.service.description", nil)
	s, err := service.New(&agentService{}, c)
	if err != nil {
		return nil, errService.Because(err)
	}
	return s, nil
}

// Run installs the service.
func (c *installCmd) Run() error {
	settings, err := filepath.Abs(c.path())
	if err != nil || c.path() == "" {
		return errSettings.Because(errors.New("name the settings file with --settings"))
	}
	if _, err := c.load(); err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return errService.Because(err)
	}
	unit := systemdUnit(binary, settings, c.User)
	if c.Print {
		_, err := fmt.Print(unit)
		return err
	}
	s, err := newService(&service.Config{
		Executable: binary,
		Arguments:  []string{"run", "--settings", settings},
		UserName:   c.User,
		Option: service.KeyValue{
			"SystemdScript":          unit,
			"OnFailure":              "restart",
			"OnFailureDelayDuration": "10s",
			"DelayedAutoStart":       true,
		},
	})
	if err != nil {
		return err
	}
	if err := s.Install(); err != nil {
		return errService.Because(err)
	}
	fmt.Println(inJapanese("bridge.service.installed", nil))
	return nil
}

// systemdUnit is the whole unit: the agent reads what it must, writes to its settings folder alone and gets
// no new rights.
func systemdUnit(binary, settings, user string) string {
	lines := []string{"[Unit]", "Description=Madoguchi bridge: card reader of the counter",
		"Wants=network-online.target", "After=network-online.target pcscd.socket", "", "[Service]",
		"ExecStart=" + quoteExecWord(binary) + " run --settings " + quoteExecWord(settings)}
	if user != "" {
		lines = append(lines, "User="+user)
	}
	lines = append(lines, "Restart=always", "RestartSec=10", "NoNewPrivileges=yes", "CapabilityBoundingSet=",
		"PrivateTmp=yes", "ProtectSystem=strict", "ProtectHome=read-only",
		"ReadWritePaths="+quotePath(filepath.Dir(settings)),
		"ProtectControlGroups=yes", "ProtectKernelModules=yes", "ProtectKernelTunables=yes",
		"RestrictSUIDSGID=yes", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "UMask=0077", "",
		"[Install]", "WantedBy=multi-user.target", "")
	return strings.Join(lines, "\n")
}

// quotePath writes a path as one word of a unit file (systemd.syntax(7)).
func quotePath(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`).Replace(path) + `"`
}

// quoteExecWord quotes a word of ExecStart, where $ begins a variable.
func quoteExecWord(word string) string { return strings.ReplaceAll(quotePath(word), "$", "$$") }

// uninstallCmd, startCmd and stopCmd speak to the service manager about the installed service.
type (
	uninstallCmd struct{}
	startCmd     struct{}
	stopCmd      struct{}
)

// Run removes the service; settings and key stay.
func (*uninstallCmd) Run() error {
	return controlService(service.Service.Uninstall, "bridge.service.removed")
}

// Run starts the installed service.
func (*startCmd) Run() error {
	return controlService(service.Service.Start, "bridge.service.started")
}

// Run stops the installed service.
func (*stopCmd) Run() error { return controlService(service.Service.Stop, "bridge.service.ended") }

// control asks the service manager for an action and says that it is done, by the key of that sentence.
func controlService(action func(service.Service) error, done string) error {
	s, err := newService(&service.Config{})
	if err != nil {
		return err
	}
	if err := action(s); err != nil {
		return errService.Because(err)
	}
	fmt.Println(inJapanese(done, nil))
	return nil
}
