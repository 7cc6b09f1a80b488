package insurer

import (
	"context"

	"madoguchi/credential"
	"madoguchi/server/audit"
)

// Offline makes a screen that lives for a day and is worth nothing without the proof of this phone's key.
func (o *Issuer) Offline(ctx context.Context, subject string, id audit.PersonID, phone string) (Screen, error) {
	grants, err := o.store.Grants(ctx, GrantQuery{Subject: subject, Phone: phone, Person: id})
	switch {
	case err != nil:
		return Screen{}, err
	case len(grants) == 0 || phone == "":
		return Screen{}, errNoHolder
	case !o.now().Before(grants[0].Until()):
		return Screen{}, ErrGrantOver
	}
	return o.show(ctx, subject, id, credential.Request{Tier: credential.TierOffline, HolderKeyID: grants[0].KeyID})
}
