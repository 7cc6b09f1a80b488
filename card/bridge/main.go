// Command bridge is the agent on the counter's PC: go run ./card/bridge --virtual card/virtual/people/taro.json
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/alecthomas/kong"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

type settings struct {
	Server  string `env:"MADOGUCHI_SERVER" default:"http://localhost:8080" help:"the counter's server"`
	Virtual string `type:"existingfile" help:"a virtual card (JSON); servers outside demo mode refuse it"`
	Name    string `env:"MADOGUCHI_AGENT_NAME" help:"name of this PC as staff know it; its host name by default"`
	Key     string `env:"MADOGUCHI_AGENT_KEY" type:"path" help:"file of this agent's key"`
}

var errNoReaderYet = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.virtual_only",
	Ja: "このプログラムは、まだ仮想カードでだけ動きます。--virtual に仮想カードのファイルを指定してください。",
	En: "Only virtual cards are supported yet. Name a virtual card's file with --virtual."}

func main() {
	var s settings
	kong.Parse(&s, kong.Name("bridge"), kong.Description("カードリーダーを受付の画面につなぐプログラムです。"))
	if err := run(s); err != nil {
		var e *eligibility.Error
		if errors.As(err, &e) {
			fmt.Fprintln(os.Stderr, e.Ja)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(s settings) error {
	if s.Virtual == "" {
		return errNoReaderYet
	}
	data, err := os.ReadFile(s.Virtual)
	if err != nil {
		return fmt.Errorf("reading %s: %w", s.Virtual, err)
	}
	description, err := virtual.Parse(data)
	if err != nil {
		return err
	}
	chip, err := virtual.New(description)
	if err != nil {
		return err
	}
	if s.Name == "" {
		if s.Name, err = os.Hostname(); err != nil {
			s.Name = "bridge"
		}
	}
	if s.Key == "" {
		folder, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("finding the settings folder: %w", err)
		}
		s.Key = filepath.Join(folder, "madoguchi", "agent.pem")
	}
	key, err := agent.LoadKey(s.Key)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Printf("仮想カード: %s（%s）\n", description.Name, description.BirthDate.Japanese())
	return agent.Run(ctx, agent.Config{Server: s.Server, Name: s.Name, Key: key, Reader: inserted{chip}, Virtual: true,
		Say: func(sentence string) { fmt.Println(sentence) }})
}

// inserted is a reader in which the virtual card always lies.
type inserted struct{ chip *virtual.Card }

func (r inserted) Connect(context.Context) (card.Transmitter, func(), error) {
	return r.chip, r.chip.Reset, nil
}
