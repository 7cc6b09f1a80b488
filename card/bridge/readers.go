package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
	"unicode/utf8"

	"madoguchi/card"
	"madoguchi/card/pcsc"
)

// readersCmd lists the readers and keeps the choice among them.
type readersCmd struct {
	JSON     bool   `name:"json" help:"answer as one JSON object"`
	Remember string `placeholder:"NAME" xor:"memory" help:"use this reader from now on"`
	Forget   bool   `xor:"memory" help:"use no particular reader any more: the first that holds a card"`
	settingsFile
}

// Help is printed by bridge readers --help.
func (readersCmd) Help() string {
	return `Each line is one slot: its state (カードあり: a card is inserted, カードなし: empty) and the reader's name;
a reader with two slots has two lines. → marks the one that is used when there are several.

Exit codes: 0 listed, 2 no reader, the smart card service is not running, or wrong usage.`
}

const lookTime = 10 * time.Second

type readerLine struct {
	Name   string `json:"name"`
	Card   bool   `json:"card"`
	InUse  bool   `json:"inUse"`  // by another program
	Chosen bool   `json:"chosen"` // check and run use this one
}

// Run lists the readers.
func (c *readersCmd) Run() error {
	memory, err := c.load()
	if err != nil {
		printError(err)
		return exit(exitError)
	}
	if c.Remember != "" || c.Forget {
		memory.Reader = c.Remember
		if err := c.store(memory); err != nil {
			printError(err)
			return exit(exitError)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	slots, err := pcsc.New("").Slots(ctx)
	if err == nil && len(slots) == 0 {
		err = card.ErrNoReader
	}
	lines := readerLines(slots, memory.Reader)
	if c.JSON {
		if err := printJSON(map[string]any{"readers": lines}); err != nil {
			printError(errUntold.Because(err))
			return exit(exitError)
		}
	} else {
		for _, l := range lines {
			fmt.Println(l)
		}
	}
	if err != nil {
		printError(err)
		return exit(exitError)
	}
	return nil
}

func readerLines(slots []pcsc.Slot, choice string) []readerLine {
	chosen, _ := pcsc.Choose(slots, choice) // no card, no reader: then none is marked
	lines := make([]readerLine, 0, len(slots))
	for _, s := range slots {
		lines = append(lines, readerLine{
			Name:   s.Name,
			Card:   s.Card,
			InUse:  s.InUse,
			Chosen: s.Name == chosen.Name,
		})
	}
	return lines
}

// String is the reader's line for people.
func (l readerLine) String() string {
	mark, state := "  ", "bridge.slot.empty"
	if l.Card {
		state = "bridge.slot.card"
	}
	if l.InUse {
		state = "bridge.slot.in_use"
	}
	if l.Chosen {
		mark = "→ "
	}
	return mark + padded(inJapanese(state, nil)) + "  " + l.Name
}

// padded fills a state up to five characters with full-width spaces, so that the readers' names align.
func padded(state string) string {
	return state + strings.Repeat("　", max(0, 5-utf8.RuneCountInString(state)))
}

// printJSON prints one JSON object on standard output.
func printJSON(v any) error {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
