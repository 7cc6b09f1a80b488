package insurer

import (
	"context"
	"math"
	"slices"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// actionWords says what the lines of the audit chain record, by keys of the catalogue; of the documents that
// clerks looked at their table says it.
var actionWords = map[string]string{
	"people.view":          "staff.person.didLookedAtTheRecord",
	"people.address":       "staff.desk.didLookedAtTheAddress",
	"desk.begin":           "staff.desk.didBegin",
	"desk.cancel":          "staff.desk.didCancel",
	"desk.enrol":           "staff.desk.didEnrol",
	"people.search":        "staff.person.didSearched",
	"people.import":        "staff.person.didImportedAFile",
	"notice.print":         "staff.person.didPrintedTheNotice",
	"notice.reissue":       "staff.person.didReissuedTheNoticeSCode",
	"notice.enrol":         "staff.person.didEnrolledWithTheNoticeSCode",
	"phone.add":            "staff.person.didAddedAPhone",
	"phone.holder":         "staff.person.didAddedAPhoneSKey",
	"phones.checked":       "staff.person.didAskedAboutPhones",
	"phone.end":            "staff.person.didRemovedAPhone",
	"login.end":            "staff.person.didEndedALoginSEnrolment",
	"screen.issue":         "staff.person.didIssuedAScreen",
	"code.asked":           "staff.person.didAskedByTheScreenSCode",
	"code.used":            "staff.person.didCheckedByTheScreenSCode",
	"code.allowed":         "staff.person.didAllowedACounterToSee",
	"code.denied":          "staff.person.didRefusedACounter",
	"paper.issue":          "staff.person.didSavedACopy",
	"paper.revoke":         "staff.person.didRevokedCopies",
	"receipt.leave":        "staff.person.didACounterLeftAReceipt",
	"representative.code":  "staff.person.didBeganARepresentation",
	"representative.begin": "staff.person.didBoundARepresentative",
	"representative.end":   "staff.person.didEndedARepresentative",
	"representative.over":  "staff.person.didRepresentativeOver",
	"person.erase":         "staff.person.didErasedTheRecord",
	"audit.export":         "staff.person.didExportedTheEntries",
}

// Did says what a line of the audit chain records; a line of another program's making keeps its own name.
func Did(action string) message.Message {
	for _, d := range AllDocuments() {
		if d.Clerk != nil && action == string(d.Kind)+".show" {
			return message.New(d.Clerk.Did, nil)
		}
	}
	if key, known := actionWords[action]; known {
		return message.New(key, nil)
	}
	return message.New(action, nil)
}

// Disclosure returns the lines of the audit chain about the only person whom a text means (FindOne), oldest
// first, for a request to be told who looked at the record (個人情報保護法 33条 5項, 76条). That it
// was asked for is the last of them.
func (r *Register) Disclosure(
	ctx context.Context, operator staff.Operator, text string,
) (PersonRecord, []audit.Entry, error) {
	found, err := r.FindOne(ctx, operator, text)
	if err != nil {
		return PersonRecord{}, nil, err
	}
	if err := r.store.Note(ctx, audit.Entry{
		At:     r.now(),
		Actor:  operator.Actor(),
		Action: "audit.export",
		Person: found.ID,
	}); err != nil {
		return PersonRecord{}, nil, notFoundAs(err, ErrNoPerson)
	}
	file, err := r.store.PersonFile(ctx, PersonKey{operator.Insurer, found.ID}, r.now(), math.MaxInt32)
	slices.Reverse(file.Entries)
	return file.PersonRecord, file.Entries, err
}
