package doctor

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"madoguchi/card/wire"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/store"
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

// checkAgents says how many bridge agents this server knows, and which releases they were when they came
// last.
func (v *visit) checkAgents(context.Context) []Finding {
	if !v.serves(datafolder.RoleCounter) || !v.database.Exists {
		return nil
	}
	if v.database.Agents == 0 {
		return []Finding{good(message.New("doctor.agents_none", nil))}
	}
	found := []Finding{good(message.New("doctor.agents", message.Args{
		"count": message.Number(v.database.Agents),
		"last":  message.Text(keys.Japan(v.database.LastPaired)),
	}))}
	if len(v.database.Releases) == 0 {
		return found
	}
	return append(found, releases(v.database.Releases))
}

// releases says how many agents were which release. One that spoke messages which this server no longer
// understands will be refused when it comes again.
func releases(all []store.AgentRelease) Finding {
	key, told := "doctor.agent_versions", []string{}
	for _, r := range all {
		told = append(told, fmt.Sprintf("%s/%s × %d", cmp.Or(r.Program, "?"), wireText(r.Wire), r.Agents))
		if r.Wire != 0 && r.Wire < wire.OldestVersion {
			key = "doctor.agent_versions_old"
		}
	}
	said := message.New(key, text("versions", strings.Join(told, ", ")))
	if key == "doctor.agent_versions" {
		return good(said)
	}
	return warn(said, nil)
}

func wireText(version int) string {
	if version == 0 {
		return "?"
	}
	return strconv.Itoa(version)
}
