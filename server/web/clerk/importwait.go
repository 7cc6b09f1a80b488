package clerk

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// WaitView is the page of a large file while it is read or stored (/insurer/imports/{id}).
type WaitView struct {
	kit.Page
	ID       string
	Storing  bool // else it is being read
	Progress ImportProgress
	Next     string // what is asked for where the page has no program
}

// ImportProgress is how far a file is, as the page's program hears of it.
type ImportProgress struct {
	Done  int    `json:"done"`
	Total int    `json:"total"`
	Over  bool   `json:"over"` // the page can be asked for
	Ja    string `json:"ja"`
	En    string `json:"en"`
}

// waitView is the page of a file that is being stored, or of a large one that was not read yet; false for a
// file that can be shown at once. The page's program has it read, and asks for the page again; without the
// program the page asks with "read", which reads before it answers.
func (s *importPages) waitView(
	c echo.Context, clerk staff.Clerk, preview insurer.ImportPreview, in insurer.Insurer,
) (WaitView, bool) {
	p, storing := s.Insurer.Importer.Storing(clerk, preview.ID)
	view := WaitView{ID: preview.ID, Storing: storing, Next: importAddress(preview.ID, "")}
	title := "staff.title.storing"
	if storing {
		view.Progress = importProgress(p, storeWords)
	} else {
		if preview.Stored != nil || !preview.Large() || c.QueryParam("read") != "" ||
			s.Insurer.Importer.Counted(clerk, preview) {
			return view, false
		}
		title, view.Next = "staff.title.reading", importAddress(preview.ID, "?read=1")
		view.Progress = importProgress(insurer.ImportProgress{Total: preview.File.Parts()}, readWords)
	}
	view.Page = s.NewPage(c, sentence(title))
	view.Insurer = kit.InsurerView(in.Contact())
	return view, true
}

// progressWords are the keys of what a page says of progress: at its begin, once the rate is known, at its
// end.
type progressWords struct{ begun, rate, end string }

var (
	readWords = progressWords{
		begun: "staff.import.readBegun",
		rate:  "staff.import.readRate",
		end:   "staff.import.readAtEnd",
	}
	storeWords = progressWords{
		begun: "staff.import.storeBegun",
		rate:  "staff.import.storeRate",
		end:   "staff.import.storeAtEnd",
	}
)

// importProgress puts progress in words.
func importProgress(p insurer.ImportProgress, words progressWords) ImportProgress {
	args := message.Args{"rows": message.Number(p.Rows), "total": message.Number(p.Total)}
	key := words.begun
	switch {
	case p.Done > 0 && p.Done >= p.Total:
		key = words.end
	case p.Rate > 0:
		args["rate"] = message.Number(int(p.Rate))
		args["left"] = message.Nested(leftOf(p.Left))
		key = words.rate
	}
	said := message.New(key, args)
	return ImportProgress{Done: p.Done, Total: p.Total, Ja: said.Text("ja"), En: said.Text("en")}
}

// importEvents streams how far a file is. One that is not being stored is read for it, and the page then has
// what came of it.
func (s *importPages) importEvents(c echo.Context, clerk staff.Clerk) error {
	if _, _, err := s.loadPreview(c, clerk); err != nil {
		return err // while a status can still say so
	}
	_, storing := s.Insurer.Importer.Storing(clerk, c.Param("id"))
	stream := kit.NewEventStream(c, s.Background, s.Now)
	if stream == nil {
		return nil
	}
	over := ImportProgress{Done: 1, Total: 1, Over: true}
	if storing {
		if !s.followStoring(c, clerk, stream) {
			return nil
		}
		_, err := stream.Send(over)
		return err
	}
	var last time.Time
	err := s.Insurer.Importer.Read(c.Request().Context(), clerk, c.Param("id"),
		func(p insurer.ImportProgress) {
			if now := s.Now(); now.Sub(last) >= eventsApart {
				last = now
				_, _ = stream.Send(importProgress(p, readWords)) // a page that went ends the request
			}
		})
	if err != nil && c.Request().Context().Err() != nil {
		return nil
	}
	// Of any other fault the page tells, which reads the file again.
	_, err = stream.Send(over)
	return err
}

// followStoring streams until a file's storing is over; false when the page went before.
func (s *importPages) followStoring(c echo.Context, clerk staff.Clerk, stream *kit.EventStream) bool {
	id := c.Param("id")
	changed, stop := s.Insurer.Importer.WatchStoring(clerk, id)
	defer stop()
	for {
		p, storing := s.Insurer.Importer.Storing(clerk, id)
		if !storing {
			return true
		}
		there, err := stream.Send(importProgress(p, storeWords))
		if err != nil || !there {
			return false
		}
		// The instance that stores it may have died meanwhile, and tells nobody.
		if !stream.Wait(changed, time.After(time.Second)) || !stream.Wait(nil, time.After(eventsApart)) {
			return false
		}
	}
}

// stopStore ends the storing of a file, and leads back to what it would change.
func (s *importPages) stopStore(c echo.Context, clerk staff.Clerk) error {
	if err := s.Insurer.Importer.StopStore(c.Request().Context(), clerk, c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, importAddress(c.Param("id"), ""))
}
