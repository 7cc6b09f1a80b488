// Package object reads the objects of PDF files (ISO 32000-1 section 7): those that this program makes and
// signs, and those that strangers send.
//
// Open follows the cross-reference tables of a well-formed file. Scan finds the objects of any file, also of
// damaged ones, by their headings ("12 0 obj"). Walk reads a file of any length from its beginning to its
// end; Places tells where the objects of such a file stand. They give values as they are written, as parts of
// the file's bytes, so that an update can repeat them byte for byte and no file takes more memory than what
// it inflates.
//
// Files may be hostile. How deep values nest, how many entries they have, how many bytes are looked at,
// inflated and kept is bounded; what is beyond a bound is as if it were not there. What the objects mean
// (pages, signatures, pictures, their colours) is the business of the packages that use this one.
package object
