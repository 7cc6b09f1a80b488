// Package answer answers the questions of the command line (methods, share, names, insurer) by the rules.
// What it returns is the written contract of each command: fields may be added, none renamed.
package answer

import (
	"strings"

	"madoguchi/eligibility"
)

// Methods answers how a person may be accepted in a situation, given as JSON (eligibility.SituationManual),
// in the shape of the input: an eligibility.Outcome for an object, a slice of them for an array.
func Methods(data []byte) (any, error) {
	situations, array, err := eligibility.ReadSituations(data)
	if err != nil {
		return nil, err
	}
	outcomes := make([]eligibility.Outcome, 0, len(situations))
	for _, s := range situations {
		o, err := eligibility.Methods(s)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, o)
	}
	if array {
		return outcomes, nil
	}
	return outcomes[0], nil
}

var errNoNames = &eligibility.Error{Code: eligibility.Invalid, Key: "names.empty", Field: "A, B"}

// Names compares two writings of a name.
func Names(a, b string) (any, error) {
	if strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "" {
		return nil, errNoNames
	}
	return eligibility.MatchNames(a, b), nil
}

// InsurerAnswer is what a 保険者番号 says.
type InsurerAnswer struct {
	Valid      bool    `json:"valid"`
	Normalised *string `json:"normalised"`
	Paper      *string `json:"paper"`
	Kind       *string `json:"kind"`
	Prefecture *string `json:"prefecture"`
	Reason     string  `json:"reason,omitempty"`
	Note       string  `json:"note,omitempty"`
}

// Insurer tells what a 保険者番号 of 6 or 8 digits says; one that cannot be a number is answered with Valid false.
func Insurer(number string) InsurerAnswer {
	n, err := eligibility.ParseInsurerNumber(number)
	if err != nil {
		return InsurerAnswer{Reason: eligibility.ErrInsurerNumber.Ja()}
	}
	r := InsurerAnswer{
		Valid:      n.Kind() != "",
		Normalised: orNull(string(n)),
		Paper:      orNull(n.Paper()),
		Kind:       orNull(n.Kind()),
		Prefecture: orNull(n.Prefecture()),
	}
	if !r.Valid {
		r.Reason = "検証番号は合っていますが、この法別番号の医療保険はありません。公費の番号でないか確かめてください。"
	}
	if n.MayBeAssociation() {
		r.Note = "3桁目が3の番号は、国民健康保険組合に割り当てられる範囲です。"
	}
	if hint := n.PrefectureHint(); hint != "" {
		r.Note = hint + r.Note
	}
	if n.PublicExpense() {
		r.Note = "医療扶助（生活保護）の番号で、健康保険の保険者番号ではありません。医療券を見るか、福祉事務所に確かめてください。" + r.Note
	}
	return r
}

// orNull is null in JSON for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
