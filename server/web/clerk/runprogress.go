package clerk

import (
	"math"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// setProgress puts the words into a run's progress.
func (p *RunProgress) setProgress(m message.Message) {
	p.Ja, p.En, p.Message = m.Text("ja"), m.Text("en"), m
}

// progress is how far a run is, in words.
func (s *printPages) progress(clerk staff.Clerk, run insurer.PrintRun) RunProgress {
	p, here := s.Insurer.PrintJobs.Progress(clerk, run.ID)
	out := RunProgress{State: string(run.State), Done: max(p.Done, run.Done), Total: run.Total}
	if !here {
		return out
	}
	switch {
	case p.Total == 0:
		out.setProgress(sentence("staff.run.progressWaitingForItsTurn"))
	case p.Reading:
		out.setProgress(sentence("staff.run.progressReadingThePrintedCodesBack"))
	case p.Rate > 0:
		out.setProgress(message.New("staff.run.progressRate", message.Args{
			"rate": message.Number(int(math.Round(p.Rate))),
			"left": message.Nested(leftOf(p.Left)),
		}))
	}
	return out
}

// leftOf is a span of time in words, rounded up.
func leftOf(d time.Duration) message.Message {
	if d < time.Minute {
		return message.New("staff.run.leftSeconds", message.Args{"n": message.Number(int(d.Seconds()) + 1)})
	}
	return message.New("staff.run.leftMinutes", message.Args{"n": message.Number(int(d.Minutes()) + 1)})
}

// eventsApart keeps the events of a run apart: one of thousands a minute is told of four times a second.
const eventsApart = 250 * time.Millisecond

// runEvents streams a run's progress until it is no longer going.
func (s *printPages) runEvents(c echo.Context, clerk staff.Clerk) error {
	ctx, id := c.Request().Context(), c.Param("id")
	if _, err := s.Insurer.PrintJobs.Job(ctx, clerk, id); err != nil {
		return err // while a status can still say so
	}
	stream := kit.NewEventStream(c, s.Background, s.Now)
	if stream == nil {
		return nil
	}
	changed, stop := s.Insurer.PrintJobs.Watch(clerk, id)
	defer stop()
	for {
		run, err := s.Insurer.PrintJobs.Job(ctx, clerk, id)
		if err != nil {
			return nil // the page reloads and says why
		}
		there, err := stream.Send(s.progress(clerk, run))
		if err != nil || !there || run.State != insurer.RunGoing {
			return err
		}
		// A command prints it, of which only the store tells, or an instance that may have died meanwhile.
		if !stream.Wait(changed, time.After(time.Second)) || !stream.Wait(nil, time.After(eventsApart)) {
			return nil
		}
	}
}
