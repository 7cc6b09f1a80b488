package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/kardianos/service"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/pcsc"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// runCmd is the agent: it dials out to the server and serves the reception's page until it is stopped.
type runCmd struct {
	Server  string `env:"MADOGUCHI_SERVER" placeholder:"URL" help:"${run_server}"`
	Reader  string `placeholder:"NAME" xor:"card" help:"${run_reader}"`
	Virtual string `type:"existingfile" placeholder:"FILE" xor:"card" help:"${run_virtual}"`
	Name    string `env:"MADOGUCHI_AGENT_NAME" help:"name of this PC for staff; by default its host name"`

	Key  string `env:"MADOGUCHI_AGENT_KEY" type:"path" placeholder:"FILE" help:"${run_key}"`
	OQS  string `name:"oqs" type:"path" placeholder:"FOLDER" help:"${run_oqs}"`
	Page string `default:"127.0.0.1:47880" placeholder:"ADDRESS" help:"${run_page}"`
	Demo bool   `env:"MADOGUCHI_DEMO" help:"demo mode: http to another computer is allowed"`
	settingsFile
}

// Help is printed by bridge run --help.
func (runCmd) Help() string {
	return `Flags take precedence over the settings file, which is JSON:

    {"server": "https://counter.example", "name": "受付1", "facility": "1312345678", "reader": "…",
     "oqsFolder": "…", "issuerKeys": "…", "userRoots": "…"}

facility is a name or 医療機関コード: the agent refuses to serve another one. Without issuerKeys, what
the agent verifies itself is called unverified. The status is shown on a page of this computer, whose
address is printed at the start.`
}

// What keeps the agent from starting.
var (
	errHTTPS = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.https", Field: "--server"}
	errPage  = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.page", Field: "--page"}
	errRoots = &eligibility.Error{Code: eligibility.Invalid, Key: "bridge.user_roots", Field: "userRoots"}
)

// refusedPause is how long a service waits before it asks a server again that refused it.
const refusedPause = 5 * time.Minute

// Run serves until interrupted, or until the service manager stops it.
func (c *runCmd) Run() error {
	if c.Virtual != "" && !demoBuilt {
		printError(errNoVirtual)
		return exit(exitError)
	}
	if service.Interactive() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return c.run(ctx, printLine)
	}
	return c.runAsService()
}

// run is one run of the agent with its page and its watch on the readers.
func (c *runCmd) run(ctx context.Context, show func(string)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	config, err := c.config(show)
	if err != nil {
		return err
	}
	var readers *pcsc.Reader
	if c.Virtual == "" {
		readers = pcsc.New(c.Reader)
		config.Reader = readers
	}
	a, err := agent.New(config)
	if err != nil {
		return err
	}
	forget, err := c.showPage(ctx, a, show)
	if err != nil {
		return err
	}
	defer forget()
	if readers != nil {
		go reportReaders(ctx, readers, a, show)
	}
	for {
		err := a.Run(ctx)
		if !errors.Is(err, agent.ErrRefused) || service.Interactive() {
			return err
		}
		select { // the page goes on saying why; an administrator may put it right meanwhile
		case <-ctx.Done():
			return nil
		case <-time.After(refusedPause):
		}
	}
}

// config brings flags, settings file and defaults together.
func (c *runCmd) config(show func(string)) (agent.Config, error) {
	memory, err := c.load()
	if err != nil {
		return agent.Config{}, err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "bridge"
	}
	c.Server = firstNonEmpty(c.Server, memory.Server, "http://localhost:8080")
	c.Reader = firstNonEmpty(c.Reader, memory.Reader)
	c.Key = firstNonEmpty(c.Key, c.resolve(memory.Key), c.resolve("agent.pem"))
	out := agent.Config{
		Server:   c.Server,
		Name:     firstNonEmpty(c.Name, memory.Name, host),
		Program:  programVersion(),
		Facility: memory.Facility,
		OQS:      firstNonEmpty(c.OQS, c.resolve(memory.OQS)),
		Virtual:  c.Virtual != "",
		Notify:   show,
		Now:      time.Now,
	}
	if err := c.checkServer(); err != nil {
		return out, err
	}
	if c.Key == "" {
		return out,
			errSettings.Because(errors.New("there is no settings folder; name a file with --settings"))
	}
	if out.Key, err = agent.LoadKey(c.Key); err != nil {
		return out, err
	}
	if c.Virtual != "" {
		virtualCard, err := loadVirtualCard(c.Virtual)
		if err != nil {
			return out, err
		}
		show(inJapanese("bridge.said.virtual", message.Args{
			"name":      message.Text(virtualCard.name),
			"birthDate": message.Text(virtualCard.birthDate.Japanese()),
		}))
		out.Reader, out.IssuerKeys, out.UserRoots = virtualCard, testIssuerKeys(), testUserRoots()
		return out, nil
	}
	if memory.IssuerKeys != "" {
		if out.IssuerKeys, err = readIssuerKeys(c.resolve(memory.IssuerKeys)); err != nil {
			return out, err
		}
	}
	out.UserRoots, err = readUserRoots(c.resolve(memory.UserRoots))
	return out, err
}

func firstNonEmpty(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// checkServer requires https, except on this computer and in demo mode: staff would not notice an
// eavesdropper.
func (c *runCmd) checkServer() error {
	u, err := url.Parse(c.Server)
	if err != nil || u.Host == "" || u.User != nil {
		return errHTTPS.Because(fmt.Errorf("%q is no address", c.Server))
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme == "https" || u.Scheme == "http" && (here || c.Demo && demoBuilt) {
		return nil
	}
	return errHTTPS
}

func readUserRoots(file string) (card.UserRoots, error) {
	if file == "" {
		return nil, nil
	}
	data, err := readText(file)
	if err != nil {
		return nil, errRoots.Because(err)
	}
	roots, err := card.ParseUserRoots(data)
	if err != nil {
		return nil, errRoots.Because(err)
	}
	return roots, nil
}

func printLine(sentence string) { fmt.Println(sentence) }

// resolve returns the path of a file that the settings name: a relative one lies in their folder. It returns
// "" for an empty name, and for a user without a settings folder.
func (s settingsFile) resolve(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	if s.path() == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(s.path()), name)
}

// showPage serves the agent's state on this computer until ctx ends, and notes its address for bridge status.
func (c *runCmd) showPage(ctx context.Context, a *agent.Agent, show func(string)) (forget func(), err error) {
	if c.Page == "off" {
		return func() {}, nil
	}
	host, _, err := net.SplitHostPort(c.Page)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, errPage
	}
	l, err := net.Listen("tcp", c.Page)
	if err != nil { // taken, by a second agent perhaps
		if l, err = net.Listen("tcp", net.JoinHostPort(host, "0")); err != nil {
			return nil, errPage.Because(err)
		}
	}
	server := &http.Server{
		Handler:           a.Page(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	go func() { _ = server.Serve(l) }() // until it is closed
	context.AfterFunc(ctx, func() { _ = server.Close() })
	address := message.Text("http://" + l.Addr().String() + "/")
	show(inJapanese("bridge.said.page", message.Args{"address": address}))
	return c.writeState(l.Addr().String()), nil
}

// reportReaders tells the agent and the person which readers are there, whenever that changes. Cards that
// come and go are shown on the reception's page.
func reportReaders(ctx context.Context, readers *pcsc.Reader, a *agent.Agent, show func(string)) {
	shown := ""
	readers.Watch(ctx, func(seen pcsc.Seen) {
		a.UpdateReaders(len(seen.Slots), seen.Fault)
		sentence := inJapanese("bridge.said.no_reader", nil)
		if seen.Fault != nil {
			sentence = seen.Fault.Ja()
		} else if len(seen.Slots) > 0 {
			names := make([]string, 0, len(seen.Slots))
			for _, slot := range seen.Slots {
				names = append(names, "「"+slot.Name+"」")
			}
			all := message.Text(strings.Join(names, " "))
			sentence = inJapanese("bridge.said.readers", message.Args{"readers": all})
		}
		if sentence != shown {
			shown = sentence
			show(sentence)
		}
	})
}
