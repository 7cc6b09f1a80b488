// Package press prints runs of papers: thousands of people onto files of a chosen size, in a fixed order.
//
// A file becomes visible only whole: it is written beside its name, read back code by code, sampled as a rendered page, and
// then renamed and noted in the journal. So a run that is killed, paused or out of disk goes on where its last noted file
// ended, and nobody is printed twice or left out. A code that does not say what its person's should stops the run
// (entitlementcard 2983: a whole batch once bore one person's link).
//
// The package knows neither people nor the database: Paper makes the pages, Journal remembers the files.
package press
