package message

import "strings"

// Message is something to be told: the key of an entry of the catalogue, and the values for its places.
// The zero Message says nothing.
type Message struct {
	Key  string `json:"key,omitempty"`
	Args Args   `json:"args,omitempty"`
}

// New returns the Message of a key with its arguments.
func New(key string, args Args) Message { return Message{Key: key, Args: args} }

// Sentence is what has happened or is so, as bare text in a language; see Text for languages that an
// entry lacks.
func (m Message) Sentence(lang string) string {
	sentence, _ := m.parts(lang)
	return sentence
}

// NextStep is what to do next, empty where there is nothing to do.
func (m Message) NextStep(lang string) string {
	_, next := m.parts(lang)
	return next
}

// Text is the sentence with its next step, as bare text. A language that the entry lacks is answered in
// English, ja-easy in Japanese; a key that nobody has is answered by itself, so that a newer server's key
// is at least named.
func (m Message) Text(lang string) string {
	return Join(lang, m.Sentence(lang), m.NextStep(lang))
}

// Bilingual is the Japanese and behind it the English, as commands for whoever runs a server print both.
func (m Message) Bilingual() string { return m.Text("ja") + " " + m.Text("en") }

func (m Message) parts(lang string) (sentence, next string) {
	if m.Key == "" {
		return "", ""
	}
	entry, tag, ok := find(m.Key, lang)
	if !ok {
		return m.Key, ""
	}
	text := entry.Texts[tag]
	return plain(text.Sentence, tag, m.Args), plain(text.Next, tag, m.Args)
}

// plain fills a text of the catalogue and leaves its marks out. A place without a value keeps its name in
// brackets: a sentence with a hole is better than none. The catalogue's tests keep marks in order.
func plain(text, lang string, args Args) string {
	if !strings.ContainsAny(text, "{[\\") {
		return text
	}
	pieces, err := Marks(text)
	if err != nil {
		return text
	}
	var b strings.Builder
	for _, p := range pieces {
		switch value, ok := args[p.Text]; {
		case p.Kind != Place:
			b.WriteString(p.Text)
		case ok:
			b.WriteString(value.In(lang))
		default:
			b.WriteString("{" + p.Text + "}")
		}
	}
	return b.String()
}

// Join puts a sentence and its next step together as a language writes them: Japanese and Chinese without
// a space.
func Join(lang, sentence, next string) string {
	switch {
	case sentence == "":
		return next
	case next == "":
		return sentence
	case lang == "zh-Hans" || strings.HasPrefix(lang, "ja"):
		return sentence + next
	}
	return sentence + " " + next
}
