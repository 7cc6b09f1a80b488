package hostapi

import (
	"madoguchi/eligibility"
)

// Caller is a counter server that proved itself, as the trust list names it.
type Caller struct{ URL, Name string }

var (
	// ErrOnlineCode is the one answer for a code that is wrong, over, used, denied or another counter's: guessing teaches
	// nothing.
	ErrOnlineCode = &eligibility.Error{Code: eligibility.NotFound, Key: "code.unknown", Field: "text",
		Ja: "この番号では画面が見つかりません。患者さんに新しい番号を出してもらい、もう一度入れてください。",
		En: "No screen has this number. Ask the patient for a new one and enter it again."}
	// ErrCodeWaiting says that the patient has not answered yet.
	ErrCodeWaiting = &eligibility.Error{Code: eligibility.Conflict, Key: "code.waiting",
		Ja: "患者さんのスマホに、この医療機関の名前が出ています。「見せる」を押してもらってください。",
		En: "The patient's phone shows this facility's name. Ask the patient to allow it."}
)
