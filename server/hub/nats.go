package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"madoguchi/server/durable"
)

// NATS says how a NATS server, or several of one cluster, is reached.
type NATS struct {
	URL         string // nats:// or tls://, several with commas between
	Credentials string // file of credentials (JWT and seed); empty: none
	CA          string // file of the certificates that the server's is signed by; empty: the system's
	Cert, Key   string // files of this client's certificate and its key; empty: none
	Instance    string // for the server's lists of connections
}

// natsEngine carries messages by NATS, a subject a topic.
type natsEngine struct {
	prefix string
	conn   *nats.Conn

	mu   sync.Mutex
	told func()
}

// OpenNATS connects to NATS. The first connection must succeed; later ones are tried until they do. While it
// is away nothing is kept for it: a message that comes minutes late is worse than none.
func OpenNATS(c NATS, namespace string) (Engine, error) {
	e := &natsEngine{prefix: "madoguchi." + namespace + ".", told: func() {}}
	options := []nats.Option{
		nats.Name("madoguchi " + c.Instance),
		nats.MaxReconnects(-1),
		nats.IgnoreAuthErrorAbort(), // else a server that refuses twice, as in repair, ends it for good
		nats.ReconnectWait(soonestRetry),
		nats.ReconnectJitter(time.Second, time.Second),
		nats.ReconnectBufSize(-1),
		nats.PingInterval(quietTime),
		nats.Timeout(publishTime),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			slog.Warn("the hub's connection to NATS broke", "error", err)
		}),
		nats.ReconnectHandler(func(conn *nats.Conn) {
			untilHeard(conn)
			slog.Info("the hub is connected to NATS again")
			e.missed()
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			slog.Warn("the hub's connection to NATS", "error", err)
			if errors.Is(err, nats.ErrSlowConsumer) {
				e.missed()
			}
		}),
	}
	if c.Credentials != "" {
		options = append(options, nats.UserCredentials(c.Credentials))
	}
	if c.CA != "" {
		options = append(options, nats.RootCAs(c.CA))
	}
	if c.Cert != "" {
		options = append(options, nats.ClientCert(c.Cert, c.Key))
	}
	conn, err := nats.Connect(c.URL, options...)
	if err != nil {
		return nil, c.refusal(err)
	}
	e.conn = conn
	return e, nil
}

// refusal names the setting by which NATS cannot be reached. A server that wants another certificate of its
// client says so by an alert (RFC 8446 6.2), or by the end of the connection that it has agreed to.
func (c NATS) refusal(err error) error {
	var unknown *tls.CertificateVerificationError
	var alert *net.OpError // as crypto/tls reports an alert of the other side
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		return errRefused.In("MADOGUCHI_HUB_CREDENTIALS").Because(err)
	case errors.As(err, &unknown):
		return errRefused.In("MADOGUCHI_HUB_CA").Because(err)
	case errors.Is(err, nats.ErrTLS), errors.As(err, &alert) && alert.Op == "remote error":
		return errRefused.In("MADOGUCHI_HUB_CERT").Because(err)
	}
	for _, file := range []struct{ setting, path string }{
		{"MADOGUCHI_HUB_CREDENTIALS", c.Credentials},
		{"MADOGUCHI_HUB_CA", c.CA},
		{"MADOGUCHI_HUB_CERT", c.Cert},
		{"MADOGUCHI_HUB_KEY", c.Key},
	} {
		if file.path == "" {
			continue
		}
		if _, unreadable := durable.ReadFile(file.path); unreadable != nil {
			return errRefused.In(file.setting).Because(unreadable)
		}
	}
	return fmt.Errorf("connecting to NATS: %w", err)
}

// untilHeard waits until the server knows of a connection's subscriptions, which the client has only written
// when it calls itself connected: who was told of a gap before would look at the store, and miss what is
// published until then. A connection that breaks meanwhile has a reconnection of its own.
func untilHeard(conn *nats.Conn) {
	for conn.IsConnected() {
		if err := conn.FlushTimeout(publishTime); err == nil {
			return
		}
	}
}

func (e *natsEngine) missed() {
	e.mu.Lock()
	told := e.told
	e.mu.Unlock()
	told()
}

// Publish implements Engine.
func (e *natsEngine) Publish(_ context.Context, topic string, data []byte) error {
	return e.conn.Publish(e.prefix+topic, data)
}

// Subscribe implements Engine.
func (e *natsEngine) Subscribe(topic string, take func([]byte)) (stop func(), err error) {
	s, err := e.conn.Subscribe(e.prefix+topic, func(m *nats.Msg) { take(m.Data) })
	if err != nil {
		return nil, fmt.Errorf("subscribing: %w", err)
	}
	// What is published from now on is to come: the server must know of it. Where it is away, it hears of it
	// when it is back, and that is a gap.
	if err := e.conn.FlushTimeout(publishTime); err != nil && e.conn.IsConnected() {
		return nil, errors.Join(fmt.Errorf("subscribing: %w", err), s.Unsubscribe())
	}
	return func() { _ = s.Unsubscribe() }, nil // a closed connection has no subscriptions any more
}

// OnGap implements Engine.
func (e *natsEngine) OnGap(told func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.told = told
}

// State implements Engine.
func (e *natsEngine) State() error {
	if s := e.conn.Status(); s != nats.CONNECTED {
		return fmt.Errorf("the connection to NATS is %s", s)
	}
	return nil
}

// Close implements Engine.
func (e *natsEngine) Close() error {
	e.conn.Close()
	return nil
}
