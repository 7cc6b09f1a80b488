package keys

import (
	"errors"
	"fmt"
	"time"

	"madoguchi/eligibility"
)

// StepCause says why a key is replaced; the zero value is the routine: publish a next key, or let it sign
// once it has been published for PublishedBefore.
type StepCause struct {
	Lost      bool   // the current private key is lost
	Leaked    bool   // the current private key leaked
	KID       string // with Leaked: withdraw only this next or retired key
	OlderThan int    // routine: let the next key sign only when the current one has signed for so many days
}

// Step does what is possible for one insurer now and says it in one line, in Japanese and English.
func (o *Rotation) Step(insurer eligibility.InsurerNumber, c StepCause, now time.Time) (string, error) {
	switch {
	case c.KID != "":
		return "漏れた鍵を取り下げました。" +
				"この鍵が保証していた鍵のため、信頼リストを作り直して配ってください。 The leaked key is " +
				"published no more. Sign and hand out a newer trust list for the keys that it had " +
				"vouched for.",
			o.Withdraw(
				insurer,
				c.KID,
				now,
			)
	case c.Leaked:
		e, err := o.Replace(insurer, Leaked, now)
		return fmt.Sprintf(
			"漏れた鍵を取り下げ、%[1]s で署名を始めました。"+
				"それまでの写し（PDF）は作り直してください。漏れた鍵は新しい鍵を保証できません。"+
				"信頼リストを作り直して、すぐ配ってください。届くまで受付は新しい画面を断ります。 "+
				"The leaked key is withdrawn; %[1]s signs. Earlier copies (PDF) must be made anew. A "+
				"leaked key cannot vouch for the new one: sign and hand out a newer trust list now; "+
				"until then counters refuse new screens.",
			e.File,
		), err
	case c.Lost:
		e, err := o.Replace(insurer, Lost, now)
		if errors.Is(err, ErrNotLost) {
			return "鍵はなくなっていません。何も変えていません。 The key is not lost; nothing was changed.", nil
		}
		return fmt.Sprintf(
			"なくした鍵に替えて %[1]s で署名を始めました。発行済みの写し（PDF）はそのまま使えます。"+
				"なくした鍵は新しい鍵を保証できません。"+
				"信頼リストを作り直して配ってください（先に公開していた次の鍵に替わったときは、受付はもう知っています）。"+
				" "+
				"%[1]s signs in place of the lost key. Copies (PDF) stay good. A lost key cannot vouch "+
				"for a new one: sign and hand out a newer trust list (counters know it already if it was "+
				"the published next key).",
			e.File,
		), err
	}
	return o.routine(insurer, c.OlderThan, now)
}

// routine is the step without an emergency.
func (o *Rotation) routine(insurer eligibility.InsurerNumber, olderThan int, now time.Time) (string, error) {
	k, err := o.rings.Issuer(insurer, now) // a lost current key is said first
	if err != nil {
		return "", err
	}
	next, err := o.Prepare(insurer, now)
	if err != nil {
		return "", err
	}
	due := next.Published.Add(PublishedBefore)
	if olderThan > 0 {
		listed, err := o.rings.List(insurer, now)
		if err != nil {
			return "", err
		}
		for _, e := range listed {
			if old := e.Signs.AddDate(0, 0, olderThan); e.JWK.ID == k.Current.ID && old.After(due) {
				due = old
			}
		}
	}
	switch _, known := k.Set.Find(next.JWK.ID); {
	case !known:
		return fmt.Sprintf(
			"次の鍵 %[1]s を公開しました。%[2]s から切り替えられます。 Published the next key %[1]s; "+
				"it may sign from %[2]s JST.",
			next.File,
			Japan(due),
		), nil
	case now.Before(due):
		return fmt.Sprintf(
			"次の鍵 %[1]s は公開中です。%[2]s から切り替えられます。 The next key %[1]s is "+
				"published; it may sign from %[2]s JST.",
			next.File,
			Japan(due),
		), nil
	}
	if _, err := o.Rotate(insurer, now); err != nil {
		return "", err
	}
	return fmt.Sprintf(
		"%[1]s で署名を始めました。前の鍵は %[2]s まで公開します。"+
			"次の切り替えはいつでも用意できます。 %[1]s signs now; the key before stays published "+
			"until %[2]s JST. The next rotation may be prepared at any time.",
		next.File,
		Japan(now.Add(KeptAfter)),
	), nil
}

// Japan formats a time for people at the keyboard.
func Japan(t time.Time) string { return t.In(eligibility.Japan).Format("2006-01-02 15:04") }
