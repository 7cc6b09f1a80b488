package message

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

// 「つ」 counts from ひとつ to ここのつ and no further (『大辞林』, 「つ」 接尾); beyond nine it is 項目, 件, 個.
var countsByTsu = regexp.MustCompile(`\{(\w+)\}つ`)

// toNine are the sentences that count by 「つ」 with why their number is nine at most.
var toNine = map[string]string{
	"counter.passed":            "case.ts says passedMany from ten on",
	"counter.groundTicks":       "what is compared by eye is three at most",
	"counter.groundTicksAway":   "the same",
	"counter.groundTicksNoCard": "the same",
	"counter.lampSome":          "the same",
}

func TestNothingAboveNineIsCountedByTsu(t *testing.T) {
	left := maps.Clone(toNine)
	for _, e := range Entries() {
		for lang, text := range e.Texts {
			if !countsByTsu.MatchString(text.Sentence + text.Next) {
				continue
			}
			if _, ok := toNine[e.Key]; !ok {
				t.Errorf("%s (%s) counts by 「つ」 whatever the number", e.Key, lang)
			}
			delete(left, e.Key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(left)) {
		t.Errorf("%s counts by 「つ」 no more", key)
	}
}
