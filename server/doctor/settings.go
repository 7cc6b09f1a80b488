package doctor

import (
	"context"

	"madoguchi/message"
)

// checkSettings finds whether the settings are whole, and says that a demo is one.
func (v *visit) checkSettings(context.Context) []Finding {
	s := v.Settings
	err := s.CheckServe(v.Role)
	if err == nil {
		_, err = s.SignInInside()
	}
	if err == nil {
		_, err = s.TrustAddresses()
	}
	if err != nil {
		return []Finding{refuse(err)}
	}
	if !v.live() {
		return []Finding{good(message.New("doctor.demo", nil))}
	}
	return []Finding{good(message.New("doctor.settings", text("address", s.Host())))}
}
