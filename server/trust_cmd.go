package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/durable"
	"madoguchi/server/keys"
)

// The commands of whoever operates the counters (an association, a vendor, the clinic): they say which insurer may speak for
// which 保険者番号. The root key stays with the operator; consoles get its public half once and the signed list again and again.
type trustCmd struct {
	Make    trustMakeCmd    `cmd:"" help:"draft a list from insurers' key sets, to be read and then signed"`
	Sign    trustSignCmd    `cmd:"" help:"sign a draft: the next version, for 30 days"`
	Inspect trustInspectCmd `cmd:"" help:"verify a signed list and say what it allows"`
}

var (
	errTrustIssuer  = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.issuer", Field: "--issuer"}
	errTrustCounter = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.counter", Field: "--counter"}
	errTrustDraft   = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.draft", Field: "FILE"}
	errTrustDays    = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.days", Field: "--days"}
	errTrustList    = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.list", Field: "FILE"}
	errTrustBack    = &eligibility.Error{Code: eligibility.Conflict, Key: "trust.version", Field: "--version"}
	errWrite        = &eligibility.Error{Code: eligibility.Invalid, Key: "output.write", Field: "--out"}
)

// trustMakeCmd writes a draft: JSON that people can read, correct and sign.
type trustMakeCmd struct {
	Issuer  []string `sep:"none" placeholder:"ISS=NAME=NUMBERS=JWKS" help:"an insurer's iss, its name, the numbers it may speak for, its jwks.json"`
	Counter []string `sep:"none" placeholder:"URL=NAME=CODE=JWKS" help:"a counter server that may ask insurers"`
}

// Run prints the draft.
func (c *trustMakeCmd) Run() error {
	return answered(func() (any, error) {
		draft := credential.TrustList{Issuers: []credential.TrustedIssuer{}, Counters: []credential.TrustedCounter{}}
		for _, text := range c.Issuer {
			part := strings.Split(text, "=")
			if len(part) != 4 {
				return nil, errTrustIssuer
			}
			issuer := credential.TrustedIssuer{ISS: part[0], Name: part[1]}
			for _, n := range strings.Split(part[2], ",") {
				number, err := eligibility.ParseInsurerNumber(n)
				if err != nil {
					return nil, eligibility.ErrInsurerNumber.In("--issuer " + n)
				}
				issuer.InsurerNumbers = append(issuer.InsurerNumbers, number)
			}
			if err := readKeySet(part[3], &issuer.JWKS); err != nil {
				return nil, errTrustIssuer.Because(err)
			}
			draft.Issuers = append(draft.Issuers, issuer)
			if err := draft.Check(); err != nil {
				return nil, errTrustIssuer.Because(err)
			}
		}
		for _, text := range c.Counter {
			part := strings.Split(text, "=")
			if len(part) != 4 || len(part[2]) != 10 || strings.Trim(part[2], "0123456789") != "" {
				return nil, errTrustCounter
			}
			counter := credential.TrustedCounter{URL: part[0], Name: part[1], Facility: part[2]}
			if err := readKeySet(part[3], &counter.JWKS); err != nil {
				return nil, errTrustCounter.Because(err)
			}
			draft.Counters = append(draft.Counters, counter)
			if err := draft.Check(); err != nil {
				return nil, errTrustCounter.Because(err)
			}
		}
		return draft, nil
	})
}

func readKeySet(file string, into *credential.KeySet) error {
	data, err := readBounded(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(withoutMark(data), into)
}

// withoutMark cuts the byte order mark off that editors on Windows put before a text.
func withoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\ufeff")) }

// trustSignCmd signs a draft with the operator's root key, made on the first use.
type trustSignCmd struct {
	Draft   string `arg:"" placeholder:"FILE|-" help:"the draft"`
	Keys    string `required:"" type:"path" placeholder:"FOLDER" help:"the operator's key folder (0700); the root key is made there on the first use"`
	Out     string `required:"" type:"path" placeholder:"FOLDER" help:"where trust.jwt and trust-root.json are written, for consoles"`
	Version int    `help:"the version; left out, one more than the list that lies in --out"`
	Days    int    `default:"30" help:"days until it must be renewed, 30 at most"`
}

// Run writes both files and says what was signed.
func (c *trustSignCmd) Run() error {
	return answered(func() (any, error) {
		if c.Days < 1 || c.Days > 30 {
			return nil, errTrustDays
		}
		data, err := readInput(c.Draft, "FILE")
		if err != nil {
			return nil, err
		}
		list, err := credential.ReadTrustDraft(withoutMark(data))
		if err != nil {
			return nil, errTrustDraft.Because(err)
		}
		ring, err := keys.Open(c.Keys)
		if err != nil {
			return nil, err
		}
		private, err := ring.Signing(keys.Trust)
		if err != nil {
			return nil, err
		}
		root, err := credential.NewKey(private)
		if err != nil {
			return nil, err
		}
		last, err := lastVersion(c.Out, root.Public())
		if err != nil {
			return nil, err
		}
		if list.Version = c.Version; c.Version == 0 {
			list.Version = last + 1
		}
		if list.Version <= last {
			return nil, errTrustBack
		}
		now := clock()
		list.IssuedAt, list.ExpiresAt = now.Unix(), now.AddDate(0, 0, c.Days).Unix()
		if list.ExpiresAt-list.IssuedAt > int64(credential.MaxTrustLife.Seconds()) {
			list.ExpiresAt = list.IssuedAt + int64(credential.MaxTrustLife.Seconds())
		}
		signed, err := credential.SignTrustList(list, root)
		if err != nil {
			return nil, err
		}
		if err := publishTrust(c.Out, signed, root.Public()); err != nil {
			return nil, errWrite.Because(err)
		}
		return inspected(&list, now), nil
	})
}

// lastVersion returns the version of the list that lies in a folder; 0 when there is none.
func lastVersion(folder string, root credential.PublicKey) (int, error) {
	old, err := os.ReadFile(filepath.Join(folder, trustFile))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, errTrustList.Because(err)
	}
	list, err := credential.OpenTrustListAtAnyTime(strings.TrimSpace(string(old)), root, 0)
	if err != nil {
		return 0, errTrustList.In("--out").Because(err)
	}
	return list.Version, nil
}

// publishTrust writes the list and the root key for consoles, each whole or not at all.
func publishTrust(folder, signed string, root credential.PublicKey) error {
	public, err := json.Marshal(credential.KeySet{root})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := durable.WriteFile(filepath.Join(folder, rootFile), public, durable.Options{Mode: 0o644}); err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(folder, trustFile), []byte(signed), durable.Options{Mode: 0o644})
}

// trustInspectCmd verifies a list and prints what it allows.
type trustInspectCmd struct {
	File string `arg:"" help:"trust.jwt, or the folder that holds it"`
	Root string `type:"path" help:"the root key; left out, trust-root.json beside the list"`
}

// Run prints the list as JSON with its state today.
func (c *trustInspectCmd) Run() error {
	return answered(func() (any, error) {
		list, err := openTrustFile(c.File, c.Root)
		if err != nil {
			return nil, err
		}
		return inspected(list, clock()), nil
	})
}

// openTrustFile verifies a signed list by its root key, whatever the time.
func openTrustFile(file, rootFrom string) (*credential.TrustList, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = filepath.Join(file, trustFile)
	}
	if rootFrom == "" {
		rootFrom = filepath.Join(filepath.Dir(file), rootFile)
	}
	signed, err := readBounded(file)
	if err != nil {
		return nil, errTrustList.Because(err)
	}
	data, err := readBounded(rootFrom)
	if err != nil {
		return nil, errTrustList.In("--root").Because(err)
	}
	root, err := credential.ReadOnlyKey(withoutMark(data))
	if err != nil {
		return nil, errTrustList.In("--root").Because(err)
	}
	list, err := credential.OpenTrustListAtAnyTime(strings.TrimSpace(string(signed)), root, 0)
	if err != nil {
		return nil, errTrustList.Because(err)
	}
	return list, nil
}

// inspection is a list as people and programs read it.
type inspection struct {
	Version   int         `json:"version"`
	IssuedAt  time.Time   `json:"issuedAt"`
	ExpiresAt time.Time   `json:"expiresAt"`
	State     string      `json:"state"` // valid, grace, expired
	Issuers   []allowed   `json:"issuers"`
	Counters  []mayAskAll `json:"counters"`
}

type allowed struct {
	ISS     string                      `json:"iss"`
	Name    string                      `json:"name"`
	Numbers []eligibility.InsurerNumber `json:"insurerNumbers"`
	Keys    []string                    `json:"keys"`
	Inside  []string                    `json:"addresses,omitempty"` // in a closed network
}

type mayAskAll struct {
	URL      string   `json:"url"`
	Name     string   `json:"name"`
	Facility string   `json:"facility"`
	Keys     []string `json:"keys"`
}

func inspected(list *credential.TrustList, now time.Time) inspection {
	out := inspection{Version: list.Version, IssuedAt: time.Unix(list.IssuedAt, 0).In(eligibility.Japan), ExpiresAt: time.Unix(list.ExpiresAt, 0).In(eligibility.Japan),
		State: "valid", Issuers: []allowed{}, Counters: []mayAskAll{}}
	switch {
	case now.After(out.ExpiresAt.Add(credential.TrustGrace)):
		out.State = "expired"
	case now.After(out.ExpiresAt):
		out.State = "grace"
	}
	for _, i := range list.Issuers {
		one := allowed{i.ISS, i.Name, i.InsurerNumbers, keyIDs(i.JWKS), i.Addresses}
		out.Issuers = append(out.Issuers, one)
	}
	for _, c := range list.Counters {
		out.Counters = append(out.Counters, mayAskAll{c.URL, c.Name, c.Facility, keyIDs(c.JWKS)})
	}
	return out
}

func keyIDs(set credential.KeySet) []string {
	ids := []string{}
	for _, k := range set {
		ids = append(ids, k.ID)
	}
	return ids
}
