//go:build !nodemo

package load

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"madoguchi/credential"
)

// patient is what somebody at a counter shows, and what the server must say of it.
type patient struct {
	name     string // of the kind, for reports
	text     string // of the code
	proof    string // the second code; empty: none is asked for
	problem  string // the answer's type ends with it: no case is opened
	headline string // of the verdict, at last
	card     string // what a card check must end with; empty: no card is asked
	other    bool   // the card in the reader is somebody else's
}

// Headlines of verdicts, by their keys in the catalogue.
const (
	genuine  = "verdict.headline.genuine"
	forged   = "verdict.headline.unverifiable"
	tooOld   = "verdict.headline.too_old"
	wantsTwo = "verdict.headline.scan_second"
)

// oldAfter is when a live screen is too old, with every leeway: its life is 120 s.
const oldAfter = 3 * time.Minute

// shares are how often each kind comes, of 1,000. Most patients show what they should; the rest are there so
// that a server that says yes to everything is found out.
var shares = []struct {
	of   int
	make func(*phone) (patient, error)
}{
	{850, (*phone).showsLive},
	{50, (*phone).showsOffline},
	{25, (*phone).showsWithOtherCard},
	{25, (*phone).showsAltered},
	{20, (*phone).showsOtherSignature},
	{20, (*phone).showsStrangersKey},
	{10, (*phone).showsNoCode},
}

// comes is the next patient: at first one of each kind, so that none is left out of a short load.
func (p *phone) comes() (patient, error) {
	if n := int(p.run.came.Add(1)); n <= len(shares) {
		return shares[n-1].make(p)
	}
	at := int(p.run.chance() * 1000)
	for _, s := range shares {
		if at -= s.of; at < 0 {
			return s.make(p)
		}
	}
	return p.showsLive()
}

// showsLive is a live screen; now and then the first one, when that is old.
func (p *phone) showsLive() (patient, error) {
	live, _, _, first := p.screens()
	if p.run.Now().Sub(first.at) > oldAfter && p.run.chance() < 0.03 {
		return patient{name: "old", text: credential.NumericQR(first.jws), headline: tooOld}, nil
	}
	return patient{
		name:     "live",
		text:     credential.NumericQR(live),
		headline: genuine,
		card:     "confirmed",
	}, nil
}

func (p *phone) showsOffline() (patient, error) {
	_, _, offline, _ := p.screens()
	proof, err := p.secondCode(offline)
	return patient{
		name:     "offline",
		text:     credential.NumericQR(offline),
		proof:    proof,
		headline: genuine,
		card:     "confirmed",
	}, err
}

// showsWithOtherCard is a genuine screen with somebody else's card.
func (p *phone) showsWithOtherCard() (patient, error) {
	live, _, _, _ := p.screens()
	return patient{
		name:     "other card",
		text:     credential.NumericQR(live),
		headline: genuine,
		card:     "refused",
		other:    true,
	}, nil
}

// showsAltered is a screen whose birth date somebody changed.
func (p *phone) showsAltered() (patient, error) {
	live, _, _, _ := p.screens()
	text, err := altered(live)
	return patient{name: "altered", text: credential.NumericQR(text), headline: forged}, err
}

// showsOtherSignature is a screen with the signature of another one.
func (p *phone) showsOtherSignature() (patient, error) {
	live, before, _, _ := p.screens()
	i, j := strings.LastIndexByte(live, '.'), strings.LastIndexByte(before, '.')
	if before == "" || live[:i] == before[:j] { // there is none yet
		return p.showsAltered()
	}
	text := live[:i] + before[j:]
	return patient{name: "other signature", text: credential.NumericQR(text), headline: forged}, nil
}

// showsStrangersKey is a screen that somebody else signed.
func (p *phone) showsStrangersKey() (patient, error) {
	live, _, _, _ := p.screens()
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return patient{}, err
	}
	key, err := credential.NewKey(made)
	if err != nil {
		return patient{}, err
	}
	input := live[:strings.LastIndexByte(live, '.')]
	signature, err := key.Sign(input)
	text := credential.NumericQR(input + "." + signature)
	return patient{name: "stranger's key", text: text, headline: forged}, err
}

func (p *phone) showsNoCode() (patient, error) {
	return patient{name: "no code", text: "ABCD234", problem: "scan.unreadable"}, nil
}

var birthDay = regexp.MustCompile(`("birthDate":"\d{4}-\d\d-)\d\d"`)

// altered is a screen with another day of birth and the signature that it had.
func altered(jws string) (string, error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return "", fmt.Errorf("load: a JWS of %d parts", len(parts))
	}
	packed, err := b64.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return "", err
	}
	other := birthDay.ReplaceAll(content, []byte(`${1}28"`)) // nobody of the crowd was born on a 28th
	if bytes.Equal(other, content) {
		return "", fmt.Errorf("load: a screen without a birth date")
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(other); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return parts[0] + "." + b64.EncodeToString(b.Bytes()) + "." + parts[2], nil
}
