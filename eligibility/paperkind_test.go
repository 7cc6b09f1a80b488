package eligibility

import (
	"errors"
	"testing"
)

// Expected: the ministry's comparison, docs/facts/insurers-and-papers.md#three-documents. The notice
// alone and the expired insurance card: to 2026-07-31, docs/facts/eligibility-methods.md#notice-alone and
// docs/facts/eligibility-methods.md#expired-insurance-card. The last insurance cards ended on 2025-12-01,
// docs/facts/eligibility-methods.md#insurance-card. Without the card only マイナポータル, from 2025-09,
// never an insurer's screen: docs/facts/eligibility-methods.md#mynaportal-on-the-spot.
func TestKindsOfPaperOnADay(t *testing.T) {
	type want struct {
		use   PaperUse
		until string
	}
	for _, c := range []struct {
		day   string
		kinds map[PaperKind]want
	}{
		{"2025-07-01", map[PaperKind]want{
			PaperOldCard: {UseAlone, ""}, PaperPortalScreen: {UseWithCard, ""},
		}},
		{"2026-07-31", map[PaperKind]want{
			PaperNotice: {UseAlone, ""}, PaperOldCard: {UseAlone, ""},
		}},
		{"2026-08-01", map[PaperKind]want{
			PaperNotice: {UseWithCard, "2026-07-31"}, PaperOldCard: {UseEnded, "2026-07-31"},
		}},
		{"2026-11-30", map[PaperKind]want{
			PaperCard:          {UseAtReader, ""},
			PaperCertificate:   {UseAlone, ""},
			PaperNotice:        {UseWithCard, "2026-07-31"},
			PaperInsurerScreen: {UseWithCard, ""},
			PaperPortalScreen:  {UseLive, ""},
			PaperOldCard:       {UseEnded, "2026-07-31"},
		}},
	} {
		t.Run(c.day, func(t *testing.T) {
			kinds, err := PaperKindsOn(MustDate(c.day))
			if err != nil || len(kinds) != 6 {
				t.Fatalf("%d kinds, %v", len(kinds), err)
			}
			for _, k := range kinds {
				if k.Source == "" || k.Confidence == "" {
					t.Errorf("%s has no source", k.Kind)
				}
				w, asked := c.kinds[k.Kind]
				if asked && (k.Use != w.use || k.AloneUntil.String() != w.until) {
					t.Errorf("%s: %s, alone until %q; want %+v", k.Kind, k.Use, k.AloneUntil, w)
				}
			}
		})
	}
	if _, err := PaperKindsOn(Date{}); !errors.Is(err, ErrDayMissing) {
		t.Errorf("no day: %v", err)
	}
	for day, want := range map[Date]string{
		NoOldCardsFrom():          "2024-12-02",
		ElderlyCertificatesFrom(): "2026-08-01",
		LastOldCardDay():          "2025-12-01",
	} {
		if day.String() != want {
			t.Errorf("%s, want %s", day, want)
		}
	}
}
