package card

import (
	"errors"

	"madoguchi/eligibility"
)

// Outcome is how a check ended.
type Outcome string

const (
	Confirmed  Outcome = "confirmed"  // genuine and present, and what was asked is so
	Unverified Outcome = "unverified" // what was asked is so; no issuer keys are configured to prove the card genuine
	Refused    Outcome = "refused"    // not genuine, not this person's, or not a card that can be asked
	Failed     Outcome = "error"      // reader or card did not answer: try again
)

// Passed reports whether what was asked of the card is so.
func (o Outcome) Passed() bool { return o == Confirmed || o == Unverified }

// Verifier says which computer verified a Result.
type Verifier string

const (
	ByServer Verifier = "server" // the server itself, from evidence
	ByAgent  Verifier = "agent"  // the agent on the counter's PC: as good as that PC
)

// Japanese returns how a verdict names the verifier.
func (v Verifier) Japanese() string {
	if v == ByAgent {
		return "このPCのエージェントが確認"
	}
	return "サーバーが確認"
}

// Result is what a card check says, with what it proves and what not.
type Result struct {
	Outcome   Outcome  `json:"result"`
	Key       string   `json:"key"` // stable, e.g. card.birthdate_mismatch
	Ja        string   `json:"ja"`
	En        string   `json:"en"`
	By        Verifier `json:"by"`
	Checks    []Check  `json:"checks"`
	Proves    []string `json:"proves"`
	NotProven []string `json:"notProven"`
}

// Check is one step with its result: "passed", "failed" or "not checked".
type Check struct {
	Name   string `json:"name"` // token, issuer, record, birthDate, presence, …
	Result string `json:"result"`
	Ja     string `json:"ja"`
	En     string `json:"en"`
}

// plan is the course of one operation: its steps in order, and what its good ends say.
type plan struct {
	by         Verifier
	steps      []Check
	confirmed  ending
	unverified ending
}

type ending struct {
	said      *eligibility.Error
	proves    []string
	notProven []string
}

// Sentences that several plans share.
const (
	jaPresent = "本物のマイナンバーカードがここにあること"
	jaBearer  = "カードを持ってきた人が本人であること（顔写真を見てください）"
	jaGenuine = "カードが本物であること（発行者の鍵が設定されていません）"
	jaRight   = "健康保険の資格"
)

func step(name, ja, en string) Check { return Check{name, "not checked", ja, en} }

var (
	stepToken     = step("token", "マイナンバーカードです", "It is a My Number card")
	stepIssuer    = step("issuer", "発行者の署名が正しいです", "The issuer's signature is right")
	stepRecord    = step("record", "カードの記録が書き換えられていません", "The card's record is unaltered")
	stepBirthDate = step("birthDate", "生年月日が画面と同じです", "The birth date is the screen's")
	stepPresence  = step("presence", "その場の問いかけに、このカードが答えました", "This card answered a question asked just now")
)

var birthDatePlan = &plan{
	by:    ByServer,
	steps: []Check{stepToken, stepIssuer, stepRecord, stepBirthDate, stepPresence},
	confirmed: ending{&eligibility.Error{Key: "card.confirmed"},
		[]string{jaPresent, "カードの生年月日が画面と同じこと"},
		[]string{"氏名・住所", jaBearer, jaRight}},
	unverified: ending{&eligibility.Error{Key: "card.unverified"},
		[]string{"カードの生年月日が画面と同じこと"},
		[]string{jaGenuine, "氏名・住所", jaBearer}},
}

// trial is one run through a plan.
type trial struct {
	plan   *plan
	passed map[string]bool
}

func (p *plan) start() *trial { return &trial{p, map[string]bool{}} }

func (t *trial) pass(name string) { t.passed[name] = true }

func (t *trial) refuse(e *eligibility.Error, failed string) Result {
	return t.result(Refused, ending{said: e, notProven: []string{"カードが画面の人のものであること"}}, failed)
}

// end is the good end: confirmed when issuer keys stood behind it.
func (t *trial) end(keys bool) Result {
	if keys {
		return t.result(Confirmed, t.plan.confirmed, "")
	}
	return t.result(Unverified, t.plan.unverified, "")
}

// result says how far the run went: passed steps, the step that failed, the rest not checked.
func (t *trial) result(outcome Outcome, e ending, failed string) Result {
	r := Result{Outcome: outcome, Key: e.said.Key, Ja: e.said.Ja(), En: e.said.En(), By: t.plan.by, Checks: []Check{},
		Proves: append([]string{}, e.proves...), NotProven: append([]string{}, e.notProven...)}
	for _, c := range t.plan.steps {
		switch {
		case t.passed[c.Name]:
			c.Result = "passed"
		case c.Name == failed:
			c.Result, c.Ja, c.En = "failed", e.said.Ja(), e.said.En()
		}
		r.Checks = append(r.Checks, c)
	}
	return r
}

// fault is the Result of an error that ended a run before anything could be verified.
func (p *plan) fault(err error) Result {
	t := p.start()
	var e *eligibility.Error
	if !errors.As(err, &e) {
		e = errAnswer
	}
	if e.Code == eligibility.Conflict {
		return t.refuse(e, refusedAt(e))
	}
	return t.result(Failed, ending{said: e, notProven: []string{"カードが画面の人のものであること"}}, "")
}
