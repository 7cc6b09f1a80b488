// Package paper reads what staff type off papers and screens that bear no signature: マイナポータル's own screen and
// PDF, the paper 資格情報のお知らせ of any insurer, 資格確認書. Staff see it and pick what it is; this package says
// what they typed, and whether the rules accept it on a day. It keeps nothing and asks nobody.
package paper

import (
	"encoding/json"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// The kinds of papers, by the codes of their ways (docs/rules.md).
const (
	PortalScreen eligibility.MethodCode = "P1" // マイナポータルの画面, beside the card
	PortalPDF    eligibility.MethodCode = "P2" // its PDF, beside the card
	PortalLogin  eligibility.MethodCode = "P3" // the phone alone: logged in before staff's eyes
	Notice       eligibility.MethodCode = "N1" // 資格情報のお知らせ on paper, beside the card
	Certificate  eligibility.MethodCode = "C1" // 資格確認書, which stands alone
)

// Kinds lists the kinds in the order in which staff pick them.
var Kinds = [...]eligibility.MethodCode{PortalScreen, PortalPDF, PortalLogin, Notice, Certificate}

// shown is what a patient of each kind shows, in the words of the rules.
var shown = map[eligibility.MethodCode]eligibility.Item{
	PortalScreen: eligibility.ItemPortalScreen,
	PortalPDF:    eligibility.ItemPortalPDF,
	PortalLogin:  eligibility.ItemPortalScreen,
	Notice:       eligibility.ItemNotice,
	Certificate:  eligibility.ItemCertificate,
}

// Paper is what staff saw, as they typed it.
type Paper struct {
	Kind eligibility.MethodCode `json:"kind"`
	// Shows has what stands on the paper. A birth date of a Notice is the card's: its own bears none.
	Shows credential.Eligibility `json:"shows"`
	// MedicalExpense: the paper is headed 特別療養 (国民健康保険法 54条の3).
	MedicalExpense bool `json:"medicalExpense,omitempty"`
	// Unfinished: what staff could not type is left out. No rule accepts it.
	Unfinished bool `json:"unfinished,omitempty"`
}

// Text is the paper in one fixed form, to which the evidence of a card is bound.
func (p Paper) Text() string {
	b, err := json.Marshal(p)
	if err != nil {
		return string(p.Kind) // never: every field is a text or a number
	}
	return string(b)
}

// ByCard reports whether the kind is shown beside a card. A certificate stands alone, and of PortalLogin the
// phone is all there is.
func (p Paper) ByCard() bool {
	return p.Kind == PortalScreen || p.Kind == PortalPDF || p.Kind == Notice
}

// SamePerson names a person at a facility by what stands on every paper of theirs: 保険者番号 and 番号. Members of
// a family may share it.
func (p Paper) SamePerson() string { return SamePerson(p.Shows.Insurer, p.Shows.Number) }

// SamePerson is Paper.SamePerson of what is typed so far.
func SamePerson(insurer eligibility.InsurerNumber, number string) string {
	return string(insurer) + "/" + eligibility.NormaliseNumber(number)
}
