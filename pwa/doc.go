// Package pwa is everything that a browser gets: pages, styles, programs and translations.
//
// Pages are html/template files in templates, executed by Render within the layout. Landing, login,
// enrolment, the insurer's office and every refusal work without JavaScript. Two pages are programs: the
// patient's screen (src/patient) and the counter's console (src/counter), TypeScript modules that the
// command pwa/build bundles into dist. dist is committed, so that `go run ./server` needs no Node; a test
// bundles again and compares.
//
// Sentences stand by key in the catalogue (package message). Pages take them by t, in attributes by
// plain. Programs load those named word.* of the page's language (src/shared/words.ts), the console
// counter.* as well. Names of people are never translated. Which languages there are, their names, fonts
// and how lines break in them stands with the catalogue too (message.Language).
//
// What a patient seldom needs (the practice, copies to give away, the home-screen hint, a name's font) is
// loaded when it is first used.
//
// The policy that the server sends allows no inline script, no inline style and no HTML from strings
// (Trusted Types). Pages therefore carry data in data-* attributes, and the programs build the DOM by
// text only (src/shared/dom.ts).
//
// What is bundled but written by others lies in vendor with its licence; a test compares each file with
// its npm package.
package pwa
