package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"madoguchi/eligibility"
)

// userClaims are the claims of userinfo that are read. Others, such as gender (1 or 2 at デジタル認証サービス) and
// address (a text, or an object by OpenID Connect Core 5.1.1), may come in any form: nobody here needs them.
type userClaims struct {
	Name      string `json:"name"`
	BirthDate string `json:"birthdate"`

	// of a signed answer (OpenID Connect Core 5.3.2)
	Issuer   *string         `json:"iss"`
	Audience json.RawMessage `json:"aud"`
}

// readIdentity reads userinfo, plain JSON or a signed token whose signature go-oidc has verified. A name is
// kept as it is written, full-width blanks included.
func (l *Login) readIdentity(
	id *oidc.IDToken, how authProof, info *oidc.UserInfo, now time.Time,
) (Identity, error) {
	if info.Subject != id.Subject { // OpenID Connect Core 5.3.2
		return Identity{}, errors.New("userinfo is not the id_token's subject's")
	}
	var claims userClaims
	if err := info.Claims(&claims); err != nil {
		return Identity{}, fmt.Errorf("reading userinfo: %w", err)
	}
	if err := l.checkSignedFor(claims); err != nil {
		return Identity{}, err
	}
	if claims.Name == "" {
		return Identity{}, errors.New("userinfo lacks the name")
	}
	birth, err := readBirthDate(claims.BirthDate)
	if err != nil {
		return Identity{}, err
	}
	return Identity{
		Subject:   id.Issuer + "|" + id.Subject,
		Name:      claims.Name,
		BirthDate: birth,
		At:        now,
		AuthTime:  how.at,
		ACR:       how.acr,
	}, nil
}

// checkSignedFor refuses a userinfo that names another issuer or audience. A signed one names both, so that
// it cannot be another client's.
func (l *Login) checkSignedFor(claims userClaims) error {
	if claims.Issuer != nil && *claims.Issuer != l.config.Issuer {
		return fmt.Errorf("userinfo is from issuer %q", *claims.Issuer)
	}
	if claims.Audience == nil {
		return nil
	}
	var one string
	var several []string
	if json.Unmarshal(claims.Audience, &one) == nil {
		several = []string{one}
	} else if err := json.Unmarshal(claims.Audience, &several); err != nil {
		return fmt.Errorf("reading the audience of userinfo: %w", err)
	}
	if !slices.Contains(several, l.config.ClientID) {
		return fmt.Errorf("userinfo is for %q", several)
	}
	return nil
}

// birthDateForm is YYYYMMDD (デジタル認証サービス) or YYYY-MM-DD (OpenID Connect Core 5.1). Zeros stand for a month
// or day that is unknown.
var birthDateForm = regexp.MustCompile(`^\d{4}(?:\d{4}|-\d{2}-\d{2})$`)

// readBirthDate reads a birthdate claim. Every other form is refused: a date that is guessed may be somebody
// else's.
func readBirthDate(text string) (eligibility.Date, error) {
	if !birthDateForm.MatchString(text) {
		return eligibility.Date{}, errors.New("userinfo's birthdate is neither YYYYMMDD nor YYYY-MM-DD")
	}
	number, _ := strconv.Atoi(strings.ReplaceAll(text, "-", "")) // digits by the pattern
	date, err := eligibility.NewPartialDate(number/10000, number/100%100, number%100)
	if err != nil {
		return eligibility.Date{}, errors.New("userinfo's birthdate is no day")
	}
	return date, nil
}
