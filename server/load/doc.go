// Package load drives a demo server as a whole country's patients, receptions and card readers do on the
// busiest hour, scaled down to so many checks a second, and measures what they wait for. It goes through the
// front door: every person is imported by a clerk, opens a notice, logs in and registers; every card reader
// is paired; every check is scanned, asked of a virtual card and recorded.
//
// While it loads it verifies what it is told: a screen must be signed by the insurer's published keys and be
// of the person that it was asked for, and a verdict must be the right one, for genuine screens and for those
// that were forged on purpose. A server that is fast and wrong fails.
package load
