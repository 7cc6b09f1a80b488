package doctor

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
)

// renewListBefore is how long before its end a trust list should have been replaced.
const renewListBefore = 7 * 24 * time.Hour

// checkTrust finds whether the trust list counts, until when, and whether this server itself stands on it.
func (v *visit) checkTrust(context.Context) []Finding {
	s := v.Settings
	switch {
	case !v.live() && v.Role != datafolder.RoleCounter:
		return nil // a demo signs its own
	case v.Role == datafolder.RoleAll:
		return nil // live there is no such role
	case s.Trust == "" && v.Role != datafolder.RoleCounter:
		return []Finding{warn(message.New("doctor.trust_none", nil), nil)}
	}
	file, err := s.TrustFile(filepath.Join(s.Folder(), datafolder.TrustVersionFile), v.Now)
	if err != nil {
		return []Finding{refuse(err)}
	}
	v.trust = file
	list, err := file.Look()
	if err != nil {
		return []Finding{refuse(err)}
	}
	v.list = list
	found := []Finding{v.age(list)}
	if v.live() && v.Role == datafolder.RoleInsurer {
		return append(found, v.insurersOn(list)...)
	}
	return append(found, v.countersOn(list)...)
}

// age says how long a list still counts.
func (v *visit) age(list *credential.TrustList) Finding {
	end := time.Unix(list.ExpiresAt, 0)
	args := message.Args{
		"version": message.Ordinal(list.Version),
		"until":   message.Text(keys.Japan(end)),
		"grace":   message.Text(keys.Japan(end.Add(credential.TrustGrace))),
	}
	switch now := v.Now(); {
	case now.After(end):
		return warn(message.New("doctor.trust_grace", args), nil)
	case now.Add(renewListBefore).After(end):
		return warn(message.New("doctor.trust_ends", args), nil)
	}
	return good(message.New("doctor.trust", args))
}

// countersOn finds whether insurers will let this server's facilities in: each must stand on the list with
// this server's address and key.
func (v *visit) countersOn(list *credential.TrustList) (found []Finding) {
	kid, err := v.counterKey()
	if err != nil {
		return []Finding{refuse(err)}
	}
	codes := v.database.Facilities
	if len(codes) == 0 && !v.live() {
		codes = []string{v.Settings.FacilityCode}
	}
	if len(codes) == 0 {
		return []Finding{warn(message.New("doctor.facility_none", nil), nil)}
	}
	for _, code := range codes {
		args := message.Args{"facility": message.Text(code), "address": message.Text(v.Settings.Host())}
		here, ours := false, false
		for _, c := range list.Counters {
			if c.Facility == code && v.isOwn(c.URL) {
				here = true
				_, known := c.JWKS.Find(kid)
				ours = ours || known
			}
		}
		switch {
		case !here:
			found = append(found, warn(message.New("doctor.trust_counter", args), nil))
		case !ours:
			found = append(found, warn(message.New("doctor.trust_counter_key", args), nil))
		}
	}
	if len(found) == 0 {
		found = []Finding{good(message.New("doctor.trust_counters", message.Args{
			"count": message.Number(len(codes)),
		}))}
	}
	return found
}

// isOwn reports whether an address is one of this server. A demo's counter is named by any address of this
// computer.
func (v *visit) isOwn(address string) bool {
	return !v.live() || address == v.Settings.Host() || strings.HasPrefix(address, v.Settings.Host()+"/")
}

// counterKey is the id of the key that proves this counter server, empty where there is none yet.
func (v *visit) counterKey() (kid string, err error) {
	if v.ring == nil {
		return "", nil
	}
	there, err := v.ring.Has(keys.Counter)
	if err != nil || !there {
		return "", err
	}
	key, err := v.ring.SigningKey(keys.Counter)
	return key.ID, err
}

// insurersOn finds whether counters will believe the screens of this server's insurers: each iss must stand
// on the list with the key that signs now.
func (v *visit) insurersOn(list *credential.TrustList) (found []Finding) {
	if v.ring == nil {
		return nil
	}
	insurers, err := v.ring.Rings.Insurers()
	if err != nil {
		return []Finding{refuse(err)}
	}
	looked := 0
	for _, number := range insurers {
		now, ok, err := v.ring.Rings.Existing(number, v.Now())
		if err != nil {
			return append(found, refuse(err))
		}
		if !ok {
			continue
		}
		looked++
		iss := v.Settings.Host() + "/i/" + string(number)
		listed, on := list.IssuerByISS(iss)
		_, signs := listed.JWKS.Find(now.Current.ID)
		args := message.Args{"iss": message.Text(iss), "kid": message.Text(now.Current.ID)}
		switch {
		case !on || !listed.MayIssueFor(number):
			found = append(found, warn(message.New("doctor.trust_issuer", args), nil))
		case !signs:
			found = append(found, warn(message.New("doctor.trust_issuer_key", args), nil))
		}
	}
	if len(found) == 0 && looked > 0 {
		found = []Finding{good(message.New("doctor.trust_issuers", message.Args{
			"count": message.Number(looked),
		}))}
	}
	return found
}

// checkTrustURL finds whether the newest list can be fetched, and whether it would be accepted.
func (v *visit) checkTrustURL(ctx context.Context) []Finding {
	if v.trust == nil || v.Settings.TrustURL == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	shown := settings.Shown(v.Settings.TrustURL)
	url := text("url", shown)
	list, err := v.trust.LookOutside(ctx, v.Client(v.trust.InsideAddresses))
	switch {
	case errors.Is(err, credential.ErrTrustList):
		return []Finding{warn(message.New("doctor.trust_url_refused", url), err)}
	case err != nil:
		return []Finding{warn(message.New("doctor.trust_url_away", url), err)}
	}
	return []Finding{good(message.New("doctor.trust_url", message.Args{
		"url":     message.Text(shown),
		"version": message.Ordinal(list.Version),
	}))}
}
