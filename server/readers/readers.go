// Package readers is the server's side of the bridge agents: it accepts their WebSockets, pairs new ones by a code, knows
// which are connected, and asks one of them to check a card. What an agent brings back is believed only after the server
// has verified it (package card).
package readers

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
)

// Store keeps paired agents. A missing one is an *eligibility.Error with code NotFound.
type Store interface {
	PutAgent(ctx context.Context, a Agent) error
	Agent(ctx context.Context, id string) (Agent, error)
}

// Agent is a paired bridge agent.
type Agent struct {
	ID       string // SHA-256 of the key, hexadecimal
	Facility string
	Name     string
	Key      []byte // P-256, PKIX DER
	PairedAt time.Time
	PairedBy string
}

// Status is what the console shows of a reader.
type Status struct {
	Name      string
	Connected bool
	Virtual   bool
}

// Request asks for one birth-date check. JWS is the credential that the case is about.
type Request struct {
	Facility  string
	CaseID    string
	JWS       string
	BirthDate eligibility.Date
}

// Switchboard knows the agents that are connected to this server.
type Switchboard struct {
	store      Store
	issuerKeys card.IssuerKeys
	virtual    bool // virtual cards are accepted: demo mode only
	now        func() time.Time
	names      func(facility string) string

	mu      sync.Mutex
	lines   map[string]*line    // by agent id, paired and connected
	waiting map[string]*waiting // by pairing code
	wrong   map[string]wrong    // wrong codes by facility
	seen    map[string][]Status // names of agents that were connected since start, by facility
}

// Config makes a Switchboard.
type Config struct {
	Store      Store
	IssuerKeys card.IssuerKeys // empty: the card's genuineness stays unverified
	Virtual    bool            // accept virtual cards
	Now        func() time.Time
	Names      func(facility string) string // a facility's name for the agent's window
}

// New returns a Switchboard without connections.
func New(c Config) *Switchboard {
	return &Switchboard{store: c.Store, issuerKeys: c.IssuerKeys, virtual: c.Virtual, now: c.Now, names: c.Names,
		lines: map[string]*line{}, waiting: map[string]*waiting{}, wrong: map[string]wrong{}, seen: map[string][]Status{}}
}

// line is one connected, paired agent.
type line struct {
	agent   Agent
	virtual bool
	conn    *websocket.Conn
	busy    sync.Mutex // one check at a time
	replies chan *wire.Reply
	closed  chan struct{} // when the connection ended, with the reason in end
	end     error
}

// waiting is an unpaired agent that shows a code.
type waiting struct {
	agent   Agent
	words   []string
	until   time.Time
	approve chan Agent
}

type wrong struct {
	count int
	until time.Time
}

const (
	pairingLife  = 10 * time.Minute
	pairingTries = 5
	helloTime    = 10 * time.Second
	checkTime    = 20 * time.Second
	maxWaiting   = 100
)

var (
	errVirtual = &wire.Refused{Ja: "このサーバーでは仮想カードは使えません。本物のカードリーダーを使ってください。",
		En: "This server does not accept virtual cards."}
	errProof = &wire.Refused{Ja: "このパソコンの鍵を確かめられませんでした。設定ファイルを消してつなぎ直してください。",
		En: "The agent's key was not proved."}

	// ErrPairing is the one answer to a wrong, used or expired pairing code.
	ErrPairing = &eligibility.Error{Code: eligibility.NotFound, Key: "bridge.pairing", Field: "code",
		Ja: "このコードのパソコンが見つかりません。リーダーのパソコンに出ているコードを確かめて、入れ直してください。",
		En: "No waiting computer has this code. Check the code on the reader's computer and enter it again."}
	// ErrPairingTries is returned after five wrong codes within ten minutes.
	ErrPairingTries = &eligibility.Error{Code: eligibility.Limited, Key: "bridge.pairing_tries", Field: "code",
		Ja: "コードの入力を5回まちがえました。10分待ってから入れ直してください。",
		En: "Five wrong codes were entered. Wait ten minutes and try again."}
	// ErrNoReader is returned when no agent of the facility is connected.
	ErrNoReader = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.none",
		Ja: "カードリーダーがつながっていません。リーダーのパソコンを確かめるか、目視で確認してください。",
		En: "No card reader is connected. Look at the reader's computer, or check by eye."}
	// ErrBusy is returned while the reader works on another case.
	ErrBusy = &eligibility.Error{Code: eligibility.Conflict, Key: "bridge.busy",
		Ja: "リーダーは別の確認をしています。終わってからもう一度押してください。",
		En: "The reader is busy with another check. Try again when it has finished."}
	// ErrLost is returned when the agent goes away during a check.
	ErrLost = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.lost",
		Ja: "確認の途中でリーダーとの接続が切れました。つながったら、もう一度確認してください。",
		En: "The connection to the reader broke during the check. Check again once it is back."}
)

// ServeHTTP accepts an agent's WebSocket (GET /api/v1/bridge) and serves it until either side ends. A browser page cannot
// be an agent: requests with an Origin of another host are refused by the library.
func (s *Switchboard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(wire.MaxMessage)
	if err := s.serve(r.Context(), conn); err != nil {
		slog.Info("bridge agent left", "reason", err)
	}
}

func (s *Switchboard) serve(ctx context.Context, conn *websocket.Conn) error {
	nonce := make([]byte, 32)
	rand.Read(nonce)
	if err := send(ctx, conn, wire.Message{Type: "challenge", Challenge: &wire.Challenge{Version: wire.Version, Nonce: nonce}}); err != nil {
		return err
	}
	hello, err := receiveHello(ctx, conn)
	if err != nil {
		return err
	}
	if !wire.Proved(hello.Key, nonce, hello.Signature) || hello.Version != wire.Version {
		return refuse(ctx, conn, errProof)
	}
	if hello.Virtual && !s.virtual {
		return refuse(ctx, conn, errVirtual)
	}
	l := &line{virtual: hello.Virtual, conn: conn, replies: make(chan *wire.Reply, 1), closed: make(chan struct{})}
	go l.receive(ctx) // from here on, so that pings are answered while people pair
	sum := sha256.Sum256(hello.Key)
	agent, err := s.store.Agent(ctx, hex.EncodeToString(sum[:]))
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		agent, err = s.pairing(ctx, l, Agent{ID: hex.EncodeToString(sum[:]), Name: clean(hello.Name), Key: hello.Key}, nonce)
	}
	if err != nil {
		return err
	}
	if err := send(ctx, conn, wire.Message{Type: "ready", Ready: &wire.Ready{Facility: s.names(agent.Facility)}}); err != nil {
		return err
	}
	l.agent = agent
	s.connect(l)
	defer s.disconnect(l)
	<-l.closed
	return l.end
}

func receiveHello(ctx context.Context, conn *websocket.Conn) (*wire.Hello, error) {
	ctx, cancel := context.WithTimeout(ctx, helloTime)
	defer cancel()
	_, data, err := conn.Read(ctx)
	if err != nil {
		return nil, fmt.Errorf("waiting for the agent's hello: %w", err)
	}
	m, err := wire.Decode(data)
	if err != nil || m.Hello == nil {
		return nil, fmt.Errorf("waiting for the agent's hello: %w", wire.ErrMessage)
	}
	return m.Hello, nil
}

// clean keeps an agent's name short and printable.
func clean(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 40 {
		name = string(runes[:40])
	}
	if name == "" {
		name = "名前のないパソコン"
	}
	return name
}

// receive hands the agent's replies to whoever waits for them, until the connection ends.
func (l *line) receive(ctx context.Context) {
	defer close(l.closed)
	for {
		_, data, err := l.conn.Read(ctx)
		if err != nil {
			l.end = err
			return
		}
		m, err := wire.Decode(data)
		if err != nil || m.Reply == nil {
			l.end = wire.ErrMessage
			return
		}
		select {
		case l.replies <- m.Reply:
		default: // nobody asked
		}
	}
}

func (s *Switchboard) connect(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.lines[l.agent.ID]; old != nil {
		old.conn.CloseNow() // the same agent came back before its old connection was seen to be dead
	}
	s.lines[l.agent.ID] = l
	known := s.seen[l.agent.Facility]
	for _, k := range known {
		if k.Name == l.agent.Name {
			return
		}
	}
	s.seen[l.agent.Facility] = append(known, Status{Name: l.agent.Name, Virtual: l.virtual})
}

func (s *Switchboard) disconnect(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines[l.agent.ID] == l {
		delete(s.lines, l.agent.ID)
	}
}

// Status returns the readers that a facility has or had since the server started.
func (s *Switchboard) Status(facility string) []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := append([]Status{}, s.seen[facility]...)
	for i := range out {
		for _, l := range s.lines {
			if l.agent.Facility == facility && l.agent.Name == out[i].Name {
				out[i].Connected, out[i].Virtual = true, l.virtual
			}
		}
	}
	return out
}

// CheckBirthDate asks the facility's reader once and verifies the evidence itself. Errors are faults of the connection;
// everything that the card says, refusals included, is a Result.
func (s *Switchboard) CheckBirthDate(ctx context.Context, r Request) (card.Result, error) {
	l := s.lineOf(r.Facility)
	if l == nil {
		return card.Result{}, ErrNoReader
	}
	if !l.busy.TryLock() {
		return card.Result{}, ErrBusy
	}
	defer l.busy.Unlock()
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var nonce [32]byte
	rand.Read(nonce[:])
	jws := sha256.Sum256([]byte(r.JWS))
	id := rand.Text()
	question := &wire.Check{ID: id, BirthDate: r.BirthDate, Nonce: nonce[:], Facility: r.Facility, Case: r.CaseID, JWS: jws[:]}
	if err := send(ctx, l.conn, wire.Message{Type: "check", Check: question}); err != nil {
		return card.Result{}, ErrLost.Because(err)
	}
	for {
		select {
		case reply := <-l.replies:
			if reply.ID != id {
				continue // late, from a check that was given up
			}
			if reply.Evidence == nil {
				return card.Fault(card.KnownFault(reply.Fault)), nil
			}
			challenge := card.Challenge(nonce, l.agent.Key, r.Facility, r.CaseID, jws)
			return card.VerifyBirthDate(*reply.Evidence, r.BirthDate, challenge, s.issuerKeys), nil
		case <-l.closed:
			return card.Result{}, ErrLost
		case <-ctx.Done():
			return card.Fault(card.ErrTimeout), nil
		}
	}
}

func (s *Switchboard) lineOf(facility string) *line {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lines {
		if l.agent.Facility == facility {
			return l
		}
	}
	return nil
}

func send(ctx context.Context, conn *websocket.Conn, m wire.Message) error {
	data, err := wire.Encode(m)
	if err != nil {
		return fmt.Errorf("writing a message: %w", err)
	}
	return conn.Write(ctx, websocket.MessageText, data)
}

func refuse(ctx context.Context, conn *websocket.Conn, why *wire.Refused) error {
	if err := send(ctx, conn, wire.Message{Type: "refused", Refused: why}); err != nil {
		return err
	}
	return conn.Close(websocket.StatusPolicyViolation, why.En)
}
