package service

import (
	"context"
	"fmt"
	"log/slog"

	"madoguchi/message"
	"madoguchi/server/observe"
	"madoguchi/server/settings"
)

// Command are the commands of `madoguchi service`.
type Command struct {
	Install   installCommand   `cmd:"" help:"start it with the computer, by the settings of --config"`
	Uninstall uninstallCommand `cmd:"" help:"do so no more; the data stay"`
	Run       runCommand       `cmd:"" hidden:"" help:"serve; called by the service manager"`
}

// Serve is how this program serves in a role until ctx ends.
type Serve func(ctx context.Context, s *settings.Settings, role string) error

type (
	installCommand struct {
		Account string `help:"user to run as; LocalSystem by default"`
	}
	uninstallCommand struct{}
	runCommand       struct {
		Role string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"${serve_role}"`
	}
)

// Run installs.
func (c *installCommand) Run(s *settings.Settings) error {
	return said("service.installed", Install{Config: s.Config, Account: c.Account}.Do())
}

// Run uninstalls.
func (c *uninstallCommand) Run() error { return said("service.removed", Uninstall()) }

func said(key string, err error) error {
	if err == nil {
		fmt.Println(message.New(key, nil).Bilingual())
	}
	return err
}

// Run serves for the service manager; the log goes into a file of the data folder.
func (c *runCommand) Run(s *settings.Settings, serve Serve) error {
	log, err := OpenLog(s.Data)
	if err != nil {
		return err
	}
	defer log.Close()
	slog.SetDefault(observe.NewLog(log, s.Log))
	return Run(func(ctx context.Context) error {
		err := serve(ctx, s, c.Role)
		if err != nil {
			slog.Error("the server ends", "error", err)
		}
		return err
	})
}
