package web

import (
	"madoguchi/server/insurer"
)

// SampleLink is a paper to look at.
type SampleLink struct{ Kind, Ja, En string }

// PaperSettingsView is the page of an insurer's papers (/insurer/settings).
type PaperSettingsView struct {
	Page
	Staff    string
	Settings insurer.Insurer
	Colour   string
	HasLogo  bool
	Saved    bool
	Samples  []SampleLink
}
