package hub

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"madoguchi/eligibility"
)

// errSetting is returned for a MADOGUCHI_HUB that is none of the engines.
var errSetting = &eligibility.Error{Code: eligibility.Invalid, Key: "hub.setting", Field: "MADOGUCHI_HUB"}

// errRefused is returned for a setting by which NATS is not reached, though it may run.
var errRefused = &eligibility.Error{Code: eligibility.Invalid, Key: "hub.refused"}

var errNoPair = errors.New("a certificate and its key go together")

// Setting names an engine.
type Setting struct {
	Hub      string // empty or memory, postgres, or NATS.URL
	Database string // the address of a PostgreSQL database, for postgres
	NATS     NATS   // besides its URL
}

// Several reports whether the engine joins several instances.
func (s Setting) Several() bool { return s.Hub != "" && s.Hub != "memory" }

// isNATS reports whether a setting is an address of NATS.
func isNATS(setting string) bool {
	return strings.HasPrefix(setting, "nats://") || strings.HasPrefix(setting, "tls://")
}

// areAddresses reports whether each of the addresses with commas between is one; only the first needs its
// scheme.
func areAddresses(list string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		if !strings.Contains(one, "://") {
			one = "nats://" + one
		}
		if u, err := url.Parse(one); err != nil || !isNATS(one) || u.Hostname() == "" {
			return false
		}
	}
	return true
}

// Check returns an error that names the setting when it cannot be one.
func (s Setting) Check() error {
	switch {
	case !s.Several(), s.Hub == "postgres" && s.Database != "":
	case isNATS(s.Hub):
		if !areAddresses(s.Hub) {
			return errSetting.Because(errors.New("one of its addresses cannot be read"))
		}
	case s.Hub == "postgres":
		return errSetting.Because(errors.New("MADOGUCHI_DATABASE names no server"))
	default:
		return errSetting.Because(errors.New("it is neither memory nor postgres nor an address of NATS"))
	}
	if (s.NATS.Cert == "") != (s.NATS.Key == "") {
		return errSetting.In("MADOGUCHI_HUB_CERT").Because(errNoPair)
	}
	return nil
}

// Open connects to the engine that a setting names, for an installation's key. It returns errors that name
// the setting.
func Open(ctx context.Context, s Setting, key []byte) (Engine, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if !s.Several() {
		return new(Bus).Engine(), nil
	}
	namespace, err := Namespace(key)
	if err != nil {
		return nil, err
	}
	var e Engine
	if s.Hub == "postgres" {
		e, err = OpenPostgres(ctx, s.Database, namespace)
	} else {
		s.NATS.URL = s.Hub
		e, err = OpenNATS(s.NATS, namespace)
	}
	if errors.Is(err, errRefused) {
		return nil, err
	}
	if err != nil {
		return nil, ErrAway.Because(err)
	}
	return e, nil
}
