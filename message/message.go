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
// its fallback (Language); a key that nobody has is answered by itself, so that a newer server's key
// is at least named.
func (m Message) Text(lang string) string {
	return Join(lang, m.Sentence(lang), m.NextStep(lang))
}

// WithReadings is Text with the readings of its characters, between Unicode's interlinear annotation
// characters (U+FFF9 to U+FFFB), as the pages' programs take them.
func (m Message) WithReadings(lang string) string {
	entry, tag, ok := findInLanguage(m.Key, lang)
	if !ok {
		return m.Text(lang)
	}
	said := entry.Texts[tag]
	return Join(lang, fill(said.Sentence, tag, m.Args, annotated), fill(said.Next, tag, m.Args, annotated))
}

// annotated is a piece of a sentence with its reading, if it has one.
func annotated(p Piece) string {
	if p.Kind != Ruby {
		return p.Text
	}
	return "\ufff9" + p.Text + "\ufffa" + p.Reading + "\ufffb"
}

// Bilingual is the Japanese and behind it the English, as commands for whoever runs a server print both.
func (m Message) Bilingual() string { return m.Text("ja") + " " + m.Text("en") }

func (m Message) parts(lang string) (sentence, next string) {
	if m.Key == "" {
		return "", ""
	}
	entry, tag, ok := findInLanguage(m.Key, lang)
	if !ok {
		return m.Key, ""
	}
	text := entry.Texts[tag]
	return fillText(text.Sentence, tag, m.Args), fillText(text.Next, tag, m.Args)
}

// fillText fills a text of the catalogue and leaves its marks out. A place without a value keeps its name in
// brackets: a sentence with a hole is better than none. The catalogue's tests keep marks in order.
func fillText(text, lang string, args Args) string {
	return fill(text, lang, args, func(p Piece) string { return p.Text })
}

func fill(text, lang string, args Args, written func(Piece) string) string {
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
			b.WriteString(written(p))
		case ok:
			b.WriteString(value.In(lang))
		default:
			b.WriteString("{" + p.Text + "}")
		}
	}
	return b.String()
}

// Join puts a sentence and its next step together as a language writes them: with a blank between, or
// without (Language.Blanks).
func Join(lang, sentence, next string) string {
	switch {
	case sentence == "":
		return next
	case next == "":
		return sentence
	case language(lang).Blanks:
		return sentence + " " + next
	}
	return sentence + next
}
