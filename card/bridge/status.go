package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"madoguchi/card/agent"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// statusCmd asks the running agent how it is.
type statusCmd struct {
	JSON bool `name:"json" help:"answer as one JSON object"`
	settingsFile
}

// Help is printed by bridge status --help.
func (statusCmd) Help() string {
	return `Prints the status in one line with the next step, or as JSON: link (connecting, pairing,
connected, away, refused), since, server, facility, reader (ready, missing, trouble, virtual), the last
operation's kind, time and result, and how far this PC's clock is ahead of the server's. It holds
nothing about patients.

Exit codes: 0 connected with a reader, 1 running but not connected or without a reader, 2 not running,
or wrong usage.`
}

var errNotRunning = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.not_running"}

// state is the file that tells bridge status where the agent's page is.
type state struct {
	Address string `json:"address"`
}

const stateFile = "bridge-state.json"

// writeState writes the page's address beside the settings; forget removes it again.
func (c *runCmd) writeState(address string) (forget func()) {
	path := c.resolve(stateFile)
	data, err := json.Marshal(state{address})
	if path == "" || err != nil {
		return func() {}
	}
	// The state is a convenience: an agent that cannot write it works all the same.
	_ = os.WriteFile(path, append(data, '\n'), 0o600)
	return func() { _ = os.Remove(path) }
}

// Run prints the state.
func (c *statusCmd) Run() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s, raw, err := c.ask(ctx)
	if err != nil {
		printError(errNotRunning.Because(err))
		return exit(exitError)
	}
	if c.JSON {
		_, err = os.Stdout.Write(raw)
	} else {
		_, err = fmt.Println(statusLine(s))
	}
	if err != nil {
		return err
	}
	if s.Link == agent.Connected && (s.Reader == agent.ReaderReady || s.Reader == agent.ReaderVirtual) {
		return nil
	}
	return exit(exitRefused)
}

func (c *statusCmd) ask(ctx context.Context) (agent.Status, []byte, error) {
	var where state
	data, err := os.ReadFile(c.resolve(stateFile))
	if err == nil {
		err = json.Unmarshal(data, &where)
	}
	if err != nil {
		return agent.Status{}, nil, fmt.Errorf("reading where the agent is: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+where.Address+"/status.json",
		nil)
	if err != nil {
		return agent.Status{}, nil, err
	}
	direct := &http.Client{Transport: &http.Transport{Proxy: nil}}
	answer, err := direct.Do(request)
	if err != nil {
		return agent.Status{}, nil, err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil || answer.StatusCode != http.StatusOK {
		return agent.Status{}, nil, errors.Join(err, fmt.Errorf("it answered %s", answer.Status))
	}
	var s agent.Status
	if err := json.Unmarshal(raw, &s); err != nil {
		return agent.Status{}, nil, err
	}
	s.ClockSkew = time.Duration(s.OffsetSeconds * float64(time.Second))
	return s, raw, nil
}

// statusLine is the state for a person: what, since when, where, and the next step.
func statusLine(s agent.Status) string {
	headline, next := s.Headline()
	parts := []string{inJapanese("bridge.status.headline", message.Args{
		"headline": message.Text(headline.Ja),
		"time":     message.Text(s.Since.In(eligibility.Japan).Format("1月2日 15:04")),
	})}
	if s.Facility != "" {
		parts = append(parts, s.Facility)
	}
	parts = append(parts, s.Server)
	if s.Code != "" {
		parts = append(parts,
			inJapanese("bridge.status.code", message.Args{"code": message.Text(s.Code)}),
			inJapanese("bridge.status.words",
				message.Args{"words": message.Text(strings.Join(s.Words, "・"))}))
	}
	if s.Last != nil {
		at := message.Text(s.Last.At.In(eligibility.Japan).Format("15:04"))
		parts = append(parts, inJapanese("bridge.status.last", message.Args{"time": at}))
	}
	if s.Link == agent.Connected {
		seconds := message.Text(fmt.Sprintf("%.1f", s.OffsetSeconds))
		parts = append(parts, inJapanese("bridge.status.clock", message.Args{"seconds": seconds}))
	}
	return strings.Join(parts, " ｜ ") + "\n" + next.Ja
}
