package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/hostapi"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
)

const demoCity eligibility.InsurerNumber = "00138990"

// running is a data folder with the demo's server started in it.
type running struct {
	settings *settings.Settings
	app      *app
	insurer  *insurer.Services
}

// startDemo goes the way of serve, up to where it would answer.
func startDemo(t *testing.T, s *settings.Settings) (running, error) {
	t.Helper()
	h, err := openApp(t.Context(), s, datafolder.RoleAll)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Store.Close() })
	serve := &serveCmd{Role: datafolder.RoleAll}
	if _, _, err := serve.site(t.Context(), h, "http://localhost:8080"); err != nil {
		return running{}, errors.Join(err, h.Store.Close())
	}
	services, err := h.insurerServices(t.Context(), "http://localhost:8080")
	return running{s, h, services}, err
}

func (d running) trust(t *testing.T) *credential.TrustList {
	t.Helper()
	listed, err := demo.TrustList(d.app.Keys, d.app.Path, credential.TrustedCounter{}, d.app.Now)
	if err != nil {
		t.Fatal(err)
	}
	list, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (d running) verify(t *testing.T, jws string) credential.Verdict {
	t.Helper()
	return credential.Verifier{Now: d.app.Now(), Trust: d.trust(t)}.Verify(jws)
}

// enrolled imports the sample of 架空市 and lets 髙橋 德一 log in.
func (d running) enrolled(t *testing.T) audit.PersonID {
	t.Helper()
	ctx := t.Context()
	if _, err := d.insurer.Importer.Import(ctx, clerkOf(demoCity),
		bytes.NewReader(insuredcsv.SampleFile(demoCity))); err != nil {
		t.Fatal(err)
	}
	found, err := d.app.Store.ForInsurer().Register.FindPeople(
		ctx,
		insurer.PeopleQuery{Insurer: demoCity, Text: "髙橋德一", Limit: 1},
	)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d people, %v", len(found), err)
	}
	paper, err := d.insurer.Enrolment.NoticePaper(ctx, clerkOf(demoCity), found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	who := auth.Identity{Subject: "op|x", Name: "髙橋 德一", BirthDate: found[0].Person.BirthDate,
		At: d.app.Now()}
	notice, err := d.insurer.Enrolment.NoticeFor(ctx, paper.Code)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.insurer.Enrolment.Enrol(ctx, insurer.Viewer{Login: &who}, notice); err != nil {
		t.Fatal(err)
	}
	return found[0].ID
}

// copyOf makes a copy (PDF) and reads its code as a camera does: drawn by poppler, read by zbar.
func (d running) copyOf(t *testing.T, id audit.PersonID) string {
	t.Helper()
	sheet, err := d.insurer.Documents.Document(t.Context(), viewerOf("op|x"), id)
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "sheet")
	if err := os.WriteFile(page+".pdf", sheet, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "300", "-png", "-singlefile", page+".pdf",
		page).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	text, err := exec.Command("zbarimg", testenv.ZbarArgs(page+".png")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	jws, err := credential.Read(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

func (d running) screen(t *testing.T, id audit.PersonID) string {
	t.Helper()
	screen, err := d.insurer.Issuer.Live(t.Context(), viewerOf("op|x"), id)
	if err != nil {
		t.Fatal(err)
	}
	return screen.JWS
}

func signedBy(t *testing.T, jws string, key credential.PublicKey) bool {
	t.Helper()
	_, err := credential.Open(jws, demo.Host+"/i/"+string(demoCity), credential.KeySet{key})
	return err == nil
}

func (d running) keys(t *testing.T) keys.IssuerKeys {
	t.Helper()
	k, err := d.app.Keys.Rings.Issuer(demoCity, d.app.Now())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTheLossOfASigningKeyIsSurvived(t *testing.T) {
	testenv.Need(t, "pdftoppm", "zbarimg")
	s := &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"}
	before, err := startDemo(t, s)
	if err != nil {
		t.Fatal(err)
	}
	person := before.enrolled(t)
	paper := before.copyOf(t, person)
	lost := before.keys(t).Current
	if err := before.app.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.Data, "demo", "keys", "issuer-00138990.pem")); err != nil {
		t.Fatal(err)
	}
	_, err = startDemo(t, s)
	var said *eligibility.Error
	if !errors.Is(err, keys.ErrLost) || !errors.As(err, &said) ||
		!strings.Contains(said.Ja(), "madoguchi keys rotate --lost --insurer 00138990") {
		t.Fatalf("it starts without its key, or does not name the command: %v", err)
	}
	if err := (&keysRotateCmd{Lost: true, Insurer: "138990"}).Run(s); err != nil {
		t.Fatal(err)
	}
	after, err := startDemo(t, s)
	if err != nil {
		t.Fatal(err)
	}
	k := after.keys(t)
	if _, kept := k.Set.Find(lost.ID); !kept || k.Current.ID == lost.ID || len(k.Set) != 2 {
		t.Errorf(
			"current %s, %d published, the lost key's public half kept: %v",
			k.Current.ID,
			len(k.Set),
			kept,
		)
	}
	screen := after.screen(t, person)
	if v := after.verify(t, screen); !v.Valid || !signedBy(t, screen, k.Current.Public()) {
		t.Errorf("the screen: %+v", v)
	}
	if v := after.verify(t, paper); !v.Valid || !signedBy(t, paper, lost.Public()) {
		t.Errorf("the copy made before the loss: %+v", v)
	}
}

func TestALeakEndsWhatTheKeySignedAndNothingElse(t *testing.T) {
	s := &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"}
	d, err := startDemo(t, s)
	if err != nil {
		t.Fatal(err)
	}
	person := d.enrolled(t)
	old := d.screen(t, person)
	others := map[eligibility.InsurerNumber]string{}
	for _, in := range demo.Insurers[1:] {
		key, err := d.app.Keys.Rings.IssuerKey(in.Number)
		if err != nil {
			t.Fatal(err)
		}
		others[in.Number] = key.ID
	}
	if err := (&keysRotateCmd{Leaked: true}).Run(s); !errors.Is(err, exit(exitRefused)) {
		t.Errorf("all insurers' copies ended by a forgotten flag: %v", err)
	}
	if err := (&keysRotateCmd{Leaked: true, Insurer: "138990"}).Run(s); err != nil {
		t.Fatal(err)
	}
	if v := d.verify(t, old); v.Valid {
		t.Error("what the leaked key signed still counts")
	}
	if v := d.verify(t, d.screen(t, person)); !v.Valid { // the same server, still running
		t.Errorf("the new screen: %+v", v)
	}
	for insurer, id := range others {
		if key, err := d.app.Keys.Rings.IssuerKey(insurer); err != nil || key.ID != id {
			t.Errorf("%s has another key: %v", insurer, err)
		}
	}
}

// A counter takes minutes: the screen that it shows may be from before a rotation. The receipt for it must
// arrive.
func TestAScreenFromBeforeARotationComesBackAsTheInsurersOwn(t *testing.T) {
	d, err := startDemo(t, &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	person := d.enrolled(t)
	old := d.screen(t, person)
	now := d.app.Now()
	if _, err := d.app.Keys.Rotation.Prepare(demoCity, now.Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.app.Keys.Rotation.Rotate(demoCity, now); err != nil {
		t.Fatal(err)
	}
	if signedBy(t, old, d.keys(t).Current.Public()) {
		t.Fatal("nothing was rotated")
	}
	if _, err := d.insurer.Receipts.ReceiptKeys(context.Background(), hostapi.Host{Insurer: demoCity},
		old); err != nil {
		t.Errorf("%v", err)
	}
}

// The list that counters hold changes as soon as the keys do, in the same running server.
func TestTheTrustListFollowsTheKeys(t *testing.T) {
	d, err := startDemo(t, &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	trustList, err := demo.TrustList(d.app.Keys, d.app.Path, credential.TrustedCounter{}, d.app.Now)
	if err != nil {
		t.Fatal(err)
	}
	first, err := trustList()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := trustList(); err != nil || again.Version != first.Version {
		t.Errorf("signed anew for nothing: %v", err)
	}
	next, err := d.app.Keys.Rotation.Prepare(demoCity, d.app.Now())
	if err != nil {
		t.Fatal(err)
	}
	list, err := trustList()
	if err != nil || list.Version != first.Version+1 {
		t.Fatalf("version %d after %d, %v", list.Version, first.Version, err)
	}
	listed, _ := list.IssuerByISS(demo.Host + "/i/" + string(demoCity))
	if _, ok := listed.JWKS.Find(next.JWK.ID); !ok {
		t.Error("the next key is not in the list")
	}
}

// clerkOf is 鈴木 at work for an insurer.
func clerkOf(number eligibility.InsurerNumber) staff.Clerk {
	return staff.Clerk{Staff: "鈴木", Insurer: number, Role: staff.Everything}
}

// viewerOf is somebody who has logged in, by the login's subject.
func viewerOf(subject string) insurer.Viewer {
	return insurer.Viewer{Login: &auth.Identity{Subject: subject}}
}
