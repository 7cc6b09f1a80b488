// Package oqs reads the answer files of オンライン資格確認 (OQS) as the connector on a clinic's terminal writes
// them: UTF-8, Shift_JIS or UTF-16, one or many results, and the spellings that programs in use differ
// in (docs/facts/oqs-answer.md). What it reads comes from public programs, not from the official
// interface specification, so it is tolerant: unknown elements are left out.
package oqs

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"madoguchi/eligibility"
)

// Faults of an answer file.
var (
	ErrFile   = &eligibility.Error{Code: eligibility.Invalid, Key: "oqs.format"}
	ErrSize   = &eligibility.Error{Code: eligibility.Invalid, Key: "oqs.size"}
	ErrNumber = &eligibility.Error{Code: eligibility.Invalid, Key: "oqs.my_number"}
)

// Limits of a file and of its nesting.
const (
	maxSize  = 16 << 20
	maxDepth = 32
)

// Read reads an answer file. The error is ErrFile, ErrSize or ErrNumber, or eligibility.ErrDate naming the
// element.
func Read(data []byte) (*File, error) {
	if len(data) > maxSize {
		return nil, ErrSize
	}
	root, err := parse(data)
	if err != nil {
		return nil, ErrFile.Because(err)
	}
	if root.name != "XmlMsg" {
		return nil, ErrFile.Because(fmt.Errorf("the root element is %q", root.name))
	}
	if root.any(func(text string) bool { return eligibility.HoldsMyNumber(text) }) {
		return nil, ErrNumber
	}
	return root.file()
}

// node is an element: its text, or its children.
type node struct {
	name     string
	text     string
	children []*node
}

func parse(data []byte) (*node, error) {
	data, err := decoded(data)
	if err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = charset
	var stack []*node
	var root *node
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local}
			if len(stack) == maxDepth {
				return nil, errors.New("nested too deep")
			}
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.children = append(top.children, n)
			} else {
				root = n
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(t)
			}
		}
	}
	if root == nil {
		return nil, errors.New("no element")
	}
	return root, nil
}

// child returns the first child of any of the names; an empty node when there is none.
func (n *node) child(names ...string) *node {
	for _, name := range names {
		for _, c := range n.children {
			if c.name == name {
				return c
			}
		}
	}
	return &node{}
}

// all returns the children of the name.
func (n *node) all(name string) []*node {
	var found []*node
	for _, c := range n.children {
		if c.name == name {
			found = append(found, c)
		}
	}
	return found
}

// value returns the text of the first child of any of the names.
func (n *node) value(names ...string) string {
	return strings.TrimSpace(n.child(names...).text)
}

// any reports whether the text of the element or of one below it fits.
func (n *node) any(fits func(string) bool) bool {
	if fits(n.text) {
		return true
	}
	for _, c := range n.children {
		if c.any(fits) {
			return true
		}
	}
	return false
}
