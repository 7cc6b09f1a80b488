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
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// checkCmd checks one card here and now.
type checkCmd struct {
	BirthDate  string        `required:"" placeholder:"DATE" help:"the date of birth to compare, as 1980-02-17, 昭和55年2月17日 or S55.2.17"`
	Reader     string        `placeholder:"NAME" help:"name of the reader to use (bridge readers lists them)"`
	Virtual    string        `placeholder:"FILE" help:"a virtual card (JSON) instead of a reader"`
	IssuerKeys string        `placeholder:"FILE" help:"the issuer's public keys that prove a card genuine: JSON or PEM, as described above"`
	TestKeys   bool          `help:"trust the public test key of virtual cards; only with --virtual or in demo mode"`
	Demo       bool          `env:"MADOGUCHI_DEMO" help:"demo mode: test keys are allowed with a reader too"`
	Wait       time.Duration `default:"0s" placeholder:"TIME" help:"wait so long for a card to be put on the reader, for example 30s (at most 10m)"`
	Timeout    time.Duration `default:"15s" placeholder:"TIME" help:"give the check up after this time, 1s to 60s"`
	settingsFile
}

// Help is printed by bridge check --help.
func (checkCmd) Help() string {
	return `Asks the card in the reader one question: was its holder born on this date? The chip answers without a PIN. One try of
its birth-date counter is used, and none when fewer than three are left.

Without --reader the remembered reader is used, else the first that holds a card. Without --issuer-keys a right answer is
"unverified": the date agrees, but nothing proves that the card is genuine. FILE is JSON

    [{"keyId": "16 bytes, hexadecimal or base64url", "n": "base64url", "e": "AQAB"}]

or PEM: PUBLIC KEY blocks, of which a header "Key-Id: hexadecimal" may name the id.

Standard output is one JSON object, whatever happens, wrong usage included:

    {"result": "confirmed | unverified | refused | error", "key": …, "reason": …, "reasonEn": …, "detail": …,
     "checks": [{"name": …, "result": "passed | failed | not checked", "reason": …, "reasonEn": …}],
     "proves": […], "notProven": […], "reader": …}

Exit codes:

    0  confirmed   the card is genuine, present, and its date of birth is this one
    3  unverified  the date agrees; no issuer keys, so the card is not proved genuine
    1  refused     another date of birth, not genuine, blocked, too few tries left, a phone, not a My Number card
    2  error       no reader, no card, the card was lifted, no answer in time, wrong usage

What no result proves: the holder's name and address, that the person holding the card is its holder (look at the face on
it), and any insurance.`
}

// The wrong usages that have a sentence of their own.
var (
	errUsage      = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.usage"}
	errUsageOther = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.usage_other"}
	errBoth       = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.reader_and_virtual"}
	errTestKeys   = &eligibility.Error{Code: eligibility.Denied, Key: "bridge.test_keys", Field: "--test-keys"}
	errTwoKeys    = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.two_keys"}
	errBorn       = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.birth_date", Field: "--birth-date"}
	errStopped    = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.stopped"}
	errTime       = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.time"}
)

// Run checks the card, prints the one object and exits with the code of its result.
func (c *checkCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return tell(c.check(ctx, time.Now()))
}

// check looks at everything that was asked before the card is touched.
func (c *checkCmd) check(ctx context.Context, now time.Time) answer {
	birth, keys, err := c.asked(now)
	if err != nil {
		return failed(err)
	}
	reader, err := c.reader(ctx)
	if err != nil {
		return failed(err)
	}
	short, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	a := question(short, reader, birth, keys)
	if ctx.Err() != nil && a.Result == card.Failed {
		a = failed(errStopped)
	}
	a.Virtual, a.TestKeys = c.Virtual != "", c.TestKeys
	return a
}

// asked reads the arguments.
func (c *checkCmd) asked(now time.Time) (eligibility.Date, card.IssuerKeys, error) {
	birth, err := eligibility.ReadDate(c.BirthDate)
	switch {
	case err != nil:
		return birth, nil, errBorn
	case birth.IsZero() || birth.Earliest().After(eligibility.DateOf(now)):
		return birth, nil, errBorn // a date yet to come would cost the card a try
	case c.Reader != "" && c.Virtual != "":
		return birth, nil, errBoth
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
		return virtual.TestIssuerKeys(), nil
	}
	if c.IssuerKeys == "" {
		return nil, nil
	}
	return readIssuerKeys(c.IssuerKeys)
}

// reader returns the virtual card, or the readers once a card lies there or Wait is over.
func (c *checkCmd) reader(ctx context.Context) (agent.Reader, error) {
	if c.Virtual != "" {
		return insert(c.Virtual)
	}
	choice, err := c.choice(c.Reader)
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

// question asks the card and judges what it answers. The challenge is 32 random bytes: no server takes part.
func question(ctx context.Context, reader agent.Reader, birth eligibility.Date, keys card.IssuerKeys) answer {
	connection, disconnect, err := reader.Connect(ctx)
	if err != nil {
		return failed(err)
	}
	defer disconnect()
	var challenge [32]byte
	_, _ = rand.Read(challenge[:]) // it never fails
	evidence, err := card.CheckBirthDate(ctx, card.Open(connection), birth, challenge)
	var a answer
	if err != nil {
		a = failed(err)
	} else {
		a = said(card.VerifyBirthDate(evidence, birth, challenge, keys))
	}
	if named, ok := connection.(interface{ Reader() string }); ok {
		a.Reader = named.Reader()
	}
	return a
}
