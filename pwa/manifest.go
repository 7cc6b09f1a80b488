package pwa

import "encoding/json"

// ManifestPath is where the server gives Manifest; the screen's page names it. CounterManifestPath is the
// same for the console.
const (
	ManifestPath        = "/manifest.webmanifest"
	CounterManifestPath = "/counter/manifest.webmanifest"
)

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

// manifest is a web app manifest (W3C).
type manifest struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	ShortName   string         `json:"short_name"`
	Description string         `json:"description"`
	Lang        string         `json:"lang"`
	StartURL    string         `json:"start_url"`
	Scope       string         `json:"scope"`
	Display     string         `json:"display"`
	Theme       string         `json:"theme_color"`
	Background  string         `json:"background_color"`
	Icons       []manifestIcon `json:"icons"`
}

// Manifest returns the web app manifest with which phones put the screen on their home screen. Its icons are
// those of static: PNG files beside the SVG of the same drawing.
func Manifest() ([]byte, error) {
	return appAt("/screen", "/", manifest{
		Name:        Plain("ja", "manifest.name"),
		ShortName:   Plain("ja", "manifest.short"),
		Description: Plain("ja", "manifest.description"),
	})
}

// CounterManifest is Manifest for the console, which a clinic's PC installs.
func CounterManifest() ([]byte, error) {
	return appAt(CounterScope, CounterScope, manifest{
		Name:        Plain("ja", "staff.offline.app"),
		ShortName:   Plain("ja", "staff.offline.appShort"),
		Description: Plain("ja", "staff.offline.appDescription"),
	})
}

// appAt completes a manifest for the app that begins at a page.
func appAt(page, scope string, m manifest) ([]byte, error) {
	m.ID, m.StartURL, m.Scope = page, page, scope
	m.Lang, m.Display, m.Theme, m.Background = "ja", "standalone", "#00118f", "#ffffff"
	m.Icons = []manifestIcon{
		{Asset("icon-192.png"), "192x192", "image/png", "any"},
		{Asset("icon-512.png"), "512x512", "image/png", "any"},
		{Asset("icon-maskable.png"), "512x512", "image/png", "maskable"},
		{Asset("icon.svg"), "any", "image/svg+xml", "any"},
	}
	return json.Marshal(m)
}
