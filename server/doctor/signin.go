package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"madoguchi/message"
	"madoguchi/server/datafolder"
)

// maxDocument bounds a provider's metadata.
const maxDocument = 256 << 10

// providerMetadata is what a sign-in service says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414
// section 2, RFC 9207 section 3). A list that is nil was left out.
type providerMetadata struct {
	Issuer          string   `json:"issuer"`
	PKCE            []string `json:"code_challenge_methods_supported"`
	ClientAuth      []string `json:"token_endpoint_auth_methods_supported"`
	ClientAlgorithm []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	IDToken         []string `json:"id_token_signing_alg_values_supported"`
	ACRValues       []string `json:"acr_values_supported"`
	PromisesIssuer  bool     `json:"authorization_response_iss_parameter_supported"`
}

// checkSignIn finds whether patients can sign in, by what the service says of itself.
func (v *visit) checkSignIn(ctx context.Context) []Finding {
	issuer, err := url.Parse(v.Settings.OIDCIssuer)
	if !v.live() || v.Role != datafolder.RoleInsurer || err != nil || issuer.Scheme != "https" {
		return nil
	}
	inside, err := v.Settings.SignInInside()
	if err != nil {
		return nil // checkSettings has said it
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	said, err := v.askMetadata(ctx, v.Client(inside))
	if err != nil {
		return []Finding{warn(message.New("doctor.signin_away", text("issuer", issuer.String())), err)}
	}
	found := v.misfits(said)
	if len(found) == 0 {
		found = []Finding{good(message.New("doctor.signin", text("issuer", issuer.String())))}
	}
	promise := "doctor.signin_no_iss"
	if said.PromisesIssuer {
		promise = "doctor.signin_iss"
	}
	return append(found, good(message.New(promise, nil)))
}

// askMetadata fetches the discovery document, and notes the time that its answer was made.
func (v *visit) askMetadata(ctx context.Context, client *http.Client) (said providerMetadata, err error) {
	address := strings.TrimSuffix(v.Settings.OIDCIssuer, "/") + "/.well-known/openid-configuration"
	asked := v.Now()
	res, err := get(ctx, client, address)
	if err != nil {
		return said, err
	}
	defer res.Body.Close()
	v.hear(res, asked)
	data, err := io.ReadAll(io.LimitReader(res.Body, maxDocument))
	if err == nil {
		err = json.Unmarshal(data, &said)
	}
	if err != nil {
		return said, fmt.Errorf("reading %s: %w", address, err)
	}
	return said, nil
}

// misfits are what of the service's metadata does not fit this client. What a service may leave out
// although it can do it (RFC 8414: algorithms and levels) counts only where it is listed.
func (v *visit) misfits(said providerMetadata) (found []Finding) {
	s := v.Settings
	levels := strings.Fields(s.OIDCAcrValues)
	known := func(level string) bool { return slices.Contains(said.ACRValues, level) }
	for _, part := range []struct {
		fits bool
		says message.Message
	}{
		{said.Issuer == s.OIDCIssuer, message.New("doctor.signin_issuer", message.Args{
			"issuer": message.Text(s.OIDCIssuer),
			"said":   message.Text(said.Issuer),
		})},
		{slices.Contains(said.PKCE, "S256"), message.New("doctor.signin_pkce", nil)},
		{slices.Contains(said.ClientAuth, "private_key_jwt"), message.New("doctor.signin_client_auth", nil)},
		{said.ClientAlgorithm == nil || slices.Contains(said.ClientAlgorithm, s.OIDCAlgorithm),
			message.New("doctor.signin_algorithm", message.Args{
				"algorithm": message.Text(s.OIDCAlgorithm),
				"said":      message.Text(strings.Join(said.ClientAlgorithm, ", ")),
			})},
		{said.IDToken == nil || slices.Contains(said.IDToken, "RS256") ||
			slices.Contains(said.IDToken, "ES256"),
			message.New("doctor.signin_id_token", text("said", strings.Join(said.IDToken, ", ")))},
		{len(levels) == 0 || said.ACRValues == nil || slices.ContainsFunc(levels, known),
			message.New("doctor.signin_acr", message.Args{
				"asked": message.Text(s.OIDCAcrValues),
				"said":  message.Text(strings.Join(said.ACRValues, ", ")),
			})},
	} {
		if !part.fits {
			found = append(found, warn(part.says, nil))
		}
	}
	return found
}
