package message

// Stored is a Message in a record or on its way between programs. Versions before the catalogue wrote the
// sentences there, beside a key or instead of one; those are still read and shown.
type Stored struct {
	Message
	// the sentence with its next step; only of a version before the catalogue, or for one
	Ja string `json:"ja,omitempty"`
	En string `json:"en,omitempty"`
}

// ToStored returns m to be stored: its key and arguments alone.
func ToStored(m Message) Stored { return Stored{Message: m} }

// old reports whether only the written sentences can be shown: the key is missing, or no longer or not
// yet known.
func (s Stored) old() bool {
	_, known := FindEntry(s.Key)
	return !known && s.Ja != ""
}

// Sentence is what has happened or is so. Of a record before the catalogue it is everything that was written.
func (s Stored) Sentence(lang string) string {
	if s.old() {
		return s.written(lang)
	}
	return s.Message.Sentence(lang)
}

// NextStep is what to do next; empty of a record before the catalogue, whose sentence holds it.
func (s Stored) NextStep(lang string) string {
	if s.old() {
		return ""
	}
	return s.Message.NextStep(lang)
}

// Text is the sentence with its next step.
func (s Stored) Text(lang string) string {
	if s.old() {
		return s.written(lang)
	}
	return s.Message.Text(lang)
}

func (s Stored) written(lang string) string {
	if s.En == "" || language(lang).Japanese() {
		return s.Ja
	}
	return s.En
}
