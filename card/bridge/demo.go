//go:build !nodemo

package main

import (
	"context"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// demoBuilt reports whether this program knows demo mode and virtual cards. Releases for live use are built
// with -tags nodemo.
const demoBuilt = true

var errVirtual = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.virtual", Field: "--virtual"}

// virtualReader is a reader in which a virtual card always lies.
type virtualReader struct {
	virtualHolder
	chip *virtual.Card
}

// loadVirtualCard makes the virtual card that a file describes.
func loadVirtualCard(file string) (virtualReader, error) {
	data, err := readText(file)
	if err != nil {
		return virtualReader{}, errVirtual.Because(err)
	}
	description, err := virtual.Parse(data)
	if err != nil {
		return virtualReader{}, errVirtual.Because(err)
	}
	chip, err := virtual.New(description)
	if err != nil {
		return virtualReader{}, errVirtual.Because(err)
	}
	return virtualReader{virtualHolder{description.Name, description.BirthDate}, chip}, nil
}

// Connect returns the card; ending the connection resets it.
func (r virtualReader) Connect(context.Context) (card.Transmitter, func(), error) {
	return r.chip, r.chip.Reset, nil
}

// testIssuerKeys and testUserRoots vouch for virtual cards.
func testIssuerKeys() card.IssuerKeys { return virtual.TestIssuerKeys() }
func testUserRoots() card.UserRoots   { return virtual.TestUserRoots() }
