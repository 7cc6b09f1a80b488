package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"madoguchi/card/agent"
	"madoguchi/card/pcsc"
)

// runCmd is the agent: it dials out to the server and serves the reception's page until it is stopped.
type runCmd struct {
	Server  string `env:"MADOGUCHI_SERVER" default:"http://localhost:8080" help:"the counter's server"`
	Reader  string `placeholder:"NAME" xor:"card" help:"name of the reader to use; else the remembered one, else the first that holds a card"`
	Virtual string `type:"existingfile" placeholder:"FILE" xor:"card" help:"a virtual card (JSON) instead of a reader; servers outside demo mode refuse it"`
	Name    string `env:"MADOGUCHI_AGENT_NAME" help:"name of this PC as staff know it; its host name by default"`
	Key     string `env:"MADOGUCHI_AGENT_KEY" type:"path" placeholder:"FILE" help:"file of this agent's own key; made on the first start"`
	settingsFile
}

// Run serves until interrupted.
func (c *runCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if c.Name == "" {
		var err error
		if c.Name, err = os.Hostname(); err != nil {
			c.Name = "bridge"
		}
	}
	if c.Key == "" {
		folder, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("finding the settings folder: %w", err)
		}
		c.Key = filepath.Join(folder, "madoguchi", "agent.pem")
	}
	key, err := agent.LoadKey(c.Key)
	if err != nil {
		return err
	}
	reader, err := c.reader(ctx)
	if err != nil {
		return err
	}
	return agent.Run(ctx, agent.Config{Server: c.Server, Name: c.Name, Key: key, Reader: reader, Virtual: c.Virtual != "", Say: say})
}

func say(sentence string) { fmt.Println(sentence) }

// reader returns the virtual card or this computer's readers, and says what is there.
func (c *runCmd) reader(ctx context.Context) (agent.Reader, error) {
	if c.Virtual != "" {
		lying, err := insert(c.Virtual)
		if err != nil {
			return nil, err
		}
		say(fmt.Sprintf("仮想カード: %s（%s）", lying.description.Name, lying.description.BirthDate.Japanese()))
		return lying, nil
	}
	choice, err := c.choice(c.Reader)
	if err != nil {
		return nil, err
	}
	readers := pcsc.New(choice)
	go announce(ctx, readers)
	return readers, nil
}

// announce says which readers are there, whenever that changes. Cards that come and go are the reception page's business.
func announce(ctx context.Context, readers *pcsc.Reader) {
	said := ""
	readers.Watch(ctx, func(seen pcsc.Seen) {
		sentence := "カードリーダーがつながっていません。つなぐと自動で使えるようになります。"
		if seen.Fault != nil {
			sentence = seen.Fault.Ja
		} else if len(seen.Slots) > 0 {
			sentence = "カードリーダー:"
			for _, slot := range seen.Slots {
				sentence += " 「" + slot.Name + "」"
			}
		}
		if sentence != said {
			said = sentence
			say(sentence)
		}
	})
}
