package doctor

import (
	"context"

	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
)

// checkCardKeys finds whether cards can be proved genuine: by the issuers' public keys of the settings' file.
func (v *visit) checkCardKeys(context.Context) []Finding {
	if !v.live() || v.Role != datafolder.RoleCounter {
		return nil
	}
	known, err := v.Settings.IssuerKeys()
	switch {
	case err != nil:
		return []Finding{refuse(err)}
	case len(known) == 0:
		return []Finding{warn(message.New("doctor.card_keys_none", nil), nil)}
	}
	return []Finding{good(message.New("doctor.card_keys", message.Args{"count": message.Number(len(known))}))}
}

// checkAgents says which bridge agents this server knows. Which version each runs is not stored.
func (v *visit) checkAgents(context.Context) []Finding {
	if !v.serves(datafolder.RoleCounter) || !v.database.Exists {
		return nil
	}
	if v.database.Agents == 0 {
		return []Finding{good(message.New("doctor.agents_none", nil))}
	}
	return []Finding{good(message.New("doctor.agents", message.Args{
		"count": message.Number(v.database.Agents),
		"last":  message.Text(keys.Japan(v.database.LastPaired)),
	}))}
}
