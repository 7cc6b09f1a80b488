package service

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"

	"madoguchi/eligibility"
	"madoguchi/message"
)

var errFailed = &eligibility.Error{Code: eligibility.Denied, Key: "service.failed"}

// How long after a failure the service is started again, and after which time without one that is forgotten.
const (
	again  = 10 * time.Second
	forget = 24 * time.Hour
)

// Do installs the service.
func (i Install) Do() error {
	arguments, err := i.arguments()
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return errFailed.Because(err)
	}
	manager, err := mgr.Connect()
	if err != nil {
		return errFailed.Because(err)
	}
	defer manager.Disconnect()
	if there, err := manager.OpenService(Name); err == nil {
		there.Close()
		return errFailed.Because(windows.ERROR_SERVICE_EXISTS)
	}
	made, err := manager.CreateService(Name, program, mgr.Config{
		StartType:        mgr.StartAutomatic,
		ServiceStartName: i.Account,
		DisplayName:      message.New("common.product", nil).Text("ja"),
		Description:      message.New("command.about", nil).Text("ja"),
	}, arguments...)
	if err != nil {
		return errFailed.Because(err)
	}
	defer made.Close()
	restart := mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: again}
	err = made.SetRecoveryActions([]mgr.RecoveryAction{restart, restart, restart}, uint32(forget.Seconds()))
	if err != nil && !errors.Is(err, windows.ERROR_INVALID_LEVEL) { // Wine's manager knows no recovery
		return errFailed.Because(errors.Join(err, made.Delete()))
	}
	return nil
}

// Uninstall removes the service; its data stay.
func Uninstall() error {
	manager, err := mgr.Connect()
	if err != nil {
		return errFailed.Because(err)
	}
	defer manager.Disconnect()
	installed, err := manager.OpenService(Name)
	if err != nil {
		return errFailed.Because(err)
	}
	defer installed.Close()
	if err := installed.Delete(); err != nil {
		return errFailed.Because(err)
	}
	return nil
}

// Run is called by the service manager, and serves until it says stop.
func Run(serve func(context.Context) error) error {
	h := &handler{serve: serve}
	if err := svc.Run(Name, h); err != nil {
		return errFailed.Because(err)
	}
	return h.err
}

// handler runs the server for the service manager.
type handler struct {
	serve func(context.Context) error
	err   error
}

// endTime is what the service manager is told that an end may take: listen's 20 s and what drains before.
const endTime = 30_000 // ms

// Execute implements svc.Handler.
func (h *handler) Execute(_ []string, asked <-chan svc.ChangeRequest, tell chan<- svc.Status) (bool, uint32) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- h.serve(ctx) }()
	running := svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	tell <- running
	for {
		select {
		case h.err = <-ended:
			if h.err != nil {
				return true, 1 // a failure: the recovery action starts it again
			}
			return false, 0
		case c := <-asked:
			switch c.Cmd {
			case svc.Interrogate:
				tell <- running
			case svc.Stop, svc.Shutdown:
				tell <- svc.Status{State: svc.StopPending, WaitHint: endTime}
				stop()
			}
		}
	}
}
