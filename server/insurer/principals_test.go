package insurer_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/principaltest"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// errNothing stands for an answer without anything in it.
var errNothing = &eligibility.Error{Code: eligibility.NotFound, Key: "test.nothing"}

// some is err, or errNothing where an answer holds nothing.
func some(n int, err error) error {
	if err == nil && n == 0 {
		return errNothing
	}
	return err
}

// row is a method of a service with a principal, called for the world's person, run, file or code.
type row struct {
	method string
	call   func(w *world, who asking) error
	codes  []eligibility.Code // of the refusals; NotFound alone where it is empty
	notes  string             // the action of a look that is noted in the asker's own insurer
	own    string             // why there is nothing to refuse: then only the person must be as before
	// alone: why the rightful call is not made after the refusals.
	alone string
}

var rows = []row{
	{method: "Directory.Clerk", call: func(w *world, who asking) error {
		_, err := w.Directory.Clerk(ctx, who.member, insurer.RequestTarget{Preview: w.preview})
		return err
	}},
	{method: "Directory.UpdateSettings", call: func(w *world, who asking) error {
		in, err := w.Directory.Insurer(ctx, city)
		if err != nil {
			return err
		}
		in.Telephone = "03-9999-9999"
		return w.Directory.UpdateSettings(ctx, who.clerk, in, nil)
	}},
	{method: "Directory.Choices", own: "it lists the asker's own insurer",
		call: func(w *world, who asking) error {
			_, err := w.Directory.Choices(ctx, who.clerk)
			return err
		}},
	{method: "Directory.AddInsurer", own: "it adds an insurer that was nobody's yet",
		call: func(w *world, who asking) error {
			_, err := w.Directory.AddInsurer(ctx, staff.Operator{}, "01139997", given("架空協会けんぽ"))
			return err
		}},
	{method: "Directory.SetInsurer", call: func(w *world, who asking) error {
		var by staff.Principal = staff.Operator{Insurer: who.by.InsurerNumber()}
		if who.by.InsurerNumber() == "" {
			by = staff.Member{} // a command for no insurer looks after all
		}
		_, err := w.Directory.SetInsurer(ctx, by, city, given("別の名前"))
		return err
	}},

	{method: "Register.Search", notes: "people.search", call: func(w *world, who asking) error {
		q := insurer.PeopleQuery{Insurer: city, Text: w.person.Person.Name, Limit: 10}
		people, found, err := w.Register.Search(ctx, who.clerk, q)
		return some(len(people)+found, err)
	}},
	{method: "Register.FindOne", call: func(w *world, who asking) error {
		_, err := w.Register.FindOne(ctx, staff.Operator{Insurer: who.by.InsurerNumber()},
			w.person.Person.Name)
		return err
	}},
	{method: "Register.Disclosure", notes: "audit.export", call: func(w *world, who asking) error {
		_, _, err := w.Register.Disclosure(ctx, staff.Operator{Insurer: who.by.InsurerNumber()},
			w.person.Person.Name)
		return err
	}},
	{method: "Register.PersonFile", call: func(w *world, who asking) error {
		_, err := w.Register.PersonFile(ctx, who.clerk, w.person.ID)
		return err
	}},
	{method: "Register.Erase", call: func(w *world, who asking) error {
		return w.Register.Erase(ctx, who.clerk, w.person.ID, w.person.Person.Number)
	}},
	{method: "Register.Count", call: func(w *world, who asking) error {
		return some(w.Register.Count(ctx, who.clerk))
	}},
	{method: "Register.Record", call: func(w *world, who asking) error {
		_, err := w.Register.Record(ctx, who.clerk, w.person.ID)
		return err
	}},
	{method: "Register.Addresses", call: func(w *world, who asking) error {
		_, err := w.Register.Addresses(ctx, who.clerk, w.person.ID)
		return err
	}},
	{method: "Register.Copies", call: func(w *world, who asking) error {
		copies, err := w.Register.Copies(ctx, who.clerk, w.person.ID)
		return some(len(copies), err)
	}},
	{method: "Register.Note", own: "it notes what the clerk did, of no person",
		call: func(w *world, who asking) error {
			return w.Register.Note(ctx, who.clerk, "test", "")
		}},

	{method: "Exporter.Export", own: "it writes the asker's own register",
		call: func(w *world, who asking) error {
			var written bytes.Buffer
			_, err := w.Exporter.Export(ctx, who.by, insurer.ExportCSV, &written)
			if strings.Contains(written.String(), w.person.Person.Name) != (who.by.InsurerNumber() == city) {
				return errors.New("another insurer's people were written")
			}
			return err
		}},

	{method: "Importer.Import", own: "it imports into the asker's own register",
		call: func(w *world, who asking) error {
			_, err := w.Importer.Import(ctx, who.by, bytes.NewReader(insuredcsv.SampleFile(city)))
			return err
		}},
	{method: "Importer.StoreFile", call: func(w *world, who asking) error {
		file := "番号,氏名,生年月日\n" + w.person.Person.Number + ",試験 太郎,1986-04-12\n"
		read, err := insuredcsv.Read(strings.NewReader(file), insuredcsv.Options{
			Insurer: city,
			Today:   eligibility.DateOf(now),
		})
		if err != nil {
			return err
		}
		_, err = w.Importer.StoreFile(ctx, who.by, read, nil)
		return err
	}},
	{method: "Importer.KeepFile", own: "it keeps the asker's own file",
		call: func(w *world, who asking) error {
			_, err := w.Importer.KeepFile(ctx, who.clerk, bytes.NewReader(insuredcsv.SampleFile(city)))
			return err
		}},
	{method: "Importer.Preview", call: func(w *world, who asking) error {
		_, err := w.Importer.Preview(ctx, who.clerk, w.preview)
		return err
	}},
	{method: "Importer.Count", call: func(w *world, who asking) error {
		_, _, err := w.Importer.Count(ctx, who.clerk, w.previewed)
		return err
	}},
	{method: "Importer.MapHeadings", call: func(w *world, who asking) error {
		return w.Importer.MapHeadings(ctx, who.clerk, w.preview, w.columns)
	}},
	{method: "Importer.RememberHeadings", own: "it remembers the asker's own headings",
		call: func(w *world, who asking) error {
			return w.Importer.RememberHeadings(ctx, who.by, map[string]insuredcsv.Column{"なまえ": "氏名"})
		}},
	{method: "Importer.StorePreview", call: func(w *world, who asking) error {
		return w.Importer.StorePreview(ctx, who.clerk, w.preview, w.seen)
	}},
	{method: "Importer.DropPreview", call: func(w *world, who asking) error {
		return w.Importer.DropPreview(ctx, who.clerk, w.preview)
	}},

	{method: "Importer.Read", call: func(w *world, who asking) error {
		return w.Importer.Read(ctx, who.clerk, w.preview, func(insurer.ImportProgress) {})
	}},
	{method: "Importer.Mend", call: func(w *world, who asking) error {
		_, err := w.Importer.Mend(ctx, who.clerk, w.preview, insuredcsv.Mending{})
		return err
	}},
	{method: "Importer.Holds", call: func(w *world, who asking) error {
		if !w.Importer.Holds(ctx, who.clerk, w.preview) {
			return errNothing
		}
		return nil
	}},
	{method: "Tasks.Waiting", call: func(w *world, who asking) error {
		waiting, err := w.Tasks.Waiting(ctx, who.clerk)
		return some(waiting.People, err)
	}},
	{method: "Tasks.PeopleOfManyPhones", own: "it lists people of the asker's own register",
		call: func(w *world, who asking) error {
			_, found, err := w.Tasks.PeopleOfManyPhones(ctx, who.clerk, 10)
			if found > 0 {
				return errors.New("somebody else's people were found")
			}
			return err
		}},

	{method: "Usage.Overviews", own: "an operator sees each insurer's numbers, and nobody in them",
		call: func(w *world, who asking) error {
			_, err := w.Usage.Overviews(ctx, staff.Operator{Staff: "operator"}, nil)
			return err
		}},
	{method: "Usage.Statistics", call: func(w *world, who asking) error {
		s, err := w.Usage.Statistics(ctx, who.clerk)
		return some(s.People+s.Lost+s.Logins+s.Copies+s.Receipts+s.NoticesOpen+s.NoticesUsed, err)
	}},

	{method: "Enrolment.Enrol", codes: []eligibility.Code{eligibility.Conflict, eligibility.Denied},
		call: func(w *world, who asking) error { return w.Enrolment.Enrol(ctx, who.viewer, w.notice) }},
	{method: "Enrolment.EraseLogin", own: "it erases the asker's own login",
		call: func(w *world, who asking) error { return w.Enrolment.EraseLogin(ctx, who.viewer) }},
	{method: "Enrolment.LoginFor", own: "it names the asker's own login, by which requests are counted",
		call: func(w *world, who asking) error {
			subject, err := w.Enrolment.LoginFor(who.viewer, w.person.ID)
			if subject == "op|a" {
				return errors.New("the login of another was named")
			}
			return err
		}},
	{method: "Enrolment.People", call: func(w *world, who asking) error {
		people, err := w.Enrolment.People(ctx, who.viewer)
		people = slices.DeleteFunc(people, func(p insurer.ShownPerson) bool { return p.ID != w.person.ID })
		return some(len(people), err)
	}},
	{method: "Enrolment.InsurerOf", own: "it names the asker's own insurer",
		call: func(w *world, who asking) error {
			_, _ = w.Enrolment.InsurerOf(ctx, who.viewer)
			return nil
		}},
	{method: "Enrolment.NoticePaper", call: func(w *world, who asking) error {
		_, err := w.Enrolment.NoticePaper(ctx, who.clerk, w.person.ID)
		return err
	}},
	{method: "Enrolment.Reissue", call: func(w *world, who asking) error {
		return w.Enrolment.Reissue(ctx, who.clerk, w.person.ID)
	}},
	{method: "Enrolment.EndLogin", call: func(w *world, who asking) error {
		return w.Enrolment.EndLogin(ctx, who.clerk, w.person.ID, w.login)
	}},

	{method: "Desk.Begin", call: func(w *world, who asking) error {
		_, err := w.Desk.Begin(ctx, who.clerk, w.person.ID, insurer.SeenCard)
		return err
	}},
	{method: "Desk.Enrolment", call: func(w *world, who asking) error {
		_, err := w.Desk.Enrolment(ctx, who.clerk, w.person.ID, w.desk)
		return err
	}},
	{method: "Desk.Cancel", call: func(w *world, who asking) error {
		return w.Desk.Cancel(ctx, who.clerk, w.person.ID, w.desk)
	}},
	{method: "Desk.Watch", own: "it hears of the asker's own insurer's people alone",
		call: func(w *world, who asking) error {
			changed, stop := w.Desk.Watch(who.clerk, w.person.ID)
			defer stop()
			select {
			case <-changed:
				return nil
			default:
				return errNothing
			}
		}},
	{method: "Desk.Enrol", own: "a login that does not fit is counted on the code, and bound to nobody",
		call: func(w *world, who asking) error {
			e, err := w.Desk.Enrolment(ctx, w.rightful.clerk, w.person.ID, w.desk)
			if err != nil {
				return err
			}
			mac, err := w.Desk.CodeFor(ctx, e.Code)
			if err != nil {
				return err
			}
			return w.Desk.Enrol(ctx, who.viewer, mac)
		}},

	{method: "Devices.DevicesOfViewer", call: func(w *world, who asking) error {
		phones, err := w.Devices.DevicesOfViewer(ctx, who.viewer)
		phones = slices.DeleteFunc(phones, func(p insurer.KnownDevice) bool { return p.ID != "phone-a" })
		return some(len(phones), err)
	}},
	{method: "Devices.EndDeviceOfLogin", call: func(w *world, who asking) error {
		return w.Devices.EndDeviceOfLogin(ctx, who.viewer, "phone-a", [32]byte{})
	}},
	{method: "Devices.EndOwnDevice", own: "it takes people off the asker's own phone",
		call: func(w *world, who asking) error {
			return w.Devices.EndOwnDevice(ctx, who.viewer, w.person.ID, [32]byte{})
		}},
	{method: "Devices.DevicesOfPerson", call: func(w *world, who asking) error {
		phones, err := w.Devices.DevicesOfPerson(ctx, who.clerk, w.person.ID)
		return some(len(phones), err)
	}},
	{method: "Devices.EndDeviceOfPerson", call: func(w *world, who asking) error {
		return some(w.Devices.EndDeviceOfPerson(ctx, who.clerk, w.person.ID, ""))
	}},
	{method: "Devices.AddDeviceKey", own: "it adds a key to the asker's own login",
		call: func(w *world, who asking) error {
			return w.Devices.AddDeviceKey(ctx, who.viewer, insurer.DeviceKey{DeviceID: "phone-a"})
		}},
	{method: "Devices.PutReceiptKey", own: "it adds a key to the asker's own login",
		call: func(w *world, who asking) error {
			return w.Devices.PutReceiptKey(ctx, who.viewer, "phone-a", "", "")
		}},

	{method: "Representatives.Begin", call: func(w *world, who asking) error {
		return w.Representatives.Begin(ctx, who.clerk, w.person.ID, mandate("代理 次郎"))
	}},
	{method: "Representatives.Code", call: func(w *world, who asking) error {
		_, err := w.Representatives.Code(ctx, who.clerk, w.person.ID)
		return err
	}},
	{method: "Representatives.Accept", codes: []eligibility.Code{eligibility.Conflict, eligibility.Denied},
		alone: "the person's own login represents nobody",
		call: func(w *world, who asking) error {
			return w.Representatives.Accept(ctx, who.viewer, w.offer)
		}},
	{method: "Representatives.OfPerson", call: func(w *world, who asking) error {
		all, err := w.Representatives.OfPerson(ctx, who.clerk, w.person.ID)
		return some(len(all), err)
	}},
	{method: "Representatives.End", call: func(w *world, who asking) error {
		return w.Representatives.End(ctx, who.clerk, w.person.ID, w.representative)
	}},
	{method: "Representatives.OfViewer", call: func(w *world, who asking) error {
		all, err := w.Representatives.OfViewer(ctx, who.viewer, w.person.ID)
		return some(len(all), err)
	}},
	{method: "Representatives.EndOwn", call: func(w *world, who asking) error {
		return w.Representatives.EndOwn(ctx, who.viewer, w.person.ID, w.representative)
	}},

	{method: "Receipts.Receipts", call: func(w *world, who asking) error {
		sealed, err := w.Receipts.Receipts(ctx, who.viewer, "phone-a")
		return some(len(sealed), err)
	}},
	{method: "Receipts.ReceiptKeys", codes: []eligibility.Code{eligibility.Denied, eligibility.NotFound},
		call: func(w *world, who asking) error {
			known, err := w.Receipts.ReceiptKeys(ctx, who.host, w.jws)
			return some(len(known), err)
		}},
	{method: "Receipts.LeaveReceipt", codes: []eligibility.Code{eligibility.Denied, eligibility.NotFound},
		call: func(w *world, who asking) error {
			left := hostapi.Delivery{Credential: w.jws, Sealed: w.sealed}
			return w.Receipts.LeaveReceipt(ctx, who.host, left)
		}},

	{method: "Issuer.Live", call: func(w *world, who asking) error {
		_, err := w.Issuer.Live(ctx, who.viewer, w.person.ID)
		return err
	}},
	{method: "Issuer.Offline", call: func(w *world, who asking) error {
		_, err := w.Issuer.Offline(ctx, who.viewer, w.person.ID, "phone-a")
		return err
	}},
	{method: "Issuer.Revoke", call: func(w *world, who asking) error {
		return some(w.Issuer.Revoke(ctx, who.by, insurer.CopySelection{Person: w.person.ID}))
	}},
	{method: "Issuer.CountCopies", call: func(w *world, who asking) error {
		return some(w.Issuer.CountCopies(ctx, who.by, insurer.CopySelection{Person: w.person.ID}))
	}},

	{method: "OnlineCodes.NewCode", call: func(w *world, who asking) error {
		_, _, err := w.OnlineCodes.NewCode(ctx, who.viewer, w.person.ID)
		return err
	}},
	{method: "OnlineCodes.CodeAsked", call: func(w *world, who asking) error {
		_, _, err := w.OnlineCodes.CodeAsked(ctx, who.viewer, w.person.ID)
		return err
	}},
	{method: "OnlineCodes.AnswerCode", call: func(w *world, who asking) error {
		return w.OnlineCodes.AnswerCode(ctx, who.viewer, w.person.ID, true)
	}},
	{method: "OnlineCodes.Redeem", call: func(w *world, who asking) error {
		_, err := w.OnlineCodes.Redeem(ctx, who.host, w.code, unlimited{})
		return err
	}},

	{method: "Documents.Document", call: func(w *world, who asking) error {
		_, err := w.Documents.Document(ctx, who.viewer, w.person.ID)
		return err
	}},
	{method: "Documents.CopyUntil", call: func(w *world, who asking) error {
		_, err := w.Documents.CopyUntil(ctx, who.viewer, w.person.ID)
		return err
	}},
	{method: "Documents.MaskedDocument", call: func(w *world, who asking) error {
		_, err := w.Documents.MaskedDocument(ctx, who.viewer, w.person.ID)
		return err
	}},
	{method: "Documents.File", call: func(w *world, who asking) error {
		_, err := w.Documents.File(ctx, who.viewer, w.person.ID)
		return err
	}},
	{method: "Documents.NameFont", call: func(w *world, who asking) error {
		_, err := w.Documents.NameFont(ctx, who.viewer, w.person.ID)
		return err
	}},
	{method: "Documents.NoticePage", call: func(w *world, who asking) error {
		_, _, err := w.Documents.NoticePage(ctx, who.clerk, w.person.ID)
		return err
	}},
	{method: "Documents.CertificateOf", call: func(w *world, who asking) error {
		wanted := insurer.OneDocument{Person: w.person.ID, Layout: insurer.LayoutCard, Reason: "申請"}
		_, _, err := w.Documents.CertificateOf(ctx, who.clerk, wanted)
		return err
	}},
	{method: "Documents.SamplePaper", own: "it is of nobody", call: func(w *world, who asking) error {
		_, err := w.Documents.SamplePaper(ctx, who.clerk, "notice")
		return err
	}},

	{method: "PrintJobs.PlanRun", call: func(w *world, who asking) error {
		_, err := w.PrintJobs.PlanRun(ctx, who.by, insurer.RunRequest{Kind: insurer.NoticeRun})
		return err
	}},
	{method: "PrintJobs.StartRun", call: func(w *world, who asking) error {
		return w.PrintJobs.StartRun(ctx, who.by, w.planned)
	}},
	{method: "PrintJobs.Begin", call: func(w *world, who asking) error {
		return w.PrintJobs.Begin(ctx, who.by, w.run)
	}},
	{method: "PrintJobs.Print", call: func(w *world, who asking) error {
		_, err := w.PrintJobs.Print(ctx, who.by, w.run, nil)
		return err
	}},
	{method: "PrintJobs.PrintUntil", call: func(w *world, who asking) error {
		_, err := w.PrintJobs.PrintUntil(ctx, who.by, w.run, nil, nil)
		return err
	}},
	{method: "PrintJobs.Progress", alone: "a run has progress only while it is printed",
		call: func(w *world, who asking) error {
			if _, here := w.PrintJobs.Progress(who.by, w.run); !here {
				return errNothing
			}
			return nil
		}},
	{
		method: "PrintJobs.Watch",
		own:    "it hears of the asker's own insurer's run alone: of another's it hears nothing",
		call: func(w *world, who asking) error {
			changed, stop := w.PrintJobs.Watch(who.by, w.run)
			defer stop()
			select {
			case <-changed:
				return nil
			default:
				return errNothing
			}
		},
	},
	{method: "PrintJobs.Command", call: func(w *world, who asking) error {
		return w.PrintJobs.Command(ctx, who.by, w.run, insurer.RunCancelled)
	}},
	{method: "PrintJobs.List", call: func(w *world, who asking) error {
		runs, err := w.PrintJobs.List(ctx, who.by, 10)
		return some(len(runs), err)
	}},
	{method: "PrintJobs.Job", call: func(w *world, who asking) error {
		_, err := w.PrintJobs.Job(ctx, who.by, w.run)
		return err
	}},
	{method: "PrintJobs.Files", call: func(w *world, who asking) error {
		_, err := w.PrintJobs.Files(ctx, who.by, w.run)
		return err
	}},
}

// Each document of the table, in each way in which people come by it.
func init() {
	for _, d := range insurer.AllDocuments() {
		if d.Clerk != nil {
			rows = append(rows, row{method: "Documents.ForClerk", call: func(w *world, who asking) error {
				_, _, err := w.Documents.ForClerk(ctx, who.clerk, insurer.OneDocument{
					Kind:   d.Kind,
					Person: w.person.ID,
					Reason: "申請",
				})
				return err
			}})
		}
		if d.Viewer != nil {
			rows = append(rows, row{method: "Documents.ForViewer", call: func(w *world, who asking) error {
				_, err := w.Documents.ForViewer(ctx, who.viewer, w.person.ID, d.Kind)
				return err
			}})
		}
	}
}

// withoutPrincipal are the methods that take none, each with its reason.
var withoutPrincipal = map[string]string{
	"Directory.Insurer":          "which insurers there are is public",
	"Directory.All":              "which insurers there are is public",
	"Directory.Logo":             "a mark stands on every paper",
	"Directory.Operator":         "it makes the principal",
	"Directory.Printing":         "it makes the principal",
	"Enrolment.NoticeFor":        "the notice's code is the proof; it names nobody",
	"Enrolment.NoticeInsurer":    "the notice's code is the proof; it names nobody",
	"Enrolment.MACOf":            "it looks nothing up",
	"Desk.MACOf":                 "it looks nothing up",
	"Desk.CodeFor":               "the desk's code is the proof; it names nobody",
	"Desk.CodeInsurer":           "the desk's code is the proof; it names nobody",
	"Devices.Viewer":             "it makes the principal",
	"Devices.LoginFlowKey":       "it concerns nobody",
	"Devices.Challenge":          "it is the same for phones that nobody knows",
	"Devices.AuthenticateDevice": "it proves the phone before there is a principal",
	"Devices.UseNonce":           "it concerns nobody",
	"Receipts.FirstUse":          "it is asked before there is a principal",
	"Issuer.StatusList":          "it is published",
	"Issuer.RevocationFile":      "it is published",
	"Issuer.PublishedKeys":       "they are published",
	"Issuer.Endorsements":        "they are published",
	"Issuer.SignTime":            "it tells the time to anybody",
	"Issuer.ISS":                 "it is published",
	"OnlineCodes.Link":           "it writes an address",
	"Representatives.CodeFor":    "the code is the proof; it names nobody",
	"Representatives.InsurerOf":  "the code is the proof; it names nobody",
	"Documents.ForAnybody":       "it makes forms that say nothing of anyone",
	"PrintJobs.FolderOf":         "it takes a run that was found already",
	"PrintJobs.Wait":             "the server ends",
	"Importer.Wait":              "the server ends",
	"PrintJobs.Resume":           "the server begins: it goes on with all runs",
	"PrintJobs.KeepResuming":     "the server goes on with all runs",
	"PrintJobs.InPrint":          "the server's metrics count all runs, and nobody in them",
}

var principals = []reflect.Type{
	reflect.TypeFor[staff.Member](),
	reflect.TypeFor[staff.Clerk](),
	reflect.TypeFor[staff.Operator](),
	reflect.TypeFor[staff.ForInsurer](),
	reflect.TypeFor[staff.Principal](),
	reflect.TypeFor[insurer.Viewer](),
	reflect.TypeFor[hostapi.Host](),
}

// Every method of every service takes a principal first and has a row above, or stands among those that need
// none. A new method that takes neither fails here.
func TestEveryMethodOfAServiceAsksWhoAsks(t *testing.T) {
	principaltest.Half{
		Services:   reflect.TypeFor[insurer.Services](),
		Principals: principals,
		Rows:       methodsOf(rows),
		Open:       withoutPrincipal,
		Person:     reflect.TypeFor[audit.PersonID](),
	}.Check(t)
}

func methodsOf(rows []row) (methods []string) {
	for _, r := range rows {
		methods = append(methods, r.method)
	}
	return methods
}

// What belongs to another insurer or patient is not found: nothing changes, and the audit tells of no change.
// Whose it is gets it.
func TestWhatIsAnothersIsNotFound(t *testing.T) {
	for _, r := range rows {
		t.Run(r.method, func(t *testing.T) {
			w := newWorld(t)
			codes := r.codes
			if codes == nil {
				codes = []eligibility.Code{eligibility.NotFound}
			}
			before, told := w.dump(t)
			file := w.everything(t)
			for _, who := range w.strangers {
				err := r.call(w, who)
				var e *eligibility.Error
				if r.own == "" && (!errors.As(err, &e) || !slices.Contains(codes, e.Code)) {
					t.Errorf("%s: %v", who.name, err)
				}
			}
			after, tells := w.dump(t)
			if r.own == "" && after != before {
				t.Error("it changed something")
			}
			if now := w.everything(t); !reflect.DeepEqual(now, file) {
				t.Errorf("it changed the person:\n%+v\n%+v", file, now)
			}
			for _, action := range tells[len(told):] {
				if r.own == "" && action != r.notes {
					t.Errorf("the audit tells of %s", action)
				}
			}
			if r.own != "" || r.alone != "" {
				return
			}
			if err := r.call(w, w.rightful); err != nil {
				t.Errorf("whose it is: %v", err)
			}
		})
	}
}

// everything is what the insurer keeps of the world's person.
func (w *world) everything(t *testing.T) insurer.PersonFile {
	t.Helper()
	file, err := w.store.ForInsurer().Register.PersonFile(
		ctx,
		insurer.PersonKey{Insurer: city, ID: w.person.ID},
		now,
		1000,
	)
	fatal(t, err)
	return file
}

// A login of nobody is not a subject: what asks without one is nobody's, whatever its other members say.
func TestAViewerWithoutALoginIsNobody(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name   string
		viewer insurer.Viewer
	}{
		{"nobody", insurer.Viewer{}},
		{"an empty login", insurer.Viewer{Login: &auth.Identity{}}},
		{"a phone by its id", insurer.Viewer{Device: insurer.Device{ID: "phone-a"}}},
		{"a phone by its key", insurer.Viewer{Device: insurer.Device{KeyID: strings.Repeat("a", 16)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if people, err := w.Enrolment.People(ctx, c.viewer); err != nil || len(people) != 0 {
				t.Errorf("%d people, %v", len(people), err)
			}
			if phones, err := w.Devices.DevicesOfViewer(ctx, c.viewer); err != nil || len(phones) != 0 {
				t.Errorf("%d phones, %v", len(phones), err)
			}
			if err := w.Devices.EndOwnDevice(ctx, c.viewer, "", [32]byte{}); err != nil {
				t.Error(err)
			}
			if file := w.everything(t); len(file.Devices) != 1 || len(file.Logins) != 1 {
				t.Errorf("%+v", file)
			}
		})
	}
}
