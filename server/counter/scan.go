package counter

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"madoguchi/credential"
	"madoguchi/server/pdfcode"
	"madoguchi/server/staff"
	"madoguchi/server/trust"
)

// Open starts a case with what was scanned, pasted or typed: it verifies offline against the trust list and
// stores the verdict. An online code is looked up first, at the insurers of the trust list.
func (c *Service) Open(ctx context.Context, reception staff.Reception, text string) (CaseView, error) {
	facility, err := c.FacilityOf(ctx, reception)
	if err != nil {
		return CaseView{}, err
	}
	shown, err := c.readShown(ctx, facility, text)
	if err != nil {
		return CaseView{}, err
	}
	return c.openShown(ctx, reception, shown)
}

// shownScreen is what a patient shows, with what it is worth.
type shownScreen struct {
	jws     string
	verdict credential.Verdict
}

// readShown reads and verifies a screen, or looks the one of an online code up.
func (c *Service) readShown(ctx context.Context, by Facility, text string) (shownScreen, error) {
	believed, err := c.Believed()
	if err != nil {
		return shownScreen{}, err
	}
	jws, err := credential.Read(text)
	if err != nil {
		code, none := credential.ReadOnlineCode(text)
		switch {
		case noticeAddress.MatchString(strings.TrimSpace(text)):
			return shownScreen{}, errNotice // its code is a secret: nothing quotes it
		case errors.Is(err, credential.ErrIncomplete), errors.Is(none, credential.ErrOnlineIncomplete):
			return shownScreen{}, errIncomplete.Because(err)
		case none != nil && typedAsKana(text):
			return shownScreen{}, errKana.Because(err)
		case none != nil:
			return shownScreen{}, errUnreadable.Because(err)
		}
		if jws, err = c.lookUp(ctx, codeQuestion{by, believed, code}); err != nil {
			return shownScreen{}, err
		}
	} else if credential.LooksLikeProof(jws) {
		return shownScreen{}, errProofFirst
	}
	verdict, err := c.verifyScreen(ctx, believed, jws)
	if err != nil {
		return shownScreen{}, err
	}
	if verdict.Damaged() {
		return shownScreen{}, errIncomplete // nothing to judge: it is scanned again
	}
	return shownScreen{jws, c.withMeasuredClock(ctx, believed, jws, verdict)}, nil
}

// noticeAddress is what the code of a paper notice holds, of whatever insurer; keyboard layouts exchange its
// signs.
var noticeAddress = regexp.MustCompile(`(?i)^https?[^0-9a-z]+[0-9a-z].*[^0-9a-z]n[^0-9a-z][0-9a-z]{16}$`)

// typedAsKana reports whether an input method got between a reader and the page: kana beside what it makes of
// an address's signs and single consonants (ｈっｔｐｓ：・・). Words alone are something else.
func typedAsKana(text string) bool {
	isKana := func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }
	isWide := func(r rune) bool { return r == '・' || r >= '０' && r <= 'ｚ' }
	return strings.ContainsFunc(text, isKana) && strings.ContainsFunc(text, isWide)
}

// verifyScreen checks a screen; where its key is not known, its issuer is asked for newer ones first.
func (c *Service) verifyScreen(
	ctx context.Context, believed trust.Beliefs, jws string,
) (credential.Verdict, error) {
	verdict := believed.Verifier(c.Now()).Verify(jws)
	claimed, unknown := verdict.UnknownKey()
	if !unknown || c.RefreshKeys == nil || !c.RefreshKeys(ctx, claimed) {
		return verdict, nil
	}
	believed, err := c.Believed()
	if err != nil {
		return credential.Verdict{}, err
	}
	return believed.Verifier(c.Now()).Verify(jws), nil
}

func openingOutcome(v credential.Verdict) string {
	switch {
	case v.Valid:
		return "genuine"
	case v.AwaitsProof():
		return "awaits proof"
	}
	return "refused"
}

// Prove adds the second code to an open case whose screen lives without network.
func (c *Service) Prove(ctx context.Context, reception staff.Reception, id, text string) (CaseView, error) {
	believed, err := c.Believed()
	if err != nil {
		return CaseView{}, err
	}
	if read, err := credential.Read(text); err == nil {
		text = read // else the Verdict says what it is
	}
	return c.cases().edit(ctx, reception, caseChange{id, "case.proof", func(view *CaseView) (string, error) {
		if err := view.takesProof(); err != nil {
			return "", err
		}
		verifier := believed.Verifier(c.Now())
		fresh := verifier.Verify(view.JWS) // the day may have ended since the first code was read
		view.Verdict = pdfcode.Carry(view.Verdict, fresh.Prove(text, view.JWS, verifier, view.Nonce))
		view.Visual = nil // what was compared before was no verified screen
		if view.Verdict.Valid {
			view.Nonce = "" // answered once
		}
		return openingOutcome(view.Verdict), nil
	}})
}

// Challenge gives an open case a number of four digits that the patient's phone must answer: a defence
// against a proof that was recorded before. It does not stop somebody who relays the number to the phone at
// once.
func (c *Service) Challenge(ctx context.Context, reception staff.Reception, id string) (CaseView, error) {
	what := caseChange{id, "case.challenge", func(view *CaseView) (string, error) {
		if err := view.takesProof(); err != nil {
			return "", err
		}
		var b [2]byte
		rand.Read(b[:])
		view.Nonce = fmt.Sprintf("%04d", binary.BigEndian.Uint16(b[:])%10000)
		return "", nil
	}}
	return c.cases().edit(ctx, reception, what)
}

// takesProof returns nil where a second code can be read: of a screen that lives without network, while its
// credential is kept.
func (b *CaseView) takesProof() error {
	switch {
	case b.Verdict.Tier != credential.TierOffline || b.Verdict.Eligibility == nil:
		return errNoProofNeeded
	case b.JWS == "":
		return errScanAgain
	}
	return nil
}
