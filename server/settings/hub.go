package settings

import "madoguchi/server/hub"

// HubSetting is how several instances hear of each other.
func (s *Settings) HubSetting() hub.Setting {
	return hub.Setting{
		Hub:      s.Hub,
		Database: s.Database,
		NATS: hub.NATS{
			Credentials: s.HubCredentials,
			CA:          s.HubCA,
			Cert:        s.HubCert,
			Key:         s.HubKey,
		},
	}
}
