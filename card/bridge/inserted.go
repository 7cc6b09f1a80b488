package main

import (
	"context"
	"os"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

var errVirtual = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.virtual", Field: "--virtual"}

// inserted is a reader in which a virtual card always lies.
type inserted struct {
	chip        *virtual.Card
	description virtual.Description
}

// insert makes the virtual card that a file describes.
func insert(file string) (inserted, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return inserted{}, errVirtual.Because(err)
	}
	description, err := virtual.Parse(data)
	if err != nil {
		return inserted{}, errVirtual.Because(err)
	}
	chip, err := virtual.New(description)
	if err != nil {
		return inserted{}, errVirtual.Because(err)
	}
	return inserted{chip, description}, nil
}

// Connect returns the card; ending the connection resets it.
func (r inserted) Connect(context.Context) (card.Transmitter, func(), error) {
	return r.chip, r.chip.Reset, nil
}
