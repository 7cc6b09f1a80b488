package clerk

import (
	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// SampleLink is a paper to look at.
type SampleLink struct {
	Kind string
	Name message.Message
}

// PaperSettingsView is the page of an insurer's papers (/insurer/settings).
type PaperSettingsView struct {
	kit.Page
	Staff    string
	Settings insurer.Insurer
	Colour   string
	HasLogo  bool
	Saved    bool
	Samples  []SampleLink
}
