package settings

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// mask stands for a secret.
const mask = "***"

// masked leaves secrets out of a value: all of it where the setting is one, of addresses the password, the
// token and what a query may hold.
func masked(value string, secret bool) (string, bool) {
	if value == "" {
		return "", false
	}
	if secret {
		return mask, true
	}
	addresses := split(value)
	for i, address := range addresses {
		addresses[i] = Shown(address)
	}
	shown := strings.Join(addresses, ",")
	return shown, shown != value
}

// nextAddress is where a list of addresses (MADOGUCHI_HUB) goes on; other commas may be a password's.
var nextAddress = regexp.MustCompile(`,[ ]*[a-zA-Z][a-zA-Z0-9+.-]*://`)

func split(value string) (parts []string) {
	from := 0
	for _, at := range nextAddress.FindAllStringIndex(value, -1) {
		parts, from = append(parts, value[from:at[0]]), at[0]+1
	}
	return append(parts, value[from:])
}

// keyword is how libpq writes a secret beside its name: host=db password=x.
var keyword = regexp.MustCompile(`(?i)(pass|pwd|secret|token|key)[a-z_-]*[ ]*=`)

// plain are what addresses may say in their query without a secret in it, as PostgreSQL's do.
var plain = []string{
	"application_name", "channel_binding", "connect_timeout", "dbname", "default_transaction_read_only",
	"fallback_application_name", "gssencmode", "host", "options", "port", "search_path", "service",
	"sslcert", "sslkey", "sslmode", "sslrootcert", "sslsni", "target_session_attrs", "user",
}

// Shown is an address as a person may see it. What looks like one and cannot be read is left out whole.
func Shown(address string) string {
	scheme, _, is := strings.Cut(address, "://")
	if !is {
		named := strings.Contains(address, "@") && !strings.HasPrefix(address, "/")
		if named || keyword.MatchString(address) {
			return mask
		}
		return address
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Opaque != "" {
		return mask
	}
	query, user := shownQuery(u.RawQuery), ""
	if u.User != nil {
		user = shownUser(u) + "@"
	}
	if query == u.RawQuery && !strings.Contains(user, mask) {
		return address
	}
	// written by hand: url.URL would write the stars as %2A
	u.User, u.RawQuery = nil, query
	_, rest, _ := strings.Cut(u.String(), "://")
	return scheme + "://" + user + rest
}

// shownUser is who an address is for, without the password; alone it is NATS' token.
func shownUser(u *url.URL) string {
	name := url.User(u.User.Username()).String()
	switch _, has := u.User.Password(); {
	case has:
		return name + ":" + mask
	case strings.HasPrefix(u.Scheme, "postgres"):
		return name
	}
	return mask
}

// shownQuery leaves out every value whose name is not known to go with no secret.
func shownQuery(query string) string {
	if query == "" {
		return ""
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if value != "" && !slices.Contains(plain, strings.ToLower(name)) {
			pairs[i] = name + "=" + mask
		}
	}
	return strings.Join(pairs, "&")
}
