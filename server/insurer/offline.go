package insurer

import (
	"context"

	"madoguchi/credential"
	"madoguchi/server/audit"
)

// Offline makes a screen that lives for a day and is worth nothing without the proof of this phone's key.
func (i *Issuer) Offline(
	ctx context.Context, viewer Viewer, id audit.PersonID, phone string,
) (Screen, error) {
	subject, err := viewer.loginFor(id, i.now())
	if err != nil {
		return Screen{}, err
	}
	grants, err := i.store.DeviceGrants(ctx, DeviceGrantQuery{Subject: subject, DeviceID: phone, Person: id})
	switch {
	case err != nil:
		return Screen{}, err
	case len(grants) == 0 || phone == "":
		if _, _, not := i.Enrolment.shownPerson(ctx, viewer, id); not != nil {
			return Screen{}, not
		}
		return Screen{}, errNoDeviceKey
	case !i.now().Before(grants[0].Until()):
		return Screen{}, ErrDeviceGrantOver
	}
	record, _, err := i.Enrolment.shownPerson(ctx, viewer, id)
	if err != nil {
		return Screen{}, err
	}
	// it cannot be taken back: none is made that would outlive the representation
	if record.IsRepresented() && record.RepresentedUntil.Before(i.now().Add(credential.OfflineLife)) {
		return Screen{}, errEndsSoon
	}
	return i.show(
		ctx,
		viewer,
		id,
		credential.Request{Tier: credential.TierOffline, DeviceKeyID: grants[0].KeyID},
	)
}
