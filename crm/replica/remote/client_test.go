package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/klauspost/compress/zstd"

	"leadline/crm"
	"leadline/crm/wire"
)

// aServer answers with what a test says; the access token of the day is in token.
type aServer struct {
	t        *testing.T
	mu       sync.Mutex
	token    string
	refresh  string
	asked    []string // paths
	answer   func(w http.ResponseWriter, r *http.Request)
	kept     []wire.Session
	spoiled  error // of the refresh
	lastBody []byte
}

func (s *aServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "zstd" {
		z, err := zstd.NewReader(r.Body)
		if err != nil {
			s.t.Error(err)
			return
		}
		defer z.Close()
		body = z
	}
	s.lastBody, _ = io.ReadAll(body)
	switch {
	case r.URL.Path == wire.PathRefresh:
		var in wire.Refresh
		if err := wire.Decode(wire.TypeCBOR, s.lastBody, &in); err != nil || in.Token != s.refresh || s.spoiled != nil {
			say(w, http.StatusUnauthorized, wire.Problem{Code: wire.Revoked, Message: "gone"})
			return
		}
		s.token, s.refresh = s.token+"+", s.refresh+"+"
		say(w, http.StatusOK, wire.Session{Access: s.token, Refresh: s.refresh})
	case r.URL.Path == wire.PathSession && r.Method == http.MethodPost:
		say(w, http.StatusOK, wire.Session{Access: s.token, Refresh: s.refresh})
	case r.Header.Get("Authorization") != "Bearer "+s.token:
		say(w, http.StatusUnauthorized, wire.Problem{Code: wire.Expired, Message: "too old"})
	default:
		s.answer(w, r)
	}
}

func say(w http.ResponseWriter, status int, message any) {
	data, err := wire.Encode(wire.TypeCBOR, message)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", wire.TypeCBOR)
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

func connected(t *testing.T) (*aServer, *Client) {
	t.Helper()
	s := &aServer{t: t, token: "a", refresh: "r"}
	s.answer = func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, wire.Page{Rev: 7}) }
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	c, err := New(Options{URL: web.URL + "/", Device: wire.DeviceInfo{ID: "d"}, Keep: func(k wire.Session) error { s.kept = append(s.kept, k); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.SignIn(t.Context(), "anna@example.org", "secret"); err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestAPasswordGoesInTheClearToThisMachineOnly(t *testing.T) {
	for url, good := range map[string]bool{"https://crm.example.org": true, "https://crm.example.org/sub/": true, "http://localhost:8080": true, "http://127.0.0.1:1": true,
		"http://[::1]:1": true, "http://crm.example.org": false, "crm.example.org": false, "ftp://x": false, "https://": false, "https://a:b@x": false,
		"https://x?y=z": false, "http://127.0.0.1.example.org": false, "http://localhost.example.org": false, "": false} {
		if _, err := New(Options{URL: url}); (err == nil) != good || err != nil && !errors.Is(err, ErrURL) {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestTokensAreRefreshedOnceAndKept(t *testing.T) {
	s, c := connected(t)
	s.mu.Lock()
	s.token = "b" // what the client has ran out
	s.mu.Unlock()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if page, err := c.Pull(context.Background(), wire.Pull{}); err != nil || page.Rev != 7 {
				t.Errorf("%+v, %v", page, err)
			}
		})
	}
	all.Wait()
	if len(s.kept) != 2 || s.kept[1].Refresh != "r+" {
		t.Errorf("kept %+v", s.kept)
	}
	if err := c.SignOut(t.Context()); err == nil && c.SignedIn() {
		t.Error("still signed in")
	}
	if _, err := c.Pull(t.Context(), wire.Pull{}); !isCode(err, wire.BadSignIn) {
		t.Errorf("said %v", err)
	}
}

func isCode(err error, code wire.Code) bool {
	var p wire.Problem
	return errors.As(err, &p) && p.Code == code
}

func TestWhatTheServerRefusesIsSaid(t *testing.T) {
	s, c := connected(t)
	s.mu.Lock()
	s.token, s.spoiled = "b", errors.New("revoked")
	s.mu.Unlock()
	if _, err := c.Hello(t.Context(), wire.Hello{}); !isCode(err, wire.Revoked) {
		t.Errorf("said %v", err)
	}
	s.mu.Lock()
	s.token = "a"
	s.mu.Unlock()
	for name, answer := range map[string]func(http.ResponseWriter){
		"a problem": func(w http.ResponseWriter) { say(w, http.StatusConflict, wire.Problem{Code: wire.Gap}) },
		"a proxy":   func(w http.ResponseWriter) { http.Error(w, "<html>", http.StatusBadGateway) },
		"a redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://evil.example.org/")
			w.WriteHeader(302)
		},
		"garbage": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", wire.TypeCBOR)
			_, _ = w.Write([]byte{0xff, 1})
		},
		"half a zstd": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "zstd")
			_, _ = w.Write([]byte{0x28, 0xb5})
		},
		"a zstd bomb":   func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "zstd"); _, _ = w.Write(bomb(t)) },
		"too much HTML": func(w http.ResponseWriter) { _, _ = w.Write([]byte(strings.Repeat("<p>", 1000))) },
	} {
		s.mu.Lock()
		s.answer = func(w http.ResponseWriter, _ *http.Request) { answer(w) }
		s.mu.Unlock()
		if _, err := c.Push(t.Context(), wire.Push{}); err == nil || name == "a problem" && !isCode(err, wire.Gap) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bomb is 80 MB of nothing in a few kilobytes.
func bomb(t *testing.T) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	return z.EncodeAll(make([]byte, 80<<20), nil)
}

func TestALargePushIsCompressedAndWhole(t *testing.T) {
	s, c := connected(t)
	s.mu.Lock()
	s.answer = func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, wire.Pushed{Head: 3}) }
	s.mu.Unlock()
	args := []byte(`{"a":"` + strings.Repeat("x", 5000) + `"}`)
	sent := wire.Push{Client: "c", Commands: []wire.Command{{Seq: 1, ID: "i", Name: "x/1", Args: args, At: crm.HLC(5)}}}
	if p, err := c.Push(t.Context(), sent); err != nil || p.Head != 3 {
		t.Fatalf("%+v, %v", p, err)
	}
	var got wire.Push
	if err := wire.Decode(wire.TypeCBOR, s.lastBody, &got); err != nil || string(got.Commands[0].Args) != string(args) {
		t.Errorf("%v: %d bytes", err, len(s.lastBody))
	}
}

func TestASnapshotGoesOnWhereItBrokeOff(t *testing.T) {
	s, c := connected(t)
	const whole = "0123456789"
	for _, ranges := range []bool{true, false} {
		s.mu.Lock()
		s.answer = func(w http.ResponseWriter, r *http.Request) {
			if ranges {
				http.ServeContent(w, r, "s", time.Time{}, strings.NewReader(whole))
				return
			}
			_, _ = io.WriteString(w, whole)
		}
		s.mu.Unlock()
		for _, offset := range []int64{0, 4} {
			body, err := c.Snapshot(t.Context(), wire.Manifest{Name: "a b"}, offset)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(body)
			if err != nil || string(got) != whole[offset:] {
				t.Errorf("from %d: %q, %v", offset, got, err)
			}
			_ = body.Close()
		}
	}
	s.mu.Lock()
	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusNotFound, wire.Problem{Code: wire.NotFound})
	}
	s.mu.Unlock()
	if _, err := c.Snapshot(t.Context(), wire.Manifest{Name: "gone"}, 0); !isCode(err, wire.NotFound) {
		t.Errorf("said %v", err)
	}
}

func TestHintsAreHeardUntilTheConnectionBreaks(t *testing.T) {
	s, c := connected(t)
	s.mu.Lock()
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		for rev := range uint64(3) {
			data, _ := wire.Encode(wire.TypeCBOR, wire.Hint{Rev: rev})
			_ = conn.Write(r.Context(), websocket.MessageBinary, data)
		}
		_ = conn.Close(websocket.StatusGoingAway, "the server stops")
	}
	s.mu.Unlock()
	var heard []uint64
	err := c.Watch(t.Context(), func(h wire.Hint) { heard = append(heard, h.Rev) })
	if websocket.CloseStatus(err) != websocket.StatusGoingAway || len(heard) != 3 || heard[2] != 2 {
		t.Errorf("heard %v, then %v", heard, err)
	}
	s.mu.Lock()
	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusUnauthorized, wire.Problem{Code: wire.Revoked})
	}
	s.mu.Unlock()
	if err := c.Watch(t.Context(), func(wire.Hint) {}); !isCode(err, wire.Revoked) {
		t.Errorf("said %v", err)
	}
}
