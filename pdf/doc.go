// Package pdf makes the documents that people keep and print. It knows persons and dates, and takes a code as a matrix of
// modules; what the code says is not its business.
//
// gopdf composes the pages. Names are never ●: a character that the font lacks is printed as 〓, and a line at the foot
// names its code point, so that nobody takes a wrong name for a right one.
package pdf
