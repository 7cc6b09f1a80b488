// Package sign signs PDFs and reads signatures back.
//
// Sign adds a PAdES baseline signature of level B-B (ETSI EN 319 142-1 section 6) to a finished document, as
// an incremental update: the bytes that were there stay, and whoever has them sees that they are the same.
// Describe writes what a document says about itself (its XMP packet, with a signed code as text if there is
// one) without signing. Read finds both again and judges every signature.
//
// The signature is made and read here and not by a library: the package that signs PDFs in Go makes
// only adbe.pkcs7.detached signatures (docs/facts/pdf-and-pades.md#pades), and the DER of a B-B
// signature is small. What Sign makes is verified in the tests by poppler and OpenSSL.
//
// The package knows bytes, keys and certificates. What the code in the packet says is not its business.
package sign
