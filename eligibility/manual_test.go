package eligibility

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// The manual names every field of the JSON, and the reader takes every value that it names.
func TestTheManualTellsEveryFieldAndValue(t *testing.T) {
	told := map[string]bool{"card": true, "facility": true, "phone": true, "disaster": true}
	for _, f := range situationFields {
		told[f.path] = true
		for _, v := range strings.Split(f.values, "|") {
			value := fmt.Sprintf("%q", v)
			switch v {
			case "true", "false":
				value = v
			case "date":
				value = `"2026-06-30"`
			case "text":
				value = `"138990"`
			}
			if f.path == "brings" {
				value = "[" + value + "]"
			}
			text := `{"day":"2026-06-30",` + nested(f.path, value) + `}`
			if f.path == "day" {
				text = `{"day":` + value + `}`
			}
			if _, _, err := ReadSituations([]byte(text)); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
	if !reflect.DeepEqual(told, situationNames) {
		t.Errorf("the manual tells %d fields, the reader takes %d", len(told), len(situationNames))
	}
}

func nested(path, value string) string {
	if outer, inner, ok := strings.Cut(path, "."); ok {
		return fmt.Sprintf(`%q:{%q:%s}`, outer, inner, value)
	}
	return fmt.Sprintf(`%q:%s`, path, value)
}
