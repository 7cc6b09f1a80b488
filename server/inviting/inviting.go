// Package inviting is the command that invites: whoever runs the server makes the first administrator of an
// organisation with it, and helps one who lost the passkey and has no colleague left who may.
package inviting

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
)

// Command are the flags of `madoguchi invite`.
type Command struct {
	Insurer  string `help:"保険者番号 of the insurer whose staff it is"`
	Facility string `help:"10 digits of the facility (医療機関コード) whose staff it is"`
	Operator bool   `help:"staff of whoever runs this server"`
	Role     string `help:"reception, facility-admin, insurer-clerk, insurer-admin or operator"`
	Name     string `help:"the person's name"`
	Recover  string `placeholder:"MEMBER-ID" help:"instead: a new passkey for this member, also a locked one"`
	JSON     bool   `name:"json" help:"answer as JSON"`
}

var (
	errWhose = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "invite.whose",
		Field: "--insurer, --facility, --operator",
	}
	errWho = &eligibility.Error{Code: eligibility.Invalid, Key: "invite.who", Field: "--recover"}
)

// Organisation is whose staff the invitation is for: one of three flags says it.
func (c *Command) Organisation() (staff.Organisation, error) {
	var named []staff.Organisation
	if c.Insurer != "" {
		number, err := eligibility.ParseInsurerNumber(c.Insurer)
		if err != nil {
			return staff.Organisation{}, eligibility.ErrInsurerNumber.In("--insurer")
		}
		named = append(named, staff.OfInsurer(number))
	}
	if c.Facility != "" {
		named = append(named, staff.OfFacility(c.Facility))
	}
	if c.Operator {
		named = append(named, staff.TheOperator)
	}
	if len(named) != 1 {
		return staff.Organisation{}, errWhose
	}
	if (c.Recover != "") == (c.Role != "" || c.Name != "") {
		return staff.Organisation{}, errWho
	}
	return named[0], nil
}

// DataRole is the role of the data folder in which an organisation's staff is kept: live, an insurer's half
// or a counter's has its own; for the operator it is the one that is named.
func DataRole(mode string, of staff.Organisation, named string) string {
	switch {
	case mode == settings.Demo:
		return named
	case of.Kind == staff.KindInsurer:
		return "insurer"
	case of.Kind == staff.KindFacility || named == "counter":
		return "counter"
	}
	return "insurer"
}

// Address is where browsers find the server: the public address, in the demo localhost at its port.
func Address(s *settings.Settings) string {
	if s.Mode() != settings.Demo {
		return s.Host()
	}
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		port = "8080"
	}
	return "http://localhost:" + port
}

// Made is a link that was made.
type Made struct {
	Link      string    `json:"link"`
	ExpiresAt time.Time `json:"expiresAt"`
	Member    string    `json:"member"` // ID
	Name      string    `json:"name"`
	Role      string    `json:"role"`
	Recovery  bool      `json:"recovery"`
}

// Make stores the invitation and returns its link, which is kept nowhere else.
func (c *Command) Make(
	ctx context.Context, members *staff.Members, of staff.Organisation, address string,
) (Made, error) {
	var code string
	var v staff.Invitation
	var err error
	if c.Recover != "" {
		code, v, err = c.recover(ctx, members, of)
	} else {
		code, v, err = members.Invite(ctx, staff.Operator{}, staff.NewMember{
			Organisation: of,
			Name:         c.Name,
			Role:         staff.Role(c.Role),
		})
	}
	if err != nil {
		return Made{}, err
	}
	return Made{
		Link:      address + "/staff/invite/" + url.PathEscape(code),
		ExpiresAt: v.ExpiresAt.In(eligibility.Japan).Truncate(time.Second),
		Member:    string(v.Member),
		Name:      v.Name,
		Role:      string(v.Role),
		Recovery:  v.Recovery,
	}, nil
}

// recover makes a link for a member of the organisation that was named; another's is not found.
func (c *Command) recover(
	ctx context.Context, members *staff.Members, of staff.Organisation,
) (string, staff.Invitation, error) {
	all, err := members.List(ctx, staff.Operator{}, of)
	if err != nil {
		return "", staff.Invitation{}, err
	}
	for _, m := range all {
		if m.ID == staff.MemberID(c.Recover) {
			return members.Recover(ctx, staff.Operator{}, m.ID)
		}
	}
	return "", staff.Invitation{}, staff.ErrNoMember
}

// Print prints the link with its end, in Japanese and in English, for the person at the keyboard.
func (m Made) Print() error {
	said := message.New("invite.made", message.Args{
		"name":  message.Text(m.Name),
		"until": message.Text(m.ExpiresAt.Format("2006-01-02 15:04")),
	})
	_, err := fmt.Fprintf(os.Stdout, "%s\n%s\n%s\n", m.Link, said.Text("ja"), said.Text("en"))
	return err
}
