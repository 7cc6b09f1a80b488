// Package pdf makes the documents that people keep and print. It knows persons and dates, and takes a code as
// a matrix of modules without knowing its content.
//
// gopdf composes each document's form once; package form stamps people onto it. Names are set with three
// fonts. A variant that none of them has is printed as its base character, a character that none has as 〓,
// and a line at the foot says so with the code point; a Report carries the same to whoever prints, so that
// nobody takes a wrong name for a right one.
//
// A form's own wording (様式) stands beside the place where it is drawn, since the notices that prescribe a
// form prescribe both and a line is broken by hand where its box ends; what is told about a page to clerks,
// and the remarks of the reception's sheet, stand in package message.
//
// Every file that goes through a form is PDF/A-1b, the level that the tests can have judged by another
// program; more is not claimed. A document of one page is tagged for screen readers (tagged PDF). PDF/UA is
// not claimed: a signature's field, for one, stands outside of the structure.
package pdf
