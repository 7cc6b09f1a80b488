package credential

import (
	"encoding/json"
	"sort"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Result is how a check ended.
type Result string

const (
	Passed     Result = "passed"
	Failed     Result = "failed"
	NotChecked Result = "not checked"
)

// Check is one thing that was looked at, with what it tells staff: the next step too when it failed.
type Check struct {
	// Name is form, signature, issuer, content, insurer, time, clock, holder or revocation; of a PDF also
	// document, match and pictures.
	Name   string `json:"name"`
	Result Result `json:"result"`
	message.Stored
}

// UnmarshalJSON also reads what was stored before there was a catalogue: the sentences as reason and en.
func (c *Check) UnmarshalJSON(data []byte) error {
	type plain Check
	form := struct {
		*plain
		Reason string `json:"reason"`
	}{plain: (*plain)(c)}
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	if form.Reason != "" {
		c.Ja = form.Reason
	}
	return nil
}

// check names the sentences of one kind of check by their keys in the catalogue.
type check struct {
	name                       string
	passed, failed, notChecked string
	args                       message.Args
}

// checkOf is a check of which the catalogue has one sentence for each result that it can have:
// verdict.NAME.passed, failed, not_checked.
func checkOf(name string, results ...Result) check {
	c := check{name: name}
	for _, r := range results {
		switch r {
		case Passed:
			c.passed = "verdict." + name + ".passed"
		case Failed:
			c.failed = "verdict." + name + ".failed"
		case NotChecked:
			c.notChecked = "verdict." + name + ".not_checked"
		}
	}
	return c
}

// The checks, each followed by those whose sentences are of a special case.
var (
	checkForm = checkOf("form", Passed, Failed)

	checkSignature = checkOf("signature", Passed, Failed, NotChecked)
	checkDamaged   = check{name: "signature", failed: "verdict.signature.damaged"}

	checkDamagedForm = check{name: "form", failed: "verdict.signature.damaged"}

	checkIssuer        = checkOf("issuer", Passed, Failed, NotChecked)
	checkIssuerByKeys  = check{passed: "verdict.issuer.passed_by_keys"}
	checkIssuerStale   = check{passed: "verdict.issuer.passed_stale"}
	checkIssuerOverdue = check{name: "issuer", notChecked: "verdict.issuer.not_checked_overdue"}

	checkContent = checkOf("content", Passed, Failed)
	checkInsurer = checkOf("insurer", Passed, Failed, NotChecked)

	checkFresh     = checkOf("time", Passed, Failed, NotChecked)
	checkDay       = check{name: "time", failed: "verdict.time.failed_screen"}
	checkSavedCopy = check{name: "time", failed: "verdict.time.failed_copy"}
	checkFuture    = check{name: "time", failed: "verdict.time.failed_future"}
	checkClock     = check{name: "clock"} // its sentences hold figures: see clock.go

	checkHolder = checkOf("holder", Passed, NotChecked)

	checkRevocation    = checkOf("revocation", Passed, Failed, NotChecked)
	checkRevocationOld = check{name: "revocation", notChecked: "verdict.revocation.not_checked_old"}
	checkEndsItself    = check{name: "revocation", notChecked: "verdict.revocation.not_needed"}
)

// withDate fills the day of a list into the sentences of a check.
func (c check) withDate(at time.Time) check {
	day := eligibility.DateOf(at)
	c.args = message.Args{"day": message.Day(day.Year(), time.Month(day.Month()), day.Day())}
	return c
}

func (v *Verdict) add(name string, result Result, told message.Message) {
	v.Checks = append(v.Checks, Check{name, result, message.ToStored(told)})
}

func (v *Verdict) pass(c check) { v.passWith(c, c) }

// passWith passes a check with the sentences of a special case.
func (v *Verdict) passWith(c, words check) {
	v.add(c.name, Passed, message.New(words.passed, words.args))
}
func (v *Verdict) fail(c check) { v.add(c.name, Failed, message.New(c.failed, c.args)) }
func (v *Verdict) skip(c check) { v.add(c.name, NotChecked, message.New(c.notChecked, c.args)) }

// resultOrder puts the worst first.
var resultOrder = map[Result]int{Failed: 0, NotChecked: 1, Passed: 2}

// sorted puts the worst first and sets Valid: valid means that the content was read from a verified
// signature, that nothing failed, that the issuer may speak for the number, and that a screen has its
// holder's proof, since anyone may have photographed it. Whether a saved copy was revoked may be unknown
// where there is no network.
func (v Verdict) sorted() Verdict {
	sort.SliceStable(v.Checks, func(i, j int) bool {
		return resultOrder[v.Checks[i].Result] < resultOrder[v.Checks[j].Result]
	})
	v.Valid = v.Eligibility != nil
	for _, c := range v.Checks {
		if c.Result == Failed || c.Result == NotChecked && c.Name != checkRevocation.name {
			v.Valid = false
		}
	}
	return v
}

// Damaged reports whether a part of the code did not arrive. It may be whole when it is read again; nothing
// says that somebody altered it.
func (v Verdict) Damaged() bool { return len(v.Checks) > 0 && v.Checks[0].Key == checkDamaged.failed }

// AwaitsProof reports whether only the second code, the holder's proof, is missing.
func (v Verdict) AwaitsProof() bool {
	if v.Eligibility == nil || v.Tier != TierOffline {
		return false
	}
	for _, c := range v.Checks {
		if c.Result == Failed ||
			c.Result == NotChecked && c.Name != checkRevocation.name && c.Name != checkHolder.name {
			return false
		}
	}
	return !v.Valid
}

// UnknownKey reports whether the code was refused because nobody on the trust list publishes its key, and
// whom it claims to be from: its issuer may have a new key.
func (v Verdict) UnknownKey() (claimed string, unknown bool) {
	unknown = len(v.Checks) > 0 && v.Checks[0].Name == checkIssuer.name && v.Checks[0].Result == Failed &&
		v.IssuedAt.IsZero() && v.Issuer != ""
	for _, c := range v.Checks {
		unknown = unknown && (c.Name != checkSignature.name || c.Result == NotChecked)
	}
	return v.Issuer, unknown
}

// AcceptsProof reports whether a second code can still make this Verdict valid: it is missing, or the one
// that was read was not good.
func (v Verdict) AcceptsProof() bool {
	if v.AwaitsProof() {
		return true
	}
	for _, c := range v.Checks {
		if c.Result == Failed && c.Name != checkHolder.name {
			return false
		}
	}
	return v.Tier == TierOffline && v.Eligibility != nil && !v.Valid
}

// Headline is the one sentence that staff read first.
func (v Verdict) Headline() message.Message {
	return message.New("verdict.headline."+v.headline(), nil)
}

func (v Verdict) headline() string {
	switch {
	case v.Valid && v.Tier == TierSaved:
		return "copy_genuine"
	case v.Valid:
		return "genuine"
	case v.AwaitsProof():
		return "scan_second"
	case v.AcceptsProof():
		return "scan_second_again"
	}
	worst := v.Checks[0]
	switch {
	case worst.Result != Failed:
		return "open"
	case v.Damaged():
		return "scan_again"
	case worst.Name == checkClock.name:
		return "set_clock"
	case worst.Key == checkFuture.failed:
		return "clocks_disagree"
	case worst.Name == checkFresh.name && v.Tier == TierSaved:
		return "copy_expired"
	case worst.Name == checkFresh.name:
		return "too_old"
	case worst.Name == checkRevocation.name:
		return "copy_revoked"
	case v.Tier == TierSaved:
		return "copy_unverifiable"
	}
	return "unverifiable"
}
