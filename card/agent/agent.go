// Package agent is the bridge's work on the counter's PC: it dials out to the server, proves its key, and asks the card in
// the reader what the server wants to know. It opens no port and knows operations only, never APDUs from outside.
package agent

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
)

// Reader connects exclusively to the card that lies in a reader, and ends with a reset.
type Reader interface {
	Connect(ctx context.Context) (c card.Transmitter, disconnect func(), err error)
}

// Config is what an agent needs.
type Config struct {
	Server  string        // http(s)://host:port
	Name    string        // of this PC, as staff know it
	Key     crypto.Signer // P-256, this agent's own
	Reader  Reader
	Virtual bool // the reader's card is a virtual one
	Client  *http.Client
	Say     func(string) // one calm sentence for the person at the PC
}

// errRefused ends Run: the server will not have this agent.
var errRefused = errors.New("agent: the server refused")

const (
	firstWait = time.Second
	longWait  = 30 * time.Second
	checkTime = 15 * time.Second
	heartbeat = 20 * time.Second
)

// Run connects and serves until ctx ends. A broken connection is made again after a jittered, growing pause; a refusal by
// the server ends it with an error.
func Run(ctx context.Context, c Config) error {
	der, err := x509.MarshalPKIXPublicKey(c.Key.Public())
	if err != nil {
		return fmt.Errorf("reading the agent's key: %w", err)
	}
	wait := firstWait
	for {
		ready, err := serve(ctx, c, der)
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, errRefused) {
			return err
		}
		if ready {
			wait = firstWait
		}
		c.Say("サーバーとの接続が切れました。自動でつなぎ直します。")
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait/2 + rand.N(wait)):
		}
		wait = min(2*wait, longWait)
	}
}

// serve is one connection; ready reports whether it came as far as serving.
func serve(ctx context.Context, c Config, der []byte) (ready bool, err error) {
	conn, _, err := websocket.Dial(ctx, c.Server+"/api/v1/bridge", &websocket.DialOptions{HTTPClient: c.Client})
	if err != nil {
		return false, fmt.Errorf("dialling the server: %w", err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(wire.MaxMessage)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go keepAlive(ctx, cancel, conn)
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return ready, fmt.Errorf("reading from the server: %w", err)
		}
		m, err := wire.Decode(data)
		if err != nil {
			return ready, err
		}
		switch m.Type {
		case "challenge":
			err = hello(ctx, c, conn, der, m.Challenge)
		case "pair":
			c.Say(fmt.Sprintf("受付の画面「リーダーをつなぐ」に、このコードを入れてください: %s", m.Pair.Code))
			if len(m.Pair.Words) == 2 {
				c.Say(fmt.Sprintf("受付の画面に出る合言葉が「%s・%s」なら、このパソコンです。", m.Pair.Words[0], m.Pair.Words[1]))
			}
		case "ready":
			ready = true
			c.Say(fmt.Sprintf("%s の受付につながりました。カードの確認ができます。", m.Ready.Facility))
		case "check":
			err = send(ctx, conn, wire.Message{Type: "reply", Reply: check(ctx, c, der, m.Check)})
		case "refused":
			c.Say(m.Refused.Ja)
			return ready, fmt.Errorf("%w: %s", errRefused, m.Refused.En)
		}
		if err != nil {
			return ready, err
		}
	}
}

// keepAlive pings so that a dead connection is noticed.
func keepAlive(ctx context.Context, cancel context.CancelFunc, conn *websocket.Conn) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			short, end := context.WithTimeout(ctx, heartbeat/2)
			err := conn.Ping(short)
			end()
			if err != nil {
				cancel()
				return
			}
		}
	}
}

func hello(ctx context.Context, c Config, conn *websocket.Conn, der []byte, challenge *wire.Challenge) error {
	if challenge.Version != wire.Version {
		c.Say("サーバーとこのプログラムの版が違います。新しいものに入れ替えてください。")
		return errRefused
	}
	signature, err := wire.Prove(c.Key, challenge.Nonce)
	if err != nil {
		return fmt.Errorf("proving the agent's key: %w", err)
	}
	return send(ctx, conn, wire.Message{Type: "hello", Hello: &wire.Hello{Version: wire.Version, Name: c.Name, Key: der, Signature: signature, Virtual: c.Virtual}})
}

// check asks the card once and returns evidence or the fault's key.
func check(ctx context.Context, c Config, der []byte, q *wire.Check) *wire.Reply {
	reply := &wire.Reply{ID: q.ID}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if len(q.Nonce) != 32 || len(q.JWS) != 32 {
		reply.Fault = "card.evidence"
		return reply
	}
	challenge := card.Challenge([32]byte(q.Nonce), der, q.Facility, q.Case, [32]byte(q.JWS))
	c.Say("カードを確認しています…")
	evidence, err := ask(ctx, c.Reader, q.BirthDate, challenge)
	if err != nil {
		var e *eligibility.Error
		reply.Fault = "card.unexpected"
		if errors.As(err, &e) {
			reply.Fault = e.Key
			c.Say(e.Ja)
		}
		return reply
	}
	c.Say("カードの確認が終わりました。")
	reply.Evidence = &evidence
	return reply
}

func ask(ctx context.Context, r Reader, birth eligibility.Date, challenge [32]byte) (card.Evidence, error) {
	connection, disconnect, err := r.Connect(ctx)
	if err != nil {
		return card.Evidence{}, err
	}
	defer disconnect()
	return card.CheckBirthDate(ctx, card.Open(connection), birth, challenge)
}

func send(ctx context.Context, conn *websocket.Conn, m wire.Message) error {
	data, err := wire.Encode(m)
	if err != nil {
		return fmt.Errorf("writing a message: %w", err)
	}
	if err := conn.Write(ctx, websocket.MessageText, data); err != nil {
		return fmt.Errorf("sending to the server: %w", err)
	}
	return nil
}
