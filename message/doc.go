// Package message is the catalogue of what people read: every sentence by its key, in every language,
// with the next step apart from the sentence.
//
// A Message is a key and its arguments. Code, records and messages between servers carry Messages, never
// sentences, so that wording can change and every reader gets their own language. Sentence, NextStep and
// Text put a Message into a language:
//
//	m := message.New("request.too_many", message.Args{"wait": message.Wait(3 * time.Minute)})
//	m.Sentence("en") // "Too many tries in a short time."
//	m.NextStep("en") // "Wait about 3 minutes and try again."
//	m.Text("en")     // both
//
// The catalogue stands in catalogue/*/*.json, an entry a key. In errors/ is what can go wrong, in checks/
// what checks of screens, cards and files say, in commands/ what commands print, in rules/ what the counter's
// rules tell staff, in staff/ and pages/ what pages show. Where several messages are told one after the
// other, Sentences are what is so, and Steps what to do. An entry holds, a line each:
//
//	"who"        who can act: patient, reception, clerk, operator or developer; errors only
//	"ja"         the sentence in Japanese; likewise "ja-easy" (やさしい日本語), "en", "zh-Hans", "vi"
//	"ja.next"    the next step in Japanese; likewise for the other languages
//	"noNext"     why there is no next step, where an error has none
//	"en.without" what the English leaves out of the Japanese: names of places, next for the step
//
// catalogue/languages.json declares the languages, a column each (Language): Japanese and English are
// compulsory, the others stand where a patient can meet the sentence. A translator changes texts and
// nothing else, by the words of docs/glossary.md: {name} is a value that is put in, {漢字|かんじ} a reading
// above characters, [[資格確認書]] a Japanese term inside another language (Marks). The package's tests find
// what is missing, unused, written in two ways, or has other values than the Japanese.
//
// The package is the lowest of all: it knows no other room, no clock, no file and no network.
package message

//go:generate go run -C .. ./scripts/errorsdoc
