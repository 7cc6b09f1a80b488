// Package credential is the signed eligibility screen: a SMART Health Card (one JWS, ES256, raw DEFLATE) that
// an insurer issues and anyone with the insurer's public key checks, offline, in milliseconds.
//
// It reads like the protocol. The insurer calls Issue; the phone shows NumericQR as a QR, copies bear it as a
// QRMatrix, and both can be a file (CardFile); the counter calls Read on what it scanned and Verifier.Verify
// on the JWS, with a TrustList that says which issuer may speak for which insurer number. A credential has
// one of three tiers, told apart by a claim and by its life (docs/facts/smart-health-card.md#tiers):
//
//	live    120 s, no extra claim       the phone is online and gets a new one every 30 s
//	screen  a day, hcnf                 the phone is offline and adds a proof by its holder key every 15 s
//	pdf     months, vc.rid              a saved or printed copy, revocable by its index
//
// The package has no clock and no network: time is an argument, keys come from the trust list, never from
// what is read.
package credential
