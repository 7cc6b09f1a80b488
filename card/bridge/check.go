package main

import (
	"context"
	"crypto/rand"
	"os"
	"os/signal"
	"time"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/pcsc"
	"madoguchi/eligibility"
)

// checkCmd checks one card here and now.
type checkCmd struct {
	BirthDate  string `required:"" placeholder:"DATE" help:"${check_birth_date}"`
	Reader     string `placeholder:"NAME" help:"name of the reader to use (see bridge readers)"`
	Virtual    string `placeholder:"FILE" help:"use a virtual card (JSON) instead of a reader"`
	IssuerKeys string `placeholder:"FILE" help:"${check_issuer_keys}"`
	TestKeys   bool   `help:"trust the test key of virtual cards; only with --virtual or in demo mode"`
	Demo       bool   `env:"MADOGUCHI_DEMO" help:"demo mode: test keys are allowed with a reader too"`

	Wait    time.Duration `default:"0s" placeholder:"TIME" help:"${check_wait}"`
	Timeout time.Duration `default:"15s" placeholder:"TIME" help:"end the check after this time, 1s to 60s"`
	settingsFile
}

// Help is printed by bridge check --help.
func (checkCmd) Help() string {
	return `Asks the card in the reader one question: was its holder born on this date? The chip answers
without a PIN. The check uses one try of the card's birth-date counter, and none when fewer than
three are left.

Without --reader the remembered reader is used, else the first one that holds a card. Without
--issuer-keys a correct answer is "unverified": the date agrees, but nothing proves that the card
is genuine. FILE is JSON

    [{"keyId": "16 bytes, hexadecimal or base64url", "n": "base64url", "e": "AQAB"}]

or PEM: PUBLIC KEY blocks, in which a header "Key-Id: hexadecimal" may give the id.

Standard output is always one JSON object, also after wrong usage:

    {"result": "confirmed | unverified | refused | error", "key": …, "reason": …, "reasonEn": …,
     "detail": …, "checks": [{"name": …, "result": "passed | failed | not checked", "reason": …,
     "reasonEn": …}], "proves": […], "notProven": […], "provesKeys": […],
     "notProvenKeys": […], "reader": …}

Exit codes:

    0  confirmed   the card is genuine, present, and its date of birth is this one
    3  unverified  the date agrees; no issuer keys, so the card is not proved genuine
    1  refused     another date of birth, not genuine, blocked, too few tries left, a phone,
                   not a My Number card
    2  error       no reader, no card, the card was removed, no answer in time, wrong usage

No result proves the holder's name and address, that the person holding the card is its holder
(compare the face on it), or any insurance.`
}

// The wrong usages that have a sentence of their own.
var (
	errUsage      = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.usage"}
	errUsageOther = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.usage_other"}
	errBoth       = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.reader_and_virtual"}
	errTestKeys   = &eligibility.Error{
		Code:  eligibility.Denied,
		Key:   "bridge.test_keys",
		Field: "--test-keys",
	}
	errTwoKeys = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.two_keys"}
	errBorn    = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "bridge.birth_date",
		Field: "--birth-date",
	}
	errStopped = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.stopped"}
	errTime    = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.time"}
)

// Run checks the card, prints the one object and exits with the code of its result.
func (c *checkCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return printAnswer(c.check(ctx, time.Now()))
}

// check looks at everything that was asked before the card is touched.
func (c *checkCmd) check(ctx context.Context, now time.Time) answerJSON {
	birth, keys, err := c.arguments(now)
	if err != nil {
		return errorAnswer(err)
	}
	reader, err := c.reader(ctx)
	if err != nil {
		return errorAnswer(err)
	}
	short, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	a := askCard(short, reader, birth, keys)
	if ctx.Err() != nil && a.Result == card.Failed {
		a = errorAnswer(errStopped)
	}
	a.Virtual, a.TestKeys = c.Virtual != "", c.TestKeys
	return a
}

// arguments checks the flags and reads what they name.
func (c *checkCmd) arguments(now time.Time) (eligibility.Date, card.IssuerKeys, error) {
	birth, err := eligibility.ReadDate(c.BirthDate)
	switch {
	case err != nil:
		return birth, nil, errBorn
	case birth.IsZero() || birth.Earliest().After(eligibility.DateOf(now)):
		return birth, nil, errBorn // a date yet to come would cost the card a try
	case c.Reader != "" && c.Virtual != "":
		return birth, nil, errBoth
	case c.Virtual != "" && !demoBuilt:
		return birth, nil, errNoVirtual
	case c.TestKeys && c.IssuerKeys != "":
		return birth, nil, errTwoKeys
	case c.TestKeys && c.Virtual == "" && !(c.Demo && demoBuilt):
		return birth, nil, errTestKeys
	case c.Timeout < time.Second || c.Timeout > time.Minute || c.Wait < 0 || c.Wait > 10*time.Minute:
		return birth, nil, errTime
	}
	if _, err := card.BirthDateKey(birth); err != nil { // partly unknown: refused before the card is touched
		return birth, nil, err
	}
	keys, err := c.keys()
	return birth, keys, err
}

func (c *checkCmd) keys() (card.IssuerKeys, error) {
	if c.TestKeys {
		return testIssuerKeys(), nil
	}
	if c.IssuerKeys == "" {
		return nil, nil
	}
	return readIssuerKeys(c.IssuerKeys)
}

// reader returns the virtual card, or the readers once a card lies there or Wait is over.
func (c *checkCmd) reader(ctx context.Context) (agent.Reader, error) {
	if c.Virtual != "" {
		return loadVirtualCard(c.Virtual)
	}
	choice, err := c.readerChoice(c.Reader)
	if err != nil {
		return nil, err
	}
	readers := pcsc.New(choice)
	if c.Wait > 0 {
		ctx, cancel := context.WithTimeout(ctx, c.Wait)
		defer cancel()
		readers.Watch(ctx, func(seen pcsc.Seen) {
			if _, err := pcsc.Choose(seen.Slots, choice); err == nil {
				cancel()
			}
		})
	}
	return readers, nil
}

// askCard asks the card and judges what it answers. The challenge is 32 random bytes: no server takes part.
func askCard(
	ctx context.Context, reader agent.Reader, birth eligibility.Date, keys card.IssuerKeys,
) answerJSON {
	connection, disconnect, err := reader.Connect(ctx)
	if err != nil {
		return errorAnswer(err)
	}
	defer disconnect()
	var challenge [32]byte
	_, _ = rand.Read(challenge[:]) // it never fails
	evidence, err := card.CheckBirthDate(ctx, card.Open(connection), birth, challenge)
	var a answerJSON
	if err != nil {
		a = errorAnswer(err)
	} else {
		a = answerOf(card.VerifyBirthDate(evidence, birth, challenge, keys))
	}
	if named, ok := connection.(interface{ Reader() string }); ok {
		a.Reader = named.Reader()
	}
	return a
}
