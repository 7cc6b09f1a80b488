// Command vpcd puts a virtual card into a vpcd reader, where every PC/SC program meets it:
//
//	go run ./card/virtual/vpcd --card card/virtual/people/taro.json --address 127.0.0.1:35963
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/alecthomas/kong"

	"madoguchi/card/virtual"
	"madoguchi/message"
)

type settings struct {
	Card    string `required:"" type:"existingfile" help:"the virtual card (JSON)"`
	Address string `default:"127.0.0.1:35963" help:"where vpcd listens; the second reader is 35964"`
}

func main() {
	var s settings
	kong.Parse(&s, kong.Name("vpcd"), kong.Description(message.New("vpcd.about", nil).Text("ja")))
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(s settings) error {
	data, err := os.ReadFile(s.Card)
	if err != nil {
		return fmt.Errorf("reading the card: %w", err)
	}
	description, err := virtual.Parse(data)
	if err != nil {
		return err
	}
	chip, err := virtual.New(description)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Println(message.New("bridge.said.virtual", message.Args{
		"name":      message.Text(description.Name),
		"birthDate": message.Text(description.BirthDate.Japanese()),
	}).Text("ja"))
	return virtual.Plug(ctx, s.Address, chip)
}
