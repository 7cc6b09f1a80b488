package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestCopiesOfTheWholeInsurerAreCountedBeforeTheyAreRevoked(t *testing.T) {
	h, r := clerksApp(t)
	for name, form := range map[string]url.Values{
		"neither":  {},
		"both":     {"rid": {"AAAAA"}, "before": {"2026-11-22T10:00"}},
		"no index": {"rid": {"!"}},
		"no time":  {"before": {"yesterday"}},
	} {
		form.Set("insurer", "00138990")
		if w := h.form(t, "/insurer/revoke", form); w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), "どちらか一つ") {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	form := url.Values{"insurer": {"00138990"}, "before": {h.now.Add(time.Minute).Format("2006-01-02T15:04")}}
	w := h.form(t, "/insurer/revoke", form)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<b>2通</b>") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if rids, _, err := h.store.Issuer.Revoked(ctx, "00138990", h.now); err != nil || len(rids) != 0 {
		t.Fatalf("asking revoked %d copies, %v", len(rids), err)
	}
	other := url.Values{"insurer": {"06139992"}, "before": form["before"], "sure": {"yes"}}
	h.acts(t, "/insurer/revoke", other, "0通を取り消しました")
	form.Set("sure", "yes")
	for _, typed := range []string{"", "1", "20", "二"} {
		form.Set("count", typed)
		if w := h.form(t, "/insurer/revoke", form); w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), "まだ何も取り消していません") {
			t.Errorf("%q: %d", typed, w.Code)
		}
	}
	if rids, _, err := h.store.Issuer.Revoked(ctx, "00138990", h.now); err != nil || len(rids) != 0 {
		t.Fatalf("a wrong number revoked %d copies, %v", len(rids), err)
	}
	form.Set("count", " ２")
	h.acts(t, "/insurer/revoke", form, "2通を取り消しました")
	page := h.page(t, "/insurer/people/"+string(r.ID))
	if strings.Count(page, "に取り消し<") != 2 {
		t.Error("the person's page does not show it")
	}
}
