package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"madoguchi/message"
	"madoguchi/server/keys"
)

// askTime is how long one question to another server may take.
const askTime = 10 * time.Second

// checkAddress asks this server for its own health at its public address, where a proxy ends TLS: only from
// outside can the proxy's certificate be seen. Before the first start nobody answers there.
func (v *visit) checkAddress(ctx context.Context) []Finding {
	proxies, err := v.Settings.Proxies()
	address, bad := url.Parse(v.Settings.Host())
	if !v.live() || err != nil || len(proxies) == 0 || bad != nil || address.Hostname() == "" {
		return nil
	}
	args := message.Args{"address": message.Text(v.Settings.Host())}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	client := v.Client(addressesOf(ctx, address.Hostname()))
	shown, err := askHealth(ctx, client, v.Settings.Host()+"/healthz")
	if err != nil {
		return []Finding{warn(message.New("doctor.address_away", args), err)}
	}
	leaf := shown.PeerCertificates[0]
	args["until"] = message.Text(keys.Japan(leaf.NotAfter))
	if v.Now().Add(renewBefore).After(leaf.NotAfter) {
		return []Finding{warn(message.New("doctor.address_ends", args), nil)}
	}
	return []Finding{good(message.New("doctor.address", args))}
}

// askHealth returns the TLS connection over which a server of this program said that it is well.
func askHealth(ctx context.Context, client *http.Client, health string) (*tls.ConnectionState, error) {
	res, err := get(ctx, client, health)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 16))
	switch {
	case err != nil:
		return nil, err
	case strings.TrimSpace(string(body)) != "ok":
		return nil, fmt.Errorf("%s is answered by another program", health)
	case res.TLS == nil || len(res.TLS.PeerCertificates) == 0:
		return nil, fmt.Errorf("%s is answered without TLS", health)
	}
	return res.TLS, nil
}

// get asks for a page that must be there.
func get(ctx context.Context, client *http.Client, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		res.Body.Close()
		return nil, fmt.Errorf("%s answers %s", address, res.Status)
	}
	return res, nil
}

// addressesOf are the addresses of this server's own name, public or not: its own settings name it.
func addressesOf(ctx context.Context, name string) func(host string) []netip.Addr {
	own, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	return func(host string) []netip.Addr {
		if err != nil || !strings.EqualFold(host, name) {
			return nil
		}
		return own
	}
}
