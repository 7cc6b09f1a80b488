package insurer

import (
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// CopyFlags are which copies `madoguchi revoke` takes back; their tags are the command's flags.
type CopyFlags struct {
	RID    string `name:"rid" help:"one copy: the five characters of its code (verify shows them)"`
	Person string `help:"all copies of the person with this 番号 or whole name"`
	Before string `help:"all copies made before this time, RFC 3339"`
}

var (
	errRevokeWhich = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "revoke.which_option",
		Field: "--rid, --person, --before",
	}
	errRevokeRID    = &eligibility.Error{Code: eligibility.Invalid, Key: "revoke.rid", Field: "--rid"}
	errRevokeBefore = &eligibility.Error{Code: eligibility.Invalid, Key: "revoke.before", Field: "--before"}
)

// Selection reads the flags, of which one must be given. The person is left to the caller, who must find it.
func (f CopyFlags) Selection() (CopySelection, error) {
	given := 0
	for _, text := range []string{f.RID, f.Person, f.Before} {
		if text != "" {
			given++
		}
	}
	if given != 1 {
		return CopySelection{}, errRevokeWhich
	}
	var which CopySelection
	var err error
	if f.RID != "" {
		if which.RID, err = credential.DecodeRID(f.RID); err != nil {
			return which, errRevokeRID.Because(err)
		}
	}
	if f.Before != "" {
		if which.Before, err = time.Parse(time.RFC3339, f.Before); err != nil {
			return which, errRevokeBefore.Because(err)
		}
	}
	return which, nil
}
