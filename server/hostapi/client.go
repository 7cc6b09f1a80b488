package hostapi

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
)

// Client makes a counter server's calls to insurers' servers. What needs no proof of who asks it does itself;
// the rest is a facility's (For).
type Client struct {
	Key     credential.Key // proves this server
	Client  *http.Client   // as server/hostclient makes it
	Now     func() time.Time
	Running func() time.Duration                  // since the start, by a clock that nobody sets; may be nil
	Trust   func() (*credential.TrustList, error) // verifies what tells the time; nil: no signed answer does

	Measured measurements
}

// Keys fetches an issuer's published key set over https, from the address that the trust list names.
func (i *Client) Keys(ctx context.Context, iss string) (credential.KeySet, error) {
	answer, err := i.get(ctx, iss+"/.well-known/jwks.json", maxAnswer)
	if err != nil {
		return nil, err
	}
	var set credential.KeySet
	return set, json.Unmarshal(answer, &set)
}

// Endorsements fetches what an issuer's keys say of those that came after them, "" when they say nothing; the
// caller verifies it.
func (i *Client) Endorsements(ctx context.Context, iss string) (string, error) {
	answer, err := i.get(ctx, credential.EndorsementsURL(iss), maxAnswer)
	var refused *RefusedCall
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return "", nil
	}
	return string(answer), err
}

// Status fetches an issuer's signed list of revoked copies; the caller verifies it.
func (i *Client) Status(ctx context.Context, iss string) (string, error) {
	answer, err := i.get(ctx, credential.StatusURL(iss), maxStatus)
	return string(answer), err
}

func (i *Client) get(ctx context.Context, address string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("calling the insurer: %w", err)
	}
	res, answer, err := i.do(req, limit)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, newRefusedCall(res, answer)
	}
	return answer, nil
}

// FacilityClient makes the calls of one facility's counters, which the server proves with its key.
type FacilityClient struct {
	client *Client
	url    string
}

// For returns the calls of the facility that the trust list names by a URL.
func (i *Client) For(url string) FacilityClient { return FacilityClient{i, url} }

// URL is that of the facility, as the trust list names it.
func (f FacilityClient) URL() string { return f.url }

// Redeem: see counter.InsurerCalls.
func (f FacilityClient) Redeem(ctx context.Context, iss string, code credential.OnlineCode) (string, error) {
	var out struct {
		Credential string `json:"credential"`
		Waiting    bool   `json:"waiting"`
	}
	asked := f.client.Now()
	err := f.post(ctx, iss, "/code", map[string]string{"code": code.Printed()}, &out)
	var refused *RefusedCall
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		return "", ErrOnlineCode
	case errors.As(err, &refused) && refused.Status == http.StatusTooManyRequests:
		return "", auth.TooManyTries(refused.Wait)
	case err != nil:
		return "", err
	case out.Waiting:
		return "", ErrCodeWaiting
	}
	f.client.hearSigned(iss, out.Credential, asked, f.client.Now())
	return out.Credential, nil
}

// ErrUnreached says that an insurer's server gave no answer, or not the whole of one.
var ErrUnreached = errors.New("the insurer was not reached")

// RefusedCall is an insurer's answer that is not a success.
type RefusedCall struct {
	Status int
	Text   string        // the insurer's own words, which may repeat what was sent
	Wait   time.Duration // until the next try, by its Retry-After
}

// maxWait is the longest wait that an insurer's word is taken for, and what stands for a missing one.
const maxWait, anyWait = time.Hour, time.Minute

func newRefusedCall(res *http.Response, answer []byte) *RefusedCall {
	wait := anyWait
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds > 0 {
		wait = min(time.Duration(min(seconds, 86400))*time.Second, maxWait)
	}
	return &RefusedCall{res.StatusCode, string(answer), wait}
}

func (e *RefusedCall) Error() string {
	return fmt.Sprintf("the insurer answered %d: %.200s", e.Status, e.Text)
}

// ReceiptKeys asks for the keys of the phones that may read a receipt for this screen.
func (f FacilityClient) ReceiptKeys(ctx context.Context, iss, jws string) (map[string][]byte, error) {
	var out struct {
		Keys map[string]string `json:"keys"`
	}
	if err := f.post(ctx, iss, "/receipt/keys", map[string]string{"credential": jws}, &out); err != nil {
		return nil, err
	}
	return DecodeAll(out.Keys)
}

// LeaveReceipt leaves sealed receipts for a screen's phones.
func (f FacilityClient) LeaveReceipt(ctx context.Context, iss string, d Delivery) error {
	body := struct {
		Credential string            `json:"credential"`
		ID         string            `json:"id,omitempty"`
		Sealed     map[string]string `json:"sealed"`
	}{d.Credential, d.ID, map[string]string{}}
	for id, data := range d.Sealed {
		body.Sealed[id] = base64.RawURLEncoding.EncodeToString(data)
	}
	return f.post(ctx, iss, "/receipt", body, nil)
}

// Bounds of an insurer's answers.
const (
	maxAnswer = 64 << 10
	maxStatus = 32 << 20
)

// do sends a request and reads at most limit bytes of its answer, and measures the clock.
func (i *Client) do(req *http.Request, limit int64) (*http.Response, []byte, error) {
	asked := i.Now()
	res, err := i.Client.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnreached, err)
	}
	defer res.Body.Close()
	i.hearDate(res, asked, i.Now())
	answer, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%w to the end: %w", ErrUnreached, err)
	}
	if int64(len(answer)) > limit {
		return nil, nil, errors.New("the insurer's answer is too large")
	}
	return res, answer, nil
}

func (f FacilityClient) post(ctx context.Context, iss, path string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("writing a call: %w", err)
	}
	assertion, err := HostCall{ISS: iss, Path: path, Body: data}.assert(f.url, f.client.Key, f.client.Now())
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, iss+path, bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("calling the insurer: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+assertion)
	res, answer, err := f.client.do(req, maxAnswer)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return newRefusedCall(res, answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("reading the insurer's answer: %w", err)
	}
	return nil
}

// DecodeAll decodes values of base64url, each under its phone's id. Any that is not strictly base64url is an
// error that does not repeat it.
func DecodeAll(in map[string]string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for id, text := range in {
		data, err := base64.RawURLEncoding.Strict().DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("reading a value of %d characters: %w", len(text), err)
		}
		out[id] = data
	}
	return out, nil
}
