// Package printing prints batch jobs: thousands of people's pages into files of a chosen size, in a fixed
// order.
//
// A file becomes visible only whole: it is written under another name, read back code by code, sampled as a
// rendered page, and then renamed and noted in the job store. So an interrupted job (killed, paused, out of
// disk) can be resumed behind its last noted file, and nobody is printed twice or left out. A code that is
// not its person's stops the job: another system once printed a whole batch with one person's link.
//
// The package knows neither the documents nor the database: a Composer makes the pages, of a type that only
// it knows, and a JobStore remembers the files.
package printing
