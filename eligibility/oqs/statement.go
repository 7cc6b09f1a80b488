package oqs

import (
	"slices"

	"madoguchi/eligibility"
)

// Statement is what an answer says of itself before any of its items is compared: whether the eligibility is
// valid at all. It travels and is stored by its key; it holds no value of the file.
type Statement struct {
	Key            string
	Ja, En         string
	NextJa, NextEn string // what staff do
}

// Valid is the only statement that is no warning. It always stands alone: an answer that says anything else
// is not called valid.
const Valid = "oqs.valid"

// NotSaid stands for the statements of a program that compares items but does not look at the validity.
const NotSaid = "oqs.not_said"

const (
	lookJa = "資格確認端末の画面で、有効・無効と保険者を見てください。"
	lookEn = "Look at the terminal of online confirmation: valid or not, and which insurer."
	onceJa = "資格確認をやり直してから、もう一度くらべてください。同じなら" + lookJa
	onceEn = "Run the confirmation and compare again. If it stays: look at the terminal."
	nowJa  = "いまの保険を本人に聞き、新しい保険のお知らせか資格確認書を見せてもらってください。"
	nowEn  = "Ask for the present insurance and for its notice or certificate."
)

// statements are all of them, the gravest first.
var statements = slices.Concat(
	[]Statement{
		{"oqs.status_error", "オンライン資格確認の結果はエラーです。", "The online confirmation ended with an error.", onceJa, onceEn},
		{"oqs.status_unknown", "オンライン資格確認が成功したか、結果からわかりません。",
			"The answer does not say whether the online confirmation succeeded.", onceJa, onceEn},
	},
	meanings("oqs.validity_", "オンライン資格確認の結果は「", "」です。", "Online confirmation says: ", eligibility.Validities[1:]),
	[]Statement{
		{"oqs.validity_unknown", "資格が有効かどうか、オンライン資格確認の結果からわかりません。",
			"The online answer does not say whether the eligibility is valid.", lookJa, lookEn},
		{"oqs.no_result", "オンライン資格確認の結果に、資格が1件もありません。", "The online answer holds no eligibility.",
			"番号の写しまちがいを確かめ、照会し直してください。登録前なら申立書で受け付け、後で照会してください。",
			"Look for a slip in the number and look it up again. Before registration: take a written statement, look up later."},
		{"oqs.lost", "この資格は、今日はもうありません（資格喪失日が来ています）。",
			"This eligibility has ended: the day of loss has come.", nowJa, nowEn},
	},
	meanings("oqs.loss_", "オンライン資格確認の結果に、資格喪失の理由「", "」があります。", "Reason of loss in the online answer: ",
		eligibility.LossReasons[:]),
	[]Statement{
		{"oqs.loss_unknown", "オンライン資格確認の結果に、知られていない資格喪失の理由があります。",
			"The online answer holds a reason of loss that is not known here.", nowJa, nowEn},
		{"oqs.not_begun", "この資格は、まだ始まっていません（資格取得日が先の日です）。", "This eligibility has not begun yet.", nowJa, nowEn},
		{"oqs.other_insurer", "オンライン資格確認の結果に、画面の保険者の資格がありません。",
			"The online answer holds no eligibility of the screen's insurer.", nowJa, nowEn},
		{"oqs.second_insurer", "オンライン資格確認の結果に、ほかの保険者の資格もあります。",
			"The online answer also holds an eligibility of another insurer.",
			"どちらの保険がいま有効か、資格確認端末の画面と本人に確かめてください。",
			"Find out on the terminal and from the person which of them is valid now."},
		{"oqs.insurer_unknown", "オンライン資格確認の結果に、保険者番号を読み取れない資格があります。",
			"The online answer holds an eligibility whose insurer number cannot be read.", lookJa, lookEn},
		{"oqs.second_result", "オンライン資格確認の結果に、同じ保険者の資格がほかにもあります。",
			"The online answer holds more than one eligibility of this insurer.",
			"家族の資格か以前の資格か、資格確認端末の画面で確かめてください。",
			"See on the terminal whether it is a family member's or an earlier one."},
		{"oqs.other_answer", "同じ結果ファイルに、有効とされていない別の回答もあります。",
			"The same file holds another answer that is not valid.", lookJa, lookEn},
		{"oqs.other_day", "この結果は、今日の資格を確かめたものではありません。", "This answer is not about today.",
			"今日の日付で資格確認をやり直してから、もう一度くらべてください。", "Run the confirmation for today, then compare again."},
		{NotSaid, "資格が有効かどうかを、このリーダーのパソコンのプログラムは伝えられません。",
			"The program on the reader's computer cannot say whether the eligibility is valid.",
			lookJa + "プログラムの入れ替えを管理者に頼んでください。", lookEn + " Ask the administrator to update the program."},
		{Valid, "オンライン資格確認の結果は「有効」です。", "Online confirmation says: valid.",
			"項目のちがいがないか見てください。", "See whether the items differ."},
	})

func meanings(prefix, beforeJa, afterJa, beforeEn string, list []eligibility.ValidityMeaning) []Statement {
	var out []Statement
	for _, m := range list {
		out = append(out, Statement{prefix + m.Code, beforeJa + m.Ja + afterJa, beforeEn + m.En + ".", m.Next, m.NextEn})
	}
	return out
}

// StatementOf returns the statement of a key. One that is not known here, as of a newer program, is known to
// be a warning.
func StatementOf(key string) (s Statement, known bool) {
	for _, s := range statements {
		if s.Key == key {
			return s, true
		}
	}
	return Statement{key, "オンライン資格確認の結果に、このサーバーの知らない注意があります。",
		"The online answer holds a warning that this server does not know.", lookJa, lookEn}, false
}

// Place names one result of a file, by its answer; Result is -1 where an answer has none.
type Place struct{ Answer, Result int }

// Of returns the results of an insurer; of all insurers when it has none; and at least one place, as the
// file's first answer says something even without a result.
func (f *File) Of(insurer eligibility.InsurerNumber) []Place {
	var own, all []Place
	for a, answer := range f.Answers {
		for r, result := range answer.Results {
			all = append(all, Place{a, r})
			if insurer != "" && result.Insurer == insurer {
				own = append(own, Place{a, r})
			}
		}
	}
	switch {
	case len(own) > 0:
		return own
	case len(all) > 0:
		return all
	}
	return []Place{{0, -1}}
}

// Statements returns the keys of what the file says of the result at the place, and of what else it holds,
// for the screen's insurer and the day: the gravest first, or Valid alone. The day of loss is not covered any
// more (健康保険法 36条, 国民健康保険法 8条).
func (f *File) Statements(at Place, insurer eligibility.InsurerNumber, today eligibility.Date) []string {
	said := map[string]bool{}
	var answer Answer
	if at.Answer < len(f.Answers) {
		answer = f.Answers[at.Answer]
	}
	answer.say(said, at.Result)
	if at.Result >= 0 {
		answer.Results[at.Result].say(said, insurer, today)
	}
	for a, other := range f.Answers {
		if a != at.Answer && !other.fine() {
			said["oqs.other_answer"] = true
		}
		for r, result := range other.Results {
			switch {
			case a == at.Answer && r == at.Result:
			case result.Insurer == "":
				said["oqs.insurer_unknown"] = true
			case result.Insurer != insurer:
				said["oqs.second_insurer"] = true
			default:
				said["oqs.second_result"] = true
			}
		}
	}
	if !f.ConfirmedOn.IsZero() && f.ConfirmedOn != today {
		said["oqs.other_day"] = true
	}
	if len(said) == 0 {
		return []string{Valid}
	}
	var keys []string
	for _, s := range statements {
		if said[s.Key] {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// say notes what the answer says of itself and of its result, which may have a state of its own.
func (a Answer) say(said map[string]bool, result int) {
	switch a.Status {
	case "1":
	case "2":
		said["oqs.status_error"] = true
	default:
		said["oqs.status_unknown"] = true
	}
	states := []eligibility.Validity{a.Validity}
	if result < 0 {
		said["oqs.no_result"] = true
	} else if own := a.Results[result].ValidityOfSelf; own != "" {
		if a.Validity == "" {
			states = nil
		}
		states = append(states, own)
	}
	for _, v := range states {
		switch _, known := v.MeaningOf(); {
		case v == "1":
		case known:
			said["oqs.validity_"+string(v)] = true
		default:
			said["oqs.validity_unknown"] = true
		}
	}
}

// fine reports whether nothing speaks against any result of the answer.
func (a Answer) fine() bool {
	said := map[string]bool{}
	if len(a.Results) == 0 {
		a.say(said, -1)
	}
	for r := range a.Results {
		a.say(said, r)
	}
	return len(said) == 0
}

func (r Result) say(said map[string]bool, insurer eligibility.InsurerNumber, today eligibility.Date) {
	lost := !r.LostOn.IsZero() && !today.Before(r.LostOn)
	if lost {
		said["oqs.lost"] = true
	}
	if r.LossReason != "" && (lost || r.LostOn.IsZero()) {
		if _, known := eligibility.LossReason(r.LossReason); known {
			said["oqs.loss_"+r.LossReason] = true
		} else {
			said["oqs.loss_unknown"] = true
		}
	}
	if today.Before(r.QualifiedOn) {
		said["oqs.not_begun"] = true
	}
	switch {
	case r.Insurer == "":
		said["oqs.insurer_unknown"] = true
	case r.Insurer != insurer:
		said["oqs.other_insurer"] = true
	}
}
