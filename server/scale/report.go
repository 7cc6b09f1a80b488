package scale

import (
	"fmt"
	"io"
	"strings"

	"madoguchi/message"
)

// Write writes the answer for the person at the keyboard, in Japanese.
func (a Answer) Write(w io.Writer) error {
	var b strings.Builder
	line := func(key string, args message.Args) { fmt.Fprintln(&b, message.New(key, args).Text("ja")) }
	number := func(f float64) message.Value { return message.Text(fmt.Sprintf("%.1f", f)) }
	line("scale.demand", message.Args{
		"people":  message.Number(a.Demand.People),
		"day":     message.Number(a.Day),
		"sockets": message.Number(a.Demand.Sockets),
		"seed":    message.Text(fmt.Sprint(a.Seed)),
	})
	line("scale.peak", message.Args{
		"checks":   number(a.Peak.Checks),
		"renewals": number(a.Peak.Renewals),
		"openings": number(a.Peak.Openings),
		"polls":    number(a.Peak.Polls),
		"beats":    number(a.Peak.Beats),
	})
	fmt.Fprintln(&b)
	for h, n := range a.ByHour {
		if n > 0 {
			fmt.Fprintf(&b, "%02d:00 %9d %s\n", h, n, strings.Repeat("#", n*50/max(1, a.Day)*2))
		}
	}
	fmt.Fprintln(&b)
	line("scale.need", message.Args{
		"instances": message.Number(a.Need.Instances),
		"database":  message.Text(a.Need.Database),
		"hub":       message.Text(a.Need.Hub),
		"work":      message.Number(a.Need.ByWork),
		"sockets":   message.Number(a.Need.BySockets),
		"back":      message.Number(a.Need.ByReturn),
	})
	line("scale.engines", message.Args{
		"writes":   number(a.Need.Writes),
		"messages": number(a.Need.Messages),
		"memory":   number(a.Need.SocketsMB),
		"headroom": number(a.Need.Headroom),
	})
	fmt.Fprintln(&b)
	for _, q := range []struct {
		key  string
		line Line
	}{{"scale.usual", a.Usual}, {"scale.lost", a.Lost}} {
		if q.key == "scale.lost" && a.Need.Instances == 1 {
			continue // nothing is left
		}
		line(q.key, message.Args{
			"busy":    number(100 * q.line.Busy),
			"p50":     number(1000 * q.line.WaitP50),
			"p99":     number(1000 * q.line.WaitP99),
			"longest": number(1000 * q.line.Longest),
			"depth":   message.Number(q.line.Deepest),
		})
	}
	for _, s := range []struct {
		key   string
		storm Storm
	}{{"scale.restart", a.Restart}, {"scale.sudden", a.Sudden}, {"scale.outage", a.All}} {
		key := s.key
		if a.Need.Instances == 1 && key != "scale.outage" {
			continue
		}
		if !s.storm.Ends {
			key = "scale.endless"
		}
		line(key, message.Args{
			"cut":     message.Number(s.storm.Cut),
			"most":    message.Number(s.storm.Most),
			"refused": message.Number(s.storm.Refused),
			"most99":  number(s.storm.Back99),
			"all":     number(s.storm.Back),
		})
	}
	_, err := io.WriteString(w, b.String())
	return err
}
