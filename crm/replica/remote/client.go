package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"leadline/crm/wire"
)

// Options are what a client needs.
type Options struct {
	URL     string          // of the server: https://…; http:// on loopback only
	Device  wire.DeviceInfo // the machine; its ID is the same for as long as it has its file
	Session wire.Session    // from the last time; zero when nobody is signed in
	// Keep keeps a session for the next time; a zero one is to be forgotten. It is called before
	// the session is used, because a refresh token works once.
	Keep func(wire.Session) error
	HTTP *http.Client // default: one of its own
}

// Client is a connection to the server. Its methods are safe to call from several goroutines.
type Client struct {
	base   string
	device wire.DeviceInfo
	keep   func(wire.Session) error
	http   *http.Client

	refreshing sync.Mutex // one at a time
	mu         sync.Mutex
	session    wire.Session
}

// ErrURL is an address that no server can have.
var ErrURL = errors.New("the server's address begins with https://")

// New makes a client. It does not connect.
func New(o Options) (*Client, error) {
	base, err := checkURL(o.URL)
	if err != nil {
		return nil, err
	}
	c := &Client{base: base, device: o.Device, keep: o.Keep, http: o.HTTP, session: o.Session}
	if c.keep == nil {
		c.keep = func(wire.Session) error { return nil }
	}
	if c.http == nil {
		// Requests have a time limit of their own, by their context; a snapshot may take long.
		c.http = &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: 90 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second, DialContext: (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 20 * time.Second}).DialContext,
		}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // no token goes elsewhere
	}
	return c, nil
}

// checkURL lets a password or a token go in the clear to this machine only.
func checkURL(written string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(written))
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "":
		return "", fmt.Errorf("%q: %w", written, ErrURL)
	case u.Scheme == "https":
	case u.Scheme == "http" && isLoopback(u.Hostname()):
	default:
		return "", fmt.Errorf("%q: %w", written, ErrURL)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// SignedIn says whether there is a session.
func (c *Client) SignedIn() bool { return c.tokens().Refresh != "" }

func (c *Client) tokens() wire.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

func (c *Client) use(s wire.Session) error {
	err := c.keep(s)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
	return err
}

// SignIn begins a session.
func (c *Client) SignIn(ctx context.Context, email, password string) (wire.Session, error) {
	var s wire.Session
	if err := c.post(ctx, wire.PathSession, "", wire.SignIn{Email: email, Password: password, Device: c.device}, &s); err != nil {
		return s, err
	}
	return s, c.use(s)
}

// SignOut ends the session, here also when the server cannot be reached.
func (c *Client) SignOut(ctx context.Context) error {
	s := c.tokens()
	if s.Access == "" {
		return nil
	}
	err := c.do(ctx, http.MethodDelete, wire.PathSession, s.Access, nil, nil)
	return errors.Join(err, c.use(wire.Session{}))
}

// Erased tells the server that a revoked device has erased its copy.
func (c *Client) Erased(ctx context.Context) error {
	s := c.tokens()
	err := c.do(ctx, http.MethodPost, wire.PathErased, s.Access, nil, nil)
	return errors.Join(err, c.use(wire.Session{}))
}

// refresh gets new tokens for those that ran out, unless somebody has done that meanwhile.
func (c *Client) refresh(ctx context.Context, spent string) error {
	c.refreshing.Lock()
	defer c.refreshing.Unlock()
	s := c.tokens()
	if s.Access != spent {
		return nil
	}
	var next wire.Session
	if err := c.post(ctx, wire.PathRefresh, "", wire.Refresh{Token: s.Refresh, Device: c.device.ID}, &next); err != nil {
		return err
	}
	return c.use(next)
}

// ask is post for who is signed in; tokens that ran out are refreshed.
func ask[Answer any](ctx context.Context, c *Client, path string, question any) (answer Answer, err error) {
	err = c.signedIn(ctx, func(token string) error { return c.post(ctx, path, token, question, &answer) })
	return answer, err
}

func (c *Client) signedIn(ctx context.Context, f func(token string) error) error {
	token := c.tokens().Access
	if token == "" {
		return wire.Problem{Code: wire.BadSignIn, Message: "nobody is signed in"}
	}
	err := f(token)
	var p wire.Problem
	if !errors.As(err, &p) || p.Code != wire.Expired {
		return err
	}
	if err := c.refresh(ctx, token); err != nil {
		return err
	}
	return f(c.tokens().Access)
}
