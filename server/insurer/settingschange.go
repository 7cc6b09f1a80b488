package insurer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"madoguchi/eligibility"
)

// settingsChange is the audit's word of a change of settings: what stands on papers, before and after.
type settingsChange struct {
	Insurer eligibility.InsurerNumber `json:"insurer"`
	Changed map[string][2]string      `json:"changed"` // by field: old, new
}

// SettingsChange says, as JSON, which settings that stand on an insurer's papers changed, with their old and
// new values. Marks are told by the SHA-256 of their PNG. It holds nothing of anybody but the insurer.
func SettingsChange(old, now Insurer, oldMark, mark []byte) (string, error) {
	change := settingsChange{now.Number, map[string][2]string{}}
	for _, f := range []struct{ name, old, now string }{
		{"name", old.Name, now.Name},
		{"issuer", old.Issuer, now.Issuer},
		{"telephone", old.Telephone, now.Telephone},
		{"unit", old.Branding.Unit, now.Branding.Unit},
		{"address", old.Branding.Address, now.Branding.Address},
		{"hours", old.Branding.Hours, now.Branding.Hours},
		{"colour", old.Branding.Colour, now.Branding.Colour},
		{"state", old.Branding.State, now.Branding.State},
		{"mark", markHash(oldMark), markHash(mark)},
	} {
		if f.old != f.now {
			change.Changed[f.name] = [2]string{f.old, f.now}
		}
	}
	text, err := json.Marshal(change)
	if err != nil {
		return "", fmt.Errorf("writing a change of settings: %w", err)
	}
	return string(text), nil
}

func markHash(png []byte) string {
	if len(png) == 0 {
		return ""
	}
	sum := sha256.Sum256(png)
	return "sha256:" + hex.EncodeToString(sum[:])
}
