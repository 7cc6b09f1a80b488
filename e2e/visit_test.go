package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"madoguchi/eligibility"
	"madoguchi/pwa"
)

// A patient checks a day before the visit: one question a page, in the writing that comes to hand,
// without a program in the page; the browser's Back and the page's own lead to the question before.
func TestADayIsCheckedOneQuestionAtATime(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	phone := browser(t, 390, 844, "")
	expects(t, phone, `status of 422 .*/visit`, "a date that cannot be is refused")
	for _, lang := range []string{"ja", "en", "vi"} {
		t.Run(lang, func(t *testing.T) {
			asks := func(step, field string) {
				t.Helper()
				waitText(t, phone, ".step", step+" / 6")
				waitText(t, phone, "#ask h2", pwa.Plain(lang, "visit."+field))
			}
			press := func(button string) {
				t.Helper()
				do(t, phone, leaves(`document.querySelector('#ask [name=go][value=`+button+`]').click()`))
			}
			answers := func(typed string) {
				t.Helper()
				do(t, phone, chromedp.SetValue("#typed", typed))
				press("next")
			}
			do(t, phone, chromedp.Navigate(base+"/visit?lang="+lang), chromedp.WaitVisible("#typed"))
			if eval[int](t, phone, `document.scripts.length`) != 0 {
				t.Error("the page has a program")
			}
			asks("1", "day")
			offered := eval[string](t, phone, `document.querySelector("#typed").value`)
			today, err := eligibility.ReadDate(offered)
			if err != nil {
				t.Fatal(err)
			}
			state(t, phone, "visit-day-"+lang)
			answers(today.AddDays(1).Japanese())
			asks("2", "certificateUntil")
			answers("1900-01-01")
			waitText(t, phone, `[role="alert"]`, writtenDay(lang, "2016-01-01"))
			state(t, phone, "visit-refused-"+lang)
			answers(today.AddDays(-10).ShortEra())
			asks("3", "cardUntil")
			waitText(t, phone, "#dates", today.AddDays(-10).Japanese())
			state(t, phone, "visit-card-"+lang)
			press("back")
			asks("2", "certificateUntil")
			press("next")
			asks("3", "cardUntil")
			press("skip")
			asks("4", "paperUntil")
			press("skip")
			asks("5", "birthDate")
			answers("S30.7.1")
			asks("6", "savedOn")
			press("skip")
			waitText(t, phone, "#answer", pwa.Plain(lang, "visit.certificate.grace"))
			waitText(t, phone, "#dates", "昭和30年7月1日")
			state(t, phone, "visit-answer-"+lang)
			if at := eval[string](t, phone, `location.search`); at != "" {
				t.Errorf("the address tells %s", at)
			}
			do(t, phone, leaves(`history.back()`))
			asks("6", "savedOn")
		})
	}
}

// writtenDay is a day as sentences of the language write it.
func writtenDay(lang, from string) string {
	day := eligibility.MustDate(from)
	if lang == "ja" {
		return day.Japanese()
	}
	return day.String()
}
