//go:build nodemo

package main

import (
	"context"

	"madoguchi/card"
)

// demoBuilt is false: this program was built without the demo.
const demoBuilt = false

// virtualReader is the reader of a virtual card, of which this program has none.
type virtualReader struct{ virtualHolder }

// loadVirtualCard returns errNoVirtual: there is no demo.
func loadVirtualCard(string) (virtualReader, error) { return virtualReader{}, errNoVirtual }

// Connect returns errNoVirtual: there is no demo.
func (virtualReader) Connect(context.Context) (card.Transmitter, func(), error) {
	return nil, nil, errNoVirtual
}

// A program without the demo trusts no test keys.
func testIssuerKeys() card.IssuerKeys { return nil }
func testUserRoots() card.UserRoots   { return nil }
