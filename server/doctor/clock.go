package doctor

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/trust"
)

const (
	// mostSkew is how far a clock may be off: a login's times (auth) and an assertion between servers have
	// this leeway.
	mostSkew = 30 * time.Second
	// mostAsked is how many insurers are asked for their time; a national list has some 3,400.
	mostAsked = 5
	maxTime   = 64 << 10 // of a signed time
)

// sample is another server's clock beside ours.
type sample struct {
	whose        string
	theirs, ours time.Time
}

// hear takes the Date of an answer as its server's time (RFC 9110 section 6.6.1). What a cache kept is as
// much older as its Age says (RFC 9111 section 5.1).
func (v *visit) hear(res *http.Response, asked time.Time) {
	at, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return
	}
	if age, err := strconv.Atoi(res.Header.Get("Age")); err == nil && age > 0 {
		at = at.Add(time.Duration(min(age, 86400)) * time.Second)
	}
	v.note(res.Request.URL.Hostname(), at, asked)
}

// note compares a time in whole seconds, which was taken since we asked, with ours in the middle.
func (v *visit) note(whose string, theirs, asked time.Time) {
	now := v.Now()
	v.samples = append(v.samples, sample{whose, theirs, asked.Add(now.Sub(asked) / 2)})
}

// checkClock finds how far this computer's clock is from those of the sign-in service and of insurers.
func (v *visit) checkClock(ctx context.Context) []Finding {
	if !v.live() || v.Settings.OIDCIssuer == "" && v.list == nil {
		return nil
	}
	v.askInsurers(ctx)
	if len(v.samples) == 0 {
		return []Finding{warn(message.New("doctor.clock_unknown", nil), nil)}
	}
	var found []Finding
	var hosts []string
	for _, s := range v.samples {
		hosts = append(hosts, s.whose)
		if s.ours.Sub(s.theirs).Abs() > mostSkew {
			found = append(found, warn(message.New("doctor.clock_off", message.Args{
				"whose":  message.Text(s.whose),
				"theirs": message.Text(clockTime(s.theirs)),
				"ours":   message.Text(clockTime(s.ours)),
			}), nil))
		}
	}
	if len(found) == 0 {
		found = []Finding{good(message.New("doctor.clock", text("hosts", strings.Join(hosts, ", "))))}
	}
	return found
}

func clockTime(t time.Time) string { return t.In(eligibility.Japan).Format("2006-01-02 15:04:05") }

// askInsurers asks some insurers of the trust list, each on another host and none on this one, for their
// signed time (credential.TimeURL). One that does not answer is passed over.
func (v *visit) askInsurers(ctx context.Context) {
	if v.list == nil {
		return
	}
	client := v.Client(trust.Addresses(func() (*credential.TrustList, error) { return v.list, nil }))
	asked := map[string]bool{hostOf(v.Settings.Host()): true}
	for _, issuer := range v.list.Issuers {
		if host := hostOf(issuer.ISS); !asked[host] && len(asked) <= mostAsked {
			asked[host] = true
			v.askSignedTime(ctx, client, issuer)
		}
	}
}

func (v *visit) askSignedTime(ctx context.Context, client *http.Client, issuer credential.TrustedIssuer) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	nonce, asked := rand.Text(), v.Now()
	res, err := get(ctx, client, credential.TimeURL(issuer.ISS, nonce))
	if err != nil {
		return
	}
	defer res.Body.Close()
	signed, err := io.ReadAll(io.LimitReader(res.Body, maxTime))
	if err != nil {
		return
	}
	at, err := credential.OpenTime(string(signed), issuer.ISS, issuer.JWKS, nonce)
	if err != nil {
		return
	}
	v.note(hostOf(issuer.ISS), at, asked)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(u.Hostname())
}
