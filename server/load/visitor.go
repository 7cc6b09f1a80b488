//go:build !nodemo

package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// visitor is one browser: its cookies, its connection and its address.
type visitor struct {
	run    *run
	client *http.Client
}

// visitor makes a new browser; those of one number come from one address.
func (l *run) visitor(number int) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic("load: making a cookie jar: " + err.Error()) // it never fails without options
	}
	return &visitor{l, &http.Client{
		Jar:     jar,
		Timeout: callTakes,
		Transport: &http.Transport{
			DialContext:         l.target.dials(number),
			MaxIdleConnsPerHost: 2,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 8 << 20

// body is what a request carries.
type body struct {
	kind string
	data []byte
}

func jsonBody(v any) *body {
	data, err := json.Marshal(v)
	if err != nil {
		panic("load: writing a request: " + err.Error()) // own types
	}
	return &body{"application/json", data}
}

func formBody(v url.Values) *body {
	return &body{"application/x-www-form-urlencoded", []byte(v.Encode())}
}

// send sends one request, and returns the whole answer.
func (v *visitor) send(ctx context.Context, method, path string, b *body) (int, []byte, error) {
	res, err := v.ask(ctx, method, path, b)
	if err != nil {
		return 0, nil, err
	}
	return res.status, res.body, nil
}

// answer is a whole answer.
type answer struct {
	status   int
	location string // where it leads to, below the server's address
	body     []byte
}

func (v *visitor) ask(ctx context.Context, method, path string, b *body) (answer, error) {
	var content io.Reader
	if b != nil {
		content = bytes.NewReader(b.data)
	}
	r, err := http.NewRequestWithContext(ctx, method, v.run.base()+path, content)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (madoguchi load)")
	r.Header.Set("Accept-Language", "ja")
	if b != nil {
		r.Header.Set("Content-Type", b.kind)
	}
	if b == nil || b.kind != "application/x-www-form-urlencoded" {
		r.Header.Set("Accept", "application/json, */*")
	}
	res, err := v.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return answer{}, err
	}
	return answer{
		status:   res.StatusCode,
		location: strings.TrimPrefix(res.Header.Get("Location"), v.run.base()),
		body:     data,
	}, nil
}

// errAnswer is an answer that was not the one that must come.
type errAnswer struct {
	status int
	kind   string // of a problem document: the last part of its type
}

func (e errAnswer) Error() string { return strings.TrimSpace(fmt.Sprintf("%d %s", e.status, e.kind)) }

func newErrAnswer(a answer) errAnswer {
	var problem struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(a.body, &problem) // a page is none
	return errAnswer{a.status, problem.Type[strings.LastIndexByte(problem.Type, ':')+1:]}
}

// call asks and wants a status; into, when there is one, takes the JSON of the answer. What goes wrong is
// counted, unless the load is over.
func (v *visitor) call(ctx context.Context, c call) (answer, error) {
	began := v.run.Now()
	got, err := v.ask(ctx, c.method, c.path, c.body)
	took := v.run.Now().Sub(began)
	if err == nil && got.status != c.want {
		err = newErrAnswer(got)
	}
	if err == nil && c.into != nil {
		err = json.Unmarshal(got.body, c.into)
	}
	if err != nil {
		v.run.note(ctx, c.kind, err)
		return got, err
	}
	if !c.quiet {
		v.run.meter.took(c.kind, took)
	}
	return got, nil
}

// call is one request with what it is measured as and what must come.
type call struct {
	kind, method, path string
	body               *body
	want               int
	into               any
	quiet              bool // a step of something that is measured as a whole
}

// note counts an error by what it says; what is cut off by the end of the load is none.
func (l *run) note(ctx context.Context, kind string, err error) {
	var status errAnswer
	switch {
	case ctx.Err() != nil:
	case errors.As(err, &status):
		l.meter.failed(kind, status.Error())
	case errors.Is(err, context.DeadlineExceeded):
		l.meter.failed(kind, "timeout")
	default:
		l.meter.failed(kind, "connection")
	}
}
