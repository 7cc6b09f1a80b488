package insurer

import "madoguchi/message"

// Stored says what storing a file changed, besides its refused rows.
func (n ImportCount) Stored(refused int) message.Message {
	return message.New("import.said.stored", message.Args{
		"new":       message.Number(n.New),
		"changed":   message.Number(n.Changed),
		"unchanged": message.Number(n.Unchanged),
		"refused":   message.Number(refused),
	})
}

// Trial says what storing a file would do.
func Trial(rows, refused int) message.Message {
	return message.New("import.said.trial", message.Args{
		"accepted": message.Number(rows - refused),
		"refused":  message.Number(refused),
	})
}
