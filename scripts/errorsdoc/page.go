package main

import (
	"fmt"
	"slices"
	"strings"

	"madoguchi/message"
)

// areas are the catalogue's files of errors in the order of the page, with a heading each.
var areas = []struct{ file, title string }{
	{"patient", "The patient's pages"},
	{"counter", "The counter"},
	{"ways", "The counter: patients without a screen"},
	{"card", "The My Number card (マイナンバーカード)"},
	{"reader", "Card readers"},
	{"bridge", "The bridge agent and its command"},
	{"verify", "Codes, pictures and PDFs"},
	{"eligibility", "Eligibility and its identifiers"},
	{"situation", "The facts of a visit (POST /api/v1/methods, `methods`)"},
	{"import", "Importing the insured"},
	{"insurer", "The insurer's office"},
	{"keys", "Keys and certificates"},
	{"hub", "Between the instances of one server"},
	{"staff", "Staff and facilities"},
	{"operator", "Settings, data and commands"},
}

const head = `# Errors

Every error has a key that never changes its meaning. The HTTP API sends it in a problem document
(RFC 9457) as ` + "`title`" + ` and, with the values for the sentence's places, as ` + "`key` and `args`" + `;
commands print the sentence with its next step. Programs tell errors apart by the key, never by a sentence:
wording may change.

"Who" is who can act: the patient, the reception (受付), the insurer's clerk (保険者の担当者), the operator of
the server or of the agent, or the developer of the program that asked. A dash under HTTP means that no
answer over HTTP is made of it: it is the verdict of a card check, or ends an agent's connection.

Printed from the catalogue (message/catalogue/errors) by ` + "`go generate ./message`" + `; a test compares.
`

// page is docs/errors.md, made from the module at root.
func page(root string) (string, error) {
	status, err := readStatus(root)
	if err != nil {
		return "", err
	}
	byFile := map[string][]message.Entry{}
	for _, e := range message.Entries() {
		if file, ok := strings.CutPrefix(e.File, "errors/"); ok {
			byFile[file] = append(byFile[file], e)
		}
	}
	var b strings.Builder
	b.WriteString(head)
	for _, area := range areas {
		entries := byFile[area.file]
		delete(byFile, area.file)
		fmt.Fprintf(&b, "\n## %s\n\n|key|HTTP|who|meaning|next step|\n|---|---|---|---|---|\n", area.title)
		for _, e := range entries {
			ja, en := e.Texts["ja"], e.Texts["en"]
			fmt.Fprintf(&b, "|`%s`|%s|%s|%s|%s|\n", e.Key, status.of(e.Key), e.Who,
				cell(ja.Sentence, en.Sentence), cell(ja.Next, en.Next))
		}
	}
	if len(byFile) > 0 {
		var left []string
		for file := range byFile {
			left = append(left, file)
		}
		slices.Sort(left)
		return "", fmt.Errorf("these files of errors have no heading: %s", strings.Join(left, ", "))
	}
	return b.String(), nil
}

// cell is a text in both languages as a cell of a table.
func cell(ja, en string) string {
	if ja == "" && en == "" {
		return ""
	}
	return escape(ja) + "<br>" + escape(en)
}

var marks = strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ")

func escape(s string) string { return marks.Replace(s) }
