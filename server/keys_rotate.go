package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/keys"
)

// keysRotateCmd takes each insurer one step further: it publishes a next key when there is none, and lets it sign once it
// has been published for 24 hours. Too early it changes nothing and says when to come back, so it may run at any time.
type keysRotateCmd struct {
	Insurer   string `help:"保険者番号; all of the folder by default, with --leaked compulsory (or the word all)"`
	OlderThan int    `name:"older-than" placeholder:"DAYS" help:"let the next key sign only when the current one has signed for so many days: for a nightly job"`
	Lost      bool   `xor:"why" help:"the current private key is lost: replace it at once, keep its public half published"`
	Leaked    bool   `xor:"why" help:"the current private key leaked: replace it at once and publish it no more; copies (PDF) by it are void"`
	KID       string `name:"kid" help:"with --leaked: withdraw only this next or retired key"`
}

// Run rotates.
func (c *keysRotateCmd) Run(s *Settings) error {
	if c.Leaked && c.Insurer == "" {
		return usage(errLeakedWhose)
	}
	if c.OlderThan < 0 {
		return usage(errOlderThan)
	}
	if c.KID != "" && (!c.Leaked || c.Insurer == "all") {
		return usage(errKIDAlone)
	}
	f, err := openKeys(s)
	if err != nil {
		return err
	}
	insurers, err := chosen(f, c.Insurer)
	if err != nil {
		return err
	}
	refused := false
	for _, insurer := range insurers {
		did, err := c.step(f, insurer, clock())
		if err != nil {
			refused = true
			fmt.Fprintf(os.Stderr, "%s:\n", insurer)
			complain(err)
			continue
		}
		fmt.Printf("%s  %s\n", insurer, did)
	}
	if refused {
		return exit(exitSome)
	}
	return nil
}

// step does what is possible for one insurer now and says it in one line.
func (c *keysRotateCmd) step(f *keys.Folder, insurer eligibility.InsurerNumber, now time.Time) (string, error) {
	switch {
	case c.KID != "":
		return "漏れた鍵を取り下げました。この鍵が保証していた鍵のため、信頼リストを作り直して配ってください。 The leaked key is published no more. Sign and hand out a newer trust list for the keys that it had vouched for.",
			f.Withdraw(insurer, c.KID, now)
	case c.Leaked:
		e, err := f.Replace(insurer, keys.Leaked, now)
		return fmt.Sprintf("漏れた鍵を取り下げ、%[1]s で署名を始めました。それまでの写し（PDF）は作り直してください。漏れた鍵は新しい鍵を保証できません。信頼リストを作り直して、すぐ配ってください。届くまで受付は新しい画面を断ります。 "+
			"The leaked key is withdrawn; %[1]s signs. Earlier copies (PDF) must be made anew. A leaked key cannot vouch for the new one: sign and hand out a newer trust list now; until then counters refuse new screens.", e.File), err
	case c.Lost:
		e, err := f.Replace(insurer, keys.Lost, now)
		if errors.Is(err, keys.ErrNotLost) {
			return "鍵はなくなっていません。何も変えていません。 The key is not lost; nothing was changed.", nil
		}
		return fmt.Sprintf("なくした鍵に替えて %[1]s で署名を始めました。発行済みの写し（PDF）はそのまま使えます。なくした鍵は新しい鍵を保証できません。信頼リストを作り直して配ってください（先に公開していた次の鍵に替わったときは、受付はもう知っています）。 "+
			"%[1]s signs in place of the lost key. Copies (PDF) stay good. A lost key cannot vouch for a new one: sign and hand out a newer trust list (counters know it already if it was the published next key).", e.File), err
	}
	return c.routine(f, insurer, now)
}

// routine is the step without an emergency.
func (c *keysRotateCmd) routine(f *keys.Folder, insurer eligibility.InsurerNumber, now time.Time) (string, error) {
	k, err := f.Issuer(insurer, now) // a lost current key is said first
	if err != nil {
		return "", err
	}
	next, err := f.Prepare(insurer, now)
	if err != nil {
		return "", err
	}
	due := next.Published.Add(keys.PublishedBefore)
	if c.OlderThan > 0 {
		listed, err := f.List(insurer, now)
		if err != nil {
			return "", err
		}
		for _, e := range listed {
			if old := e.Signs.AddDate(0, 0, c.OlderThan); e.JWK.ID == k.Current.ID && old.After(due) {
				due = old
			}
		}
	}
	switch _, known := k.Set.Find(next.JWK.ID); {
	case !known:
		return fmt.Sprintf("次の鍵 %[1]s を公開しました。%[2]s から切り替えられます。 Published the next key %[1]s; it may sign from %[2]s JST.", next.File, japan(due)), nil
	case now.Before(due):
		return fmt.Sprintf("次の鍵 %[1]s は公開中です。%[2]s から切り替えられます。 The next key %[1]s is published; it may sign from %[2]s JST.", next.File, japan(due)), nil
	}
	if _, err := f.Rotate(insurer, now); err != nil {
		return "", err
	}
	return fmt.Sprintf("%[1]s で署名を始めました。前の鍵は %[2]s まで公開します。次の切り替えはいつでも用意できます。 %[1]s signs now; the key before stays published until %[2]s JST. The next rotation may be prepared at any time.",
		next.File, japan(now.Add(keys.KeptAfter))), nil
}
