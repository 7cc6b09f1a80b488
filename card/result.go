package card

import (
	"errors"

	"madoguchi/eligibility"
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

// plan describes one operation: its steps in order, and the messages of its successful results.
type plan struct {
	by         Verifier
	steps      []Check
	confirmed  ending
	unverified ending
}

type ending struct {
	message   *eligibility.Error
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

func newStep(name, ja, en string) Check { return Check{name, "not checked", ja, en} }

var (
	stepToken     = newStep("token", "マイナンバーカードです", "It is a My Number card")
	stepIssuer    = newStep("issuer", "発行者の署名が正しいです", "The issuer's signature is right")
	stepRecord    = newStep("record", "カードの記録が書き換えられていません", "The card's record is unaltered")
	stepBirthDate = newStep("birthDate", "生年月日が画面と同じです", "The birth date is the screen's")
	stepPresence  = newStep("presence", "その場の問いかけに、このカードが答えました",
		"This card answered a question asked just now")
)

var birthDatePlan = &plan{
	by:    ByServer,
	steps: []Check{stepToken, stepIssuer, stepRecord, stepBirthDate, stepPresence},
	confirmed: ending{&eligibility.Error{Key: "card.confirmed",
		Ja: "本物のカードで、生年月日が画面と一致しました", En: "The card is genuine and its birth date is the screen's."},
		[]string{jaPresent, "カードの生年月日が画面と同じこと"},
		[]string{"氏名・住所", jaBearer, jaRight}},
	unverified: ending{&eligibility.Error{Key: "card.unverified",
		Ja: "生年月日は一致・カードの真正性は未確認", En: "The birth date agrees; whether the card is genuine was not verified."},
		[]string{"カードの生年月日が画面と同じこと"},
		[]string{jaGenuine, "氏名・住所", jaBearer}},
}

// trial is one run through a plan.
type trial struct {
	plan   *plan
	passed map[string]bool
}

func (p *plan) begin() *trial { return &trial{p, map[string]bool{}} }

func (t *trial) pass(name string) { t.passed[name] = true }

func (t *trial) refuse(e *eligibility.Error, failed string) Result {
	return t.result(Refused, ending{message: e, notProven: []string{"カードが画面の人のものであること"}}, failed)
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
	r := Result{Outcome: outcome, Key: e.message.Key, Ja: e.message.Ja, En: e.message.En, By: t.plan.by, Checks: []Check{},
		Proves: append([]string{}, e.proves...), NotProven: append([]string{}, e.notProven...)}
	for _, c := range t.plan.steps {
		switch {
		case t.passed[c.Name]:
			c.Result = "passed"
		case c.Name == failed:
			c.Result, c.Ja, c.En = "failed", e.message.Ja, e.message.En
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
	return t.result(Failed, ending{message: e, notProven: []string{"カードが画面の人のものであること"}}, "")
}
