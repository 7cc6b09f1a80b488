package eligibility

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// aSituation is a line of testdata/situations.json. It was written from the facts with their sources, by
// somebody who had not seen the rules' code; what the facts leave open is not expected.
type aSituation struct {
	Name      string          `json:"name"`
	Situation json.RawMessage `json:"situation"`
	MayRefuse bool            `json:"mayRefuse"` // as impossible: its source leaves it open
	Source    string          `json:"source"`
	Expect    struct {
		Best        json.RawMessage       `json:"best"`     // a code, null, or several of which one
		Accepted    []MethodCode          `json:"accepted"` // at least these
		Refused     []MethodCode          `json:"refused"`  // at least these
		Confidence  map[MethodCode]string `json:"confidence"`
		Provisional []int                 `json:"provisional"`
		// somewhere in the answer, one of those between bars
		Says []string `json:"nextSays"`
		// demanded of the patient
		Never []string `json:"neverSays"`
		// one of the fields between bars is named
		Error string `json:"error"`
	} `json:"expect"`
}

func TestSituationsAreAnsweredAsTheFactsSay(t *testing.T) {
	data, err := os.ReadFile("testdata/situations.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []aSituation
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 150 {
		t.Fatalf("only %d situations", len(all))
	}
	refused := 0
	for _, s := range all {
		if s.Expect.Error != "" {
			refused++
		}
		t.Run(s.Name, func(t *testing.T) {
			if s.Source == "" {
				t.Error("no source")
			}
			s.judge(t)
		})
	}
	testenv.Refused(t, testenv.Boundaries, refused)
}

func (s aSituation) judge(t *testing.T) {
	t.Helper()
	situations, _, err := ReadSituations(s.Situation)
	var o Outcome
	if err == nil {
		o, err = Methods(situations[0])
	}
	if s.Expect.Error != "" {
		var e *Error
		named := func(field string) bool { return strings.Contains(e.Field, field) }
		if !errors.As(err, &e) || !slices.ContainsFunc(strings.Split(s.Expect.Error, "|"), named) {
			t.Errorf("%v, want an error that names %s (%s)", err, s.Expect.Error, s.Source)
		}
		return
	}
	if err != nil {
		if !s.MayRefuse {
			t.Errorf("%v (%s)", err, s.Source)
		}
		return
	}
	s.compare(t, o)
}

func (s aSituation) compare(t *testing.T, o Outcome) {
	t.Helper()
	byCode := map[MethodCode]Method{}
	asked := o.Next.Ja()
	for _, m := range o.Methods {
		byCode[m.Code] = m
		if m.Accepted {
			asked += m.Next.Ja()
		}
	}
	if len(s.Expect.Best) > 0 && !slices.Contains(codesIn(t, s.Expect.Best), o.Best) {
		t.Errorf("best is %q, want %s (%s)", o.Best, s.Expect.Best, s.Source)
	}
	for _, code := range s.Expect.Accepted {
		if !byCode[code].Accepted {
			t.Errorf("%s is refused: %s (%s)", code, byCode[code].Reason.Ja(), s.Source)
		}
	}
	for _, code := range s.Expect.Refused {
		if byCode[code].Accepted {
			t.Errorf("%s is accepted: %s (%s)", code, byCode[code].Reason.Ja(), s.Source)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(s.Expect.Confidence)) {
		want := s.Expect.Confidence[code]
		m, there := byCode[code]
		if !there || !slices.Contains(strings.Split(want, "|"), string(m.Confidence)) {
			t.Errorf("%s is %s, want %s (%s)", code, m.Confidence, want, s.Source)
		}
	}
	if s.Expect.Provisional != nil &&
		!slices.Equal(slices.Sorted(slices.Values(o.Provisional)), s.Expect.Provisional) {
		t.Errorf("provisional shares %v, want %v (%s)", o.Provisional, s.Expect.Provisional, s.Source)
	}
	whole, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range s.Expect.Says {
		if !slices.ContainsFunc(strings.Split(words, "|"), func(w string) bool {
			return strings.Contains(string(whole), w)
		}) {
			t.Errorf("nothing says %s (%s): %s", words, s.Source, o.Next.Ja())
		}
	}
	denied := strings.NewReplacer("3割も10割も求めない", "", "10割を求めない", "", "10割は求めない", "", "3割を求めない", "")
	for _, words := range s.Expect.Never {
		if strings.Contains(denied.Replace(asked), words) {
			t.Errorf("%s is asked (%s): %s", words, s.Source, asked)
		}
	}
}

// codesIn reads a code, null or several codes.
func codesIn(t *testing.T, raw json.RawMessage) []MethodCode {
	t.Helper()
	var one *MethodCode
	if json.Unmarshal(raw, &one) == nil {
		if one == nil {
			return []MethodCode{""}
		}
		return []MethodCode{*one}
	}
	var several []MethodCode
	if err := json.Unmarshal(raw, &several); err != nil {
		t.Fatal(err)
	}
	return several
}
