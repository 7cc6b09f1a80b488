package card

import (
	"errors"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Outcome is how a check ended.
type Outcome string

const (
	// genuine and present, and what was asked is so
	Confirmed Outcome = "confirmed"
	// what was asked is so; no issuer keys are configured to prove the card genuine
	Unverified Outcome = "unverified"
	// not genuine, not this person's, or not a card that can be asked
	Refused Outcome = "refused"
	// reader or card did not answer: try again
	Failed Outcome = "error"
)

// Passed reports whether what was asked of the card is so.
func (o Outcome) Passed() bool { return o == Confirmed || o == Unverified }

// Verifier says which computer verified a Result.
type Verifier string

const (
	ByServer Verifier = "server" // the server itself, from evidence
	ByAgent  Verifier = "agent"  // the agent on the counter's PC: as good as that PC
)

// Message is how a verdict names the verifier.
func (v Verifier) Message() message.Message {
	if v == ByAgent {
		return message.New("card.by.agent", nil)
	}
	return message.New("card.by.server", nil)
}

// Result is what a card check says, with what it proves and what not. Its key is stable, e.g.
// card.birthdate_mismatch.
type Result struct {
	Outcome Outcome `json:"result"`
	message.Stored
	By        Verifier `json:"by"`
	Checks    []Check  `json:"checks"`
	Proves    []Claim  `json:"proves"`
	NotProven []Claim  `json:"notProven"`
}

// Check is one step with its result: "passed", "failed" or "not checked".
type Check struct {
	Name   string `json:"name"` // token, issuer, record, birthDate, presence, …
	Result string `json:"result"`
	message.Stored
}

// Claim is what a check proves or does not prove, by its key below card.claim. Records of versions before
// the catalogue hold the Japanese words instead, which are shown as they are.
type Claim string

// Text is the claim in a language.
func (c Claim) Text(lang string) string { return message.New(string(c), nil).Text(lang) }

// Claims are several claims in a language.
func Claims(all []Claim, lang string) []string {
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = c.Text(lang)
	}
	return texts
}

// ClaimKeys are the keys of several claims, in their order: "" for words of a version before the catalogue.
func ClaimKeys(all []Claim) []string {
	keys := make([]string, len(all))
	for i, c := range all {
		if _, known := message.Find(string(c)); known {
			keys[i] = string(c)
		}
	}
	return keys
}

// plan describes one operation: its steps in order, and the messages of its successful results.
type plan struct {
	by         Verifier
	steps      []Check
	confirmed  ending
	unverified ending
}

type ending struct {
	said      message.Message
	proves    []Claim
	notProven []Claim
}

// What checks prove or not (docs/facts/my-number-card.md).
const (
	claimPresent   Claim = "card.claim.present"
	claimBearer    Claim = "card.claim.bearer"
	claimGenuine   Claim = "card.claim.genuine"
	claimRight     Claim = "card.claim.right"
	claimBirthDate Claim = "card.claim.birth_date"
	claimPerson    Claim = "card.claim.this_person"
	claimAgent     Claim = "card.claim.agent"
	claimSameChip  Claim = "card.claim.same_chip"
)

// step is a step that was not looked at yet, told by a key below card.step.
func step(name, key string) Check {
	return Check{name, "not checked", message.Keep(message.New("card.step."+key, nil))}
}

var (
	stepToken     = step("token", "token")
	stepIssuer    = step("issuer", "issuer")
	stepRecord    = step("record", "record")
	stepNumberB   = step("numberB", "number_b")
	stepBirthDate = step("birthDate", "birth_date")
	stepPresence  = step("presence", "presence")
)

var birthDatePlan = &plan{
	by:    ByServer,
	steps: []Check{stepToken, stepIssuer, stepRecord, stepBirthDate, stepPresence},
	confirmed: ending{
		said:      message.New("card.confirmed", nil),
		proves:    []Claim{claimPresent, claimBirthDate},
		notProven: []Claim{"card.claim.name_address", claimBearer, claimRight},
	},
	unverified: ending{
		said:      message.New("card.unverified", nil),
		proves:    []Claim{claimBirthDate},
		notProven: []Claim{claimGenuine, "card.claim.name_address", claimBearer},
	},
}

// trial is one run through a plan.
type trial struct {
	plan   *plan
	passed map[string]bool
}

func (p *plan) begin() *trial { return &trial{p, map[string]bool{}} }

func (t *trial) pass(name string) { t.passed[name] = true }

func (t *trial) refuse(e *eligibility.Error, failed string) Result {
	return t.result(Refused, ending{said: e.Message(), notProven: []Claim{claimPerson}}, failed)
}

// succeed ends a run whose steps all passed: confirmed when issuer keys were configured, else unverified.
func (t *trial) succeed(keys bool) Result {
	if keys {
		return t.result(Confirmed, t.plan.confirmed, "")
	}
	return t.result(Unverified, t.plan.unverified, "")
}

// result lists the steps of the run: those that passed, the one that failed, the rest not checked.
func (t *trial) result(outcome Outcome, e ending, failed string) Result {
	r := Result{
		Outcome:   outcome,
		Stored:    message.Keep(e.said),
		By:        t.plan.by,
		Checks:    []Check{},
		Proves:    append([]Claim{}, e.proves...),
		NotProven: append([]Claim{}, e.notProven...),
	}
	for _, c := range t.plan.steps {
		switch {
		case t.passed[c.Name]:
			c.Result = "passed"
		case c.Name == failed:
			c.Result, c.Stored = "failed", message.Keep(e.said)
		}
		r.Checks = append(r.Checks, c)
	}
	return r
}

// faultResult is the Result of an error that ended a run before anything could be verified.
func (p *plan) faultResult(err error) Result {
	t := p.begin()
	var e *eligibility.Error
	if !errors.As(err, &e) {
		e = errAnswer
	}
	if e.Code == eligibility.Conflict {
		return t.refuse(e, failedStep(e))
	}
	return t.result(Failed, ending{said: e.Message(), notProven: []Claim{claimPerson}}, "")
}
