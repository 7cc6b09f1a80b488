package agent

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card/wire"
	"madoguchi/message"
)

// connection is one connection to the server.
type connection struct {
	*Agent
	conn     *websocket.Conn
	cancel   context.CancelFunc
	greeting *time.Timer // cancels unless the server comes to a word on this agent
	version  int         // of the messages that are spoken
	facility string      // 医療機関コード, once ready
	readyAt  time.Time
}

// serve runs one connection; served is how long it was ready.
func (a *Agent) serve(ctx context.Context) (served time.Duration, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	greeting := time.AfterFunc(a.Pace.Greet, cancel)
	defer greeting.Stop()
	conn, _, err := websocket.Dial(ctx, strings.TrimRight(a.Server, "/")+"/api/v1/bridge",
		&websocket.DialOptions{
			HTTPClient:   withoutRedirects(a.Client),
			Subprotocols: wire.Protocols(),
		})
	if err != nil {
		return 0, fmt.Errorf("dialling the server: %w", err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(wire.MaxMessage)
	c := &connection{
		Agent:    a,
		conn:     conn,
		cancel:   cancel,
		greeting: greeting,
		version:  cmp.Or(wire.AgreedVersion(conn.Subprotocol()), wire.UnagreedVersion),
	}
	go c.sendHeartbeats(ctx)
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return c.served(), fmt.Errorf("reading from the server: %w", err)
		}
		m, err := wire.Decode(data)
		if err == nil {
			err = c.handle(ctx, m)
		}
		if err != nil {
			return c.served(), err
		}
	}
}

// withoutRedirects prevents redirects to another host, or from https to http.
func withoutRedirects(client *http.Client) *http.Client {
	own := http.Client{}
	if client != nil {
		own = *client
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

func (c *connection) served() time.Duration {
	if c.readyAt.IsZero() {
		return 0
	}
	return c.Now().Sub(c.readyAt)
}

// sendHeartbeats pings so that a dead connection is noticed; the server notices a dead agent by the missing
// pings.
func (c *connection) sendHeartbeats(ctx context.Context) {
	tick := time.NewTicker(c.Pace.Beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			short, end := context.WithTimeout(ctx, c.Pace.Answer)
			err := c.conn.Ping(short)
			end()
			if err != nil {
				c.cancel()
				return
			}
		}
	}
}

// handle acts on one message from the server.
func (c *connection) handle(ctx context.Context, m wire.Message) error {
	switch m.Type {
	case "challenge":
		return c.answerChallenge(ctx, m.Challenge)
	case "pair":
		c.greeting.Stop()
		code := m.Pair.Code
		c.updateStatus(func(s *Status) { s.Link, s.Since, s.Code = Pairing, c.Now(), code })
		words := c.Status().Words
		c.tell(message.New("agent.pair.code", message.Args{"code": message.Text(code)}))
		c.tell(message.New("agent.pair.words", message.Args{"words": message.Text(strings.Join(words, "・"))}))
	case "ready":
		return c.ready(m.Ready)
	case "check", "text", "dates", "oqs", "faceTries", "face":
		go c.operate(ctx, m)
	case "refused":
		c.updateStatus(func(s *Status) {
			s.Link, s.Since, s.Reason = Refused, c.Now(), Sentence{m.Refused.Text("ja"), m.Refused.Text("en")}
		})
		c.Notify(m.Refused.Text("ja"))
		if m.Refused.Retry > 0 {
			return errLater(min(time.Duration(m.Refused.Retry)*time.Second, c.Pace.Longest))
		}
		return fmt.Errorf("%w: %s", ErrRefused, m.Refused.Text("en"))
	}
	return nil
}

func (c *connection) answerChallenge(ctx context.Context, challenge *wire.Challenge) error {
	if challenge.Version < wire.OldestVersion || challenge.Version > wire.Version {
		why := newSentence(message.New("agent.version", nil))
		c.updateStatus(func(s *Status) { s.Link, s.Since, s.Reason = Refused, c.Now(), why })
		c.Notify(why.Ja)
		return ErrRefused
	}
	offset := c.Now().Sub(challenge.Time)
	c.updateStatus(func(s *Status) {
		s.ClockSkew, s.Words = offset.Round(time.Millisecond), wire.PairingWords(c.der, challenge.Nonce)
	})
	signature, err := wire.Prove(c.Key, challenge.Nonce)
	if err != nil {
		return fmt.Errorf("proving the agent's key: %w", err)
	}
	hello := &wire.Hello{
		Version:   c.version,
		Name:      c.Name,
		Key:       c.der,
		Signature: signature,
		Virtual:   c.Virtual,
		OQS:       c.OQS != "",
	}
	if c.version > wire.UnagreedVersion {
		hello.Program = c.Program
	}
	return c.send(ctx, wire.Message{Type: "hello", Hello: hello})
}

// ready begins to serve, unless this PC belongs to another facility.
func (c *connection) ready(r *wire.Ready) error {
	c.greeting.Stop()
	if c.Facility != "" && c.Facility != r.Facility && c.Facility != r.Code {
		why := newSentence(message.New("agent.facility", message.Args{
			"own":    message.Text(c.Facility),
			"paired": message.Text(r.Facility),
		}))
		c.updateStatus(func(s *Status) { s.Link, s.Since, s.Reason = Refused, c.Now(), why })
		c.Notify(why.Ja)
		return fmt.Errorf("%w: another facility", ErrRefused)
	}
	c.facility, c.readyAt = r.Code, c.Now()
	c.updateStatus(func(s *Status) {
		s.Link, s.Since, s.Facility, s.Code, s.Words = Connected, c.Now(), r.Facility, "", nil
	})
	c.tell(message.New("agent.said.connected", message.Args{"facility": message.Text(r.Facility)}))
	return nil
}

func (c *connection) send(ctx context.Context, m wire.Message) error {
	data, err := wire.Encode(m)
	if err != nil {
		return fmt.Errorf("writing a message: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Pace.Answer)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, data); err != nil {
		return fmt.Errorf("sending to the server: %w", err)
	}
	return nil
}
