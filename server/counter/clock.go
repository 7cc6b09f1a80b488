package counter

import (
	"context"

	"madoguchi/credential"
	"madoguchi/server/trust"
)

// withMeasuredClock asks the issuer of a screen for its time where that was not measured lately, so that a
// wrong clock is said as one. Where the screen's time alone was refused staff wait for the answer, and it is
// looked at again; otherwise nobody waits.
func (c *Service) withMeasuredClock(
	ctx context.Context, believed trust.Beliefs, jws string, v credential.Verdict,
) credential.Verdict {
	if c.AskTime == nil || v.Eligibility == nil || v.Tier == credential.TierSaved {
		return v
	}
	if v.Valid || v.AwaitsProof() {
		go c.AskTime(context.WithoutCancel(ctx), v.Issuer)
		return v
	}
	if !c.AskTime(ctx, v.Issuer) {
		return v
	}
	if measured, err := c.Believed(); err == nil {
		believed.ClockSkew = measured.ClockSkew
	}
	return believed.Verifier(c.Now()).Verify(jws)
}
