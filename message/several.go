package message

// Sentences are told one after the other: of each Message its sentence. They stand apart from what is to be
// done about them (Steps).
type Sentences []Message

// Text is all of them as one text in a language, as Join puts them together.
func (s Sentences) Text(lang string) string {
	text := ""
	for _, m := range s {
		text = Join(lang, text, m.Sentence(lang))
	}
	return text
}

// Ja is all of them in Japanese.
func (s Sentences) Ja() string { return s.Text("ja") }

// En is all of them in English.
func (s Sentences) En() string { return s.Text("en") }

// Each is every sentence by itself.
func (s Sentences) Each(lang string) []string {
	texts := make([]string, len(s))
	for i, m := range s {
		texts[i] = m.Sentence(lang)
	}
	return texts
}

// Steps are what to do, one after the other: of each Message its next step, or the sentence of an entry
// that is itself a step and has no other.
type Steps []Message

// Text is all of them as one text in a language, as Join puts them together.
func (s Steps) Text(lang string) string {
	text := ""
	for _, m := range s {
		step := m.NextStep(lang)
		if step == "" {
			step = m.Sentence(lang)
		}
		text = Join(lang, text, step)
	}
	return text
}

// Ja is all of them in Japanese.
func (s Steps) Ja() string { return s.Text("ja") }

// En is all of them in English.
func (s Steps) En() string { return s.Text("en") }
