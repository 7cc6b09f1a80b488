package pwa

import "encoding/json"

// ManifestPath is where the server gives Manifest; the screen's page names it.
const ManifestPath = "/manifest.webmanifest"

// Manifest returns the web app manifest (W3C) with which phones put the screen on their home screen. Its
// icons are those of static: PNG files beside the SVG of the same drawing.
func Manifest() ([]byte, error) {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose"`
	}
	return json.Marshal(struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		ShortName   string `json:"short_name"`
		Description string `json:"description"`
		Lang        string `json:"lang"`
		StartURL    string `json:"start_url"`
		Scope       string `json:"scope"`
		Display     string `json:"display"`
		Theme       string `json:"theme_color"`
		Background  string `json:"background_color"`
		Icons       []icon `json:"icons"`
	}{
		ID:          "/screen",
		Name:        Plain("ja", "manifest.name"),
		ShortName:   Plain("ja", "manifest.short"),
		Description: Plain("ja", "manifest.description"),
		Lang:        "ja",
		StartURL:    "/screen",
		Scope:       "/",
		Display:     "standalone",
		Theme:       "#00118f",
		Background:  "#ffffff",
		Icons: []icon{
			{Asset("icon-192.png"), "192x192", "image/png", "any"},
			{Asset("icon-512.png"), "512x512", "image/png", "any"},
			{Asset("icon-maskable.png"), "512x512", "image/png", "maskable"},
			{Asset("icon.svg"), "any", "image/svg+xml", "any"},
		},
	})
}
