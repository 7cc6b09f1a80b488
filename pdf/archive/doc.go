// Package archive holds what ISO 19005-1 (PDF/A-1b) asks of a file beside its pages: the colours that its
// figures mean, and an XMP packet that says what the file is. Writers of files and whoever adds to them say
// the same through it.
package archive

import "fmt"

// Intents returns the catalog's OutputIntents for a stream, numbered profile, that holds Profile (ISO 19005-1
// section 6.2.2).
func Intents(profile int) string {
	return fmt.Sprintf("[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB "+
		"IEC61966-2.1)/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>]", profile)
}
