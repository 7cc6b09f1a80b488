package audit

import (
	"madoguchi/message"
	"strings"
)

// Actor is who did what a line of the audit chain says. It is made here only, from the one who asked: a
// kind, and for staff the name after a colon. The insurer's chain never names a facility: which clinic saw
// whom is not the insurer's business.
type Actor string

// Actors without a name.
const (
	ActorPatient  Actor = "patient"  // the insured person, by a login or a phone's key
	ActorCounter  Actor = "counter"  // a counter server of the trust list, whichever
	ActorOperator Actor = "operator" // whoever runs this program's commands
	ActorSystem   Actor = "system"   // the program itself
	ActorUnknown  Actor = "unknown"  // whoever was before the staff's sign-in, and did not get in
	// ActorRepresentative is a representative (代理人) of the insured person, by the own login.
	ActorRepresentative Actor = "representative"
)

// Kinds of staff, before the name. Older entries say staff of both.
const (
	clerkKind     = "clerk"
	receptionKind = "reception"
	staffKind     = "staff"
	operatorKind  = string(ActorOperator)
)

// ClerkActor is a member of an insurer's staff.
func ClerkActor(name string) Actor { return Actor(clerkKind + ":" + name) }

// ReceptionActor is a member of a facility's staff.
func ReceptionActor(name string) Actor { return Actor(receptionKind + ":" + name) }

// OperatorActor is a member of the staff of whoever runs the server, who signed in; a command is
// ActorOperator.
func OperatorActor(name string) Actor { return Actor(operatorKind + ":" + name) }

// ReadActor reads a stored actor, also one that an older version of this program wrote: a bare name was a
// clerk's.
func ReadActor(text string) Actor {
	a := Actor(text)
	kind, _, named := strings.Cut(text, ":")
	switch {
	case a == ActorPatient, a == ActorCounter, a == ActorOperator, a == ActorSystem, a == ActorUnknown,
		a == ActorRepresentative:
		return a
	case named && (kind == clerkKind || kind == receptionKind || kind == staffKind || kind == operatorKind ||
		kind == string(ActorCounter)):
		return a
	}
	return ClerkActor(text)
}

// Words says who an actor is, in Japanese, as a clerk reads it.
func (a Actor) Words() string {
	kind, name, _ := strings.Cut(string(a), ":")
	switch {
	case kind == clerkKind, kind == staffKind:
		return message.New("staff.actor.clerk", message.Args{"name": message.Text(name)}).Text("ja")
	case a == ActorPatient:
		return message.New("staff.actor.patient", nil).Text("ja")
	case a == ActorRepresentative:
		return message.New("staff.actor.representative", nil).Text("ja")
	case a == ActorOperator:
		return message.New("staff.actor.operator", nil).Text("ja")
	case kind == operatorKind:
		return message.New("staff.actor.operatorMember", message.Args{"name": message.Text(name)}).Text("ja")
	case a == ActorUnknown:
		return message.New("staff.actor.unknown", nil).Text("ja")
	case a == ActorSystem:
		return message.New("staff.actor.system", nil).Text("ja")
	case kind == string(ActorCounter), kind == receptionKind:
		return message.New("staff.actor.reception", nil).Text("ja") // older entries named the facility
	}
	return string(a)
}

// Name is the name of a member of staff; of others it is what Words says.
func (a Actor) Name() string {
	if kind, name, named := strings.Cut(string(a), ":"); named && kind != string(ActorCounter) {
		return name
	}
	return a.Words()
}
