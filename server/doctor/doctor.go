// Package doctor says whether a server is set up well, before patients and staff find out: its settings, data
// folder, disk, database, keys and certificate, and what it needs of others: the sign-in service, the trust
// list, the time (docs/operator.md).
//
// A check is a function that returns Findings. A Refusal among those that need no network keeps serve from
// starting: it asks the same checks (Start), so both say the same sentences. A Warning does not.
package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/durable"
	"madoguchi/server/hostclient"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
	"madoguchi/server/store"
	"madoguchi/server/trust"
)

// Level says how bad a Finding is.
type Level string

// Levels, from good to bad. Programs read them in --json.
const (
	Good    Level = "good"
	Warning Level = "warning" // the server starts, and something will not work or soon not
	Refusal Level = "refusal" // serve does not start
)

// Finding is one thing that a check found: the sentence, and behind it the remedy where there is one.
type Finding struct {
	Check string // which check: settings, folder, disk …
	Level Level
	message.Message
	Detail string // the cause, for a technician; may be empty

	label string // the catalogue's key of the check's name
	err   error  // of a Refusal
}

// Doctor examines one server. Client, Free and Roots are for tests; their zero values are the real ones.
type Doctor struct {
	Settings *settings.Settings
	Role     string // all, insurer or counter: as serve has it
	Now      func() time.Time

	// Client makes the client for calls to a host that may have these addresses although they are not public.
	Client func(inside func(host string) []netip.Addr) *http.Client
	Free   func(folder string) (bytes uint64, err error) // of the disk, for this user
	Roots  *x509.CertPool                                // nil: the system's
}

// visit is one examination: what a check has found that later ones look at.
type visit struct {
	Doctor
	database  store.Condition
	ring      *keys.Folder // nil: there is none yet, or it was refused
	noKeysYet bool
	trust     *trust.File           // nil: none is set, or it was refused
	list      *credential.TrustList // nil: none that counts
	samples   []sample              // of other servers' clocks
}

// check is one entry of the examination.
type check struct {
	name  string
	label string // the catalogue's key of its name
	run   func(*visit, context.Context) []Finding
}

// local are the checks that need no network: serve makes them at its start, but for auditCheck.
var local = []check{
	{"settings", "doctor.check.settings", (*visit).checkSettings},
	{"folder", "doctor.check.folder", (*visit).checkFolder},
	{"disk", "doctor.check.disk", (*visit).checkDisk},
	{"database", "doctor.check.database", (*visit).checkDatabase},
	{auditCheck, "doctor.check.audit", checkAudit},
	{"keys", "doctor.check.keys", (*visit).checkKeys},
	{"client-key", "doctor.check.client_key", (*visit).checkClientKey},
	{"certificate", "doctor.check.certificate", (*visit).checkCertificate},
	{"trust", "doctor.check.trust", (*visit).checkTrust},
	{"card-keys", "doctor.check.card_keys", (*visit).checkCardKeys},
	{"agents", "doctor.check.agents", (*visit).checkAgents},
}

// auditCheck looks at what serve looks at by itself at its start: not twice, for a chain that has no
// checkpoint yet is read whole. It stands before what opens the database as a server does, which clears away
// what readers of a file leave beside it.
const auditCheck = "audit"

// outside are the checks that ask other servers. They find nothing that keeps a server from starting: it must
// come up while others are down.
var outside = []check{
	{"address", "doctor.check.address", (*visit).checkAddress},
	{"sign-in", "doctor.check.signin", (*visit).checkSignIn},
	{"trust-url", "doctor.check.trust_url", (*visit).checkTrustURL},
	{"clock", "doctor.check.clock", (*visit).checkClock},
}

// Examine makes all checks.
func (d Doctor) Examine(ctx context.Context) []Finding {
	v := d.visit()
	return append(v.make(ctx, local), v.make(ctx, outside)...)
}

// Local makes the checks that need no network.
func (d Doctor) Local(ctx context.Context) []Finding { return d.visit().make(ctx, local) }

// Name is what people call the check.
func (f Finding) Name() message.Message { return message.New(f.label, nil) }

// Start makes the checks that serve makes. It returns the error of the first Refusal, and without one what
// should be seen to.
func (d Doctor) Start(ctx context.Context) (warnings []Finding, err error) {
	isAudit := func(c check) bool { return c.name == auditCheck }
	for _, f := range d.visit().make(ctx, slices.DeleteFunc(slices.Clone(local), isAudit)) {
		switch f.Level {
		case Refusal:
			return nil, f.err
		case Warning:
			warnings = append(warnings, f)
		}
	}
	return warnings, nil
}

func (d Doctor) visit() *visit {
	if d.Client == nil {
		d.Client = func(inside func(host string) []netip.Addr) *http.Client {
			return hostclient.New(hostclient.Config{Inside: inside, Roots: d.Roots})
		}
	}
	if d.Free == nil {
		d.Free = durable.Free
	}
	return &visit{Doctor: d}
}

func (v *visit) make(ctx context.Context, checks []check) (all []Finding) {
	for _, c := range checks {
		for _, f := range c.run(v, ctx) {
			f.Check, f.label = c.name, c.label
			all = append(all, f)
		}
	}
	return all
}

// Worst is the exit code of an examination: 0 all good, 1 warnings, 2 something for which serve refuses.
func Worst(all []Finding) (code int) {
	for _, f := range all {
		switch f.Level {
		case Warning:
			code = max(code, 1)
		case Refusal:
			code = 2
		}
	}
	return code
}

func good(m message.Message) Finding { return Finding{Level: Good, Message: m} }

// warn is a Warning; cause may be nil.
func warn(m message.Message, cause error) Finding {
	f := Finding{Level: Warning, Message: m}
	if cause != nil {
		f.Detail = cause.Error()
	}
	return f
}

// refuse is the Refusal of an error. One without a sentence of its own is told as it is.
func refuse(err error) Finding {
	f := Finding{Level: Refusal, err: err, Message: message.New("doctor.failed", nil), Detail: err.Error()}
	var e *eligibility.Error
	if errors.As(err, &e) {
		f.Message, f.Detail = e.Message(), ""
		if e.Cause != nil {
			f.Detail = e.Cause.Error()
		}
	}
	return f
}

// live reports whether these are a live server's settings.
func (v *visit) live() bool { return v.Settings.Mode() == settings.Live }

// serves reports whether this server has the half of a role.
func (v *visit) serves(role string) bool {
	return v.Role == role || v.Role == datafolder.RoleAll && !v.live()
}

// text is an argument that reads the same in every language.
func text(name, value string) message.Args { return message.Args{name: message.Text(value)} }
