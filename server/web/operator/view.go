package operator

import (
	"madoguchi/message"
	"madoguchi/server/web/kit"
)

// HomeView is the operator's first page (/operator).
type HomeView struct {
	kit.Page
	States []StateRow
	// Attention says how many of the states need some; nil: none
	Attention *message.Message
	Groups    []Group
}

// StateRow is one state, in words.
type StateRow struct {
	Level string
	Mark  string // ✓, ! or ×, as doctor prints
	Word  message.Message
	Name  message.Message
	Says  message.Message
}

// Group are the organisations of one kind.
type Group struct {
	Kind string // insurer or facility
	Path string
	Rows []Row
}

// Row is an organisation's line.
type Row struct {
	Path, Paper, Name string
	// Readers that are connected, of a facility
	Readers int
}

// OrganisationView is one organisation (/operator/insurers/NUMBER).
type OrganisationView struct {
	kit.Page
	Kind, Path, Name string
	Facts            []Fact
	Done             *message.Message // what was done just now; nil: nothing
	Administration
}

// Administration says whether somebody looks after an organisation's staff, and what the operator may do.
type Administration struct {
	Active, Locked        int
	MayInvite, MayRecover bool
	Role                  message.Message
}

// Fact is a line of what is known.
type Fact struct {
	Name  message.Message
	Value string
}

// FormView is the form of an organisation: of a new one, or with its settings.
type FormView struct {
	kit.Page
	Kind, Path, Back string
	New              bool
	Number           string // of a new one as it was typed, or as printed
	Name             string // of one that is here
	Wrong            bool   // the number
	Fields           []FieldView
}

// FieldView is a field of a form.
type FieldView struct {
	Name, Kind, Value string
	Label             message.Message
	Help              *message.Message
	Most              int
	Needed, Wrong     bool
}

// AdminView invites or recovers an organisation's administrator.
type AdminView struct {
	kit.Page
	Kind, Path, Name string
	Administration
	Given string // the name as it was typed
	Did   string // invite or recover: which form was refused
}
