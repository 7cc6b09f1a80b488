package listen

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// What holds a request open is let go first; then the request is answered, and only then the server ends.
func TestAServerEndsWhenItsRequestsHave(t *testing.T) {
	listener, err := On("127.0.0.1:0", "MADOGUCHI_ADDR")
	if err != nil {
		t.Fatal(err)
	}
	asked, letGo := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-letGo
		io.WriteString(w, "answered")
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Until(ctx, Server(handler, nil), listener, func(ending context.Context) {
			if ending.Err() != nil {
				t.Error("there is no time left to end")
			}
			close(letGo)
		})
	}()
	answers := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answers <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		answers <- string(body)
	}()
	<-asked
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := <-answers; got != "answered" {
		t.Errorf("the request that was there got %q", got)
	}
}

// A server that cannot serve says why, and lets nothing go.
func TestAServerThatCannotServeSaysSo(t *testing.T) {
	listener, err := On("127.0.0.1:0", "MADOGUCHI_ADDR")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	err = Until(t.Context(), Server(http.NotFoundHandler(), nil), listener, func(context.Context) {
		t.Error("it ended like one that was told to")
	})
	if err == nil || !strings.HasPrefix(err.Error(), "serving: ") {
		t.Errorf("%v", err)
	}
}
