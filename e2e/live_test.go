package e2e

import (
	"strings"
	"testing"

	"madoguchi/internal/pcscdtest"
	"madoguchi/internal/testenv"
)

// liveSteps are what people do between the guide's commands, by the names in its comments.
var liveSteps = map[string]func(w *liveWorld, h *liveHost){
	"certificate":     (*liveWorld).orderCertificate,
	"pdf-certificate": (*liveWorld).orderPDFCertificate,
	"card-keys":       (*liveWorld).orderCardKeys,
	"provider":        (*liveWorld).openSignIn,
	"insurer-staff":   (*liveWorld).insurerStaff,
	"clinic-staff":    (*liveWorld).clinicStaff,
	"pairing":         (*liveWorld).pairing,
	"register":        (*liveWorld).register,
	"enrolment":       (*liveWorld).enrolment,
	"case":            (*liveWorld).onlineCase,
	"stop":            func(_ *liveWorld, h *liveHost) { h.stop("madoguchi") },
	"offline-case":    (*liveWorld).offlineCase,
	"receipt":         (*liveWorld).lateReceipt,
	"renewed":         (*liveWorld).servesTheNewCertificate,
}

// From two empty hosts to recorded cases, by the operator's guide alone: each of its commands is read out of
// docs/operator.md and run in its order.
func TestTheOperatorsGuideOpensAnInsurerAndAClinic(t *testing.T) {
	testenv.Need(t, "node", "openssl", "curl", "zbarimg", "pdftotext", "pdftoppm")
	testenv.NeedFile(t, root(t, "auth", "testdata", "provider", "node_modules"), "npm ci there")
	bench := pcscdtest.Start(t)
	if bench == nil {
		return
	}
	w := newLiveWorld(t, bench)
	items, inline := readGuide(t)
	var ran strings.Builder
	done := map[string]bool{}
	for _, item := range items {
		switch {
		case item.notRun != "":
			t.Logf("docs/operator.md:%d is not run: %s", item.line, item.notRun)
		case item.kind == "walk":
			step := liveSteps[item.text]
			if step == nil {
				t.Fatalf("docs/operator.md:%d: no step %q", item.line, item.text)
			}
			done[item.text] = true
			step(w, w.host(item.host))
		case item.kind == "send":
			for line := range strings.Lines(item.text) {
				if err := w.send(line); err != nil {
					t.Fatalf("docs/operator.md:%d: %v", item.line, err)
				}
			}
		case item.background:
			w.host(item.host).start(item)
		default:
			h := w.host(item.host)
			if stderr, code := h.run(item); code != item.exit {
				t.Fatalf("docs/operator.md:%d on %s: exit code %d, want %d\n%s%s%s", item.line, h.name, code,
					item.exit, item.text, h.said, stderr)
			}
		}
		ran.WriteString(item.text)
		if t.Failed() {
			return
		}
	}
	for name := range liveSteps {
		if !done[name] {
			t.Errorf("the guide never comes to the step %q", name)
		}
	}
	for _, command := range inline {
		if !strings.Contains(ran.String(), command) {
			t.Errorf("docs/operator.md names `%s` in a sentence, and no block has it", command)
		}
	}
}
