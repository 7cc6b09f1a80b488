package insuredcsv

import (
	"embed"

	"madoguchi/eligibility"
)

//go:embed samples
var samples embed.FS

// SampleFile returns a small file of fictional people of an insurer of the demo, for clerks to see the form;
// nil for others.
func SampleFile(insurer eligibility.InsurerNumber) []byte {
	data, err := samples.ReadFile("samples/" + string(insurer) + ".csv")
	if err != nil {
		return nil
	}
	return data
}
