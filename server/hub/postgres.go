package hub

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// publishTime is how long a NOTIFY may take.
	publishTime = 5 * time.Second
	// quietTime is how long nothing may come before the listener's connection is tried: one that a network
	// has lost says nothing for ever.
	quietTime = 30 * time.Second
	// the shortest and the longest wait before another try to connect
	soonestRetry, latestRetry = 100 * time.Millisecond, 3 * time.Second
	// maxNotify is the longest payload of a NOTIFY, which must be shorter than 8,000 bytes.
	maxNotify = 7999
)

// postgres carries messages by LISTEN and NOTIFY: one channel, one connection that listens, and a statement
// of its own for each message. A NOTIFY inside a transaction of the store would have all writers queue for
// one lock at their commits. The listener needs a connection that stays its own: no pooler that gives it
// away between transactions.
type postgres struct {
	channel string
	config  *pgx.ConnConfig
	pool    *pgxpool.Pool
	topics  topics
	stop    context.CancelFunc
	ended   chan struct{}
	strange bool // since it listens, a notification came that is none of the hub's

	mu    sync.Mutex
	state error // why it does not listen
	told  func()
}

var (
	errNotYet = errors.New("it does not listen yet")
	errClosed = errors.New("it was closed")
)

// OpenPostgres listens at a PostgreSQL database. The first connection must succeed; later ones are tried
// until they do.
func OpenPostgres(ctx context.Context, address, namespace string) (Engine, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("reading the database's address: %w", err)
	}
	config.MinConns, config.MaxConns = 0, 2
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the database: %w", err)
	}
	p := &postgres{
		channel: "madoguchi_" + namespace,
		config:  config.ConnConfig.Copy(),
		pool:    pool,
		ended:   make(chan struct{}),
		state:   errNotYet,
		told:    func() {},
	}
	conn, err := p.listen(ctx)
	if err != nil {
		pool.Close()
		return nil, err
	}
	p.setState(nil)
	var listening context.Context
	listening, p.stop = context.WithCancel(context.Background())
	go p.run(listening, conn)
	return p, nil
}

// listen opens a connection that listens.
func (p *postgres) listen(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*publishTime)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, p.config.Copy())
	if err != nil {
		return nil, fmt.Errorf("connecting to the database: %w", err)
	}
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{p.channel}.Sanitize()); err != nil {
		return nil, errors.Join(fmt.Errorf("listening: %w", err), conn.Close(ctx))
	}
	return conn, nil
}

// run takes notifications until the end, and connects anew when the connection breaks.
func (p *postgres) run(ctx context.Context, conn *pgx.Conn) {
	defer close(p.ended)
	for wait := soonestRetry; ; {
		if conn != nil {
			err := p.take(ctx, conn)
			closing, cancel := context.WithTimeout(context.Background(), time.Second)
			_ = conn.Close(closing) // it broke, or ends
			cancel()
			conn = nil
			if ctx.Err() != nil {
				return
			}
			slog.Warn("the hub's connection to the database broke", "error", err)
			p.setState(err)
			wait = soonestRetry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait/2 + rand.N(wait)): // instances do not come back all at once
		}
		again, err := p.listen(ctx)
		if err != nil {
			p.setState(err)
			wait = min(2*wait, latestRetry)
			continue
		}
		conn = again
		p.setState(nil)
		slog.Info("the hub listens at the database again")
		p.missed()
	}
}

func (p *postgres) missed() {
	p.mu.Lock()
	told := p.told
	p.mu.Unlock()
	told()
}

// take hands notifications on until the connection breaks or ctx ends.
func (p *postgres) take(ctx context.Context, conn *pgx.Conn) error {
	p.strange = false
	for {
		quiet, cancel := context.WithTimeout(ctx, quietTime)
		n, err := conn.WaitForNotification(quiet)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			p.hand(n.Payload)
		case errors.Is(err, context.DeadlineExceeded) && !conn.IsClosed():
			probe, cancel := context.WithTimeout(ctx, publishTime)
			err := conn.Ping(probe)
			cancel()
			if err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// hand reads a notification: the topic, a blank, and the data in base64.
func (p *postgres) hand(payload string) {
	topic, text, ok := strings.Cut(payload, " ")
	data, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		if !p.strange { // whoever may connect can send any number
			slog.Warn("a notification on the hub's channel is none of the hub's")
		}
		p.strange = true
		return
	}
	p.topics.tell(topic, data)
}

// Publish implements Engine.
func (p *postgres) Publish(ctx context.Context, topic string, data []byte) error {
	text := topic + " " + base64.StdEncoding.EncodeToString(data)
	if len(text) > maxNotify {
		return ErrTooLong
	}
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	if _, err := p.pool.Exec(ctx, "SELECT pg_notify($1, $2)", p.channel, text); err != nil {
		return fmt.Errorf("notifying: %w", err)
	}
	return nil
}

// Subscribe implements Engine.
func (p *postgres) Subscribe(topic string, take func([]byte)) (stop func(), err error) {
	return p.topics.add(topic, take), nil
}

// OnGap implements Engine.
func (p *postgres) OnGap(told func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = told
}

// State implements Engine.
func (p *postgres) State() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *postgres) setState(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = err
}

// Close implements Engine.
func (p *postgres) Close() error {
	p.stop()
	<-p.ended
	p.pool.Close()
	p.setState(errClosed)
	return nil
}
