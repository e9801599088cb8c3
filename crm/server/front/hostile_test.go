package front

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// raw sends bytes as a program would not.
func (p *program) raw(path, kind, encoding string, body []byte) wire.Problem {
	p.o.t.Helper()
	r, err := http.NewRequest("POST", p.o.url+path, bytes.NewReader(body))
	if err != nil {
		p.o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Content-Encoding", encoding)
	r.Header.Set("Accept", wire.TypeJSON)
	r.Header.Set("Authorization", "Bearer "+p.session.Access)
	status, answerKind, data := do(p.o.t, r)
	if status < 400 {
		return wire.Problem{}
	}
	var refused wire.Problem
	if err := wire.Decode(answerKind, data, &refused); err != nil {
		p.o.t.Errorf("%d %q: %v", status, data, err)
	}
	if status != refused.Status() {
		p.o.t.Errorf("%d for %v", status, refused)
	}
	return refused
}

func squeezed(t *testing.T, encoding string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if encoding == "zstd" {
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Write(data)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestMalformedRequestsAreRefused(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	p := o.signIn("anna@example.org")
	nested := func(open, end string, n int) []byte { return []byte(strings.Repeat(open, n) + strings.Repeat(end, n)) }
	bomb := bytes.Repeat([]byte(" "), 64<<20)
	wide := zstdWindow(t)
	for _, c := range []struct {
		what, kind, encoding string
		body                 []byte
		want                 wire.Code
	}{
		{"nothing", wire.TypeCBOR, "", nil, wire.Malformed},
		{"no type", "", "", []byte("{}"), wire.Malformed},
		{"another type", "text/xml", "", []byte("<a/>"), wire.Malformed},
		{"rubbish", wire.TypeCBOR, "", []byte{0xff, 0x00, 0x13}, wire.Malformed},
		{"half a message", wire.TypeJSON, "", []byte(`{"client":"`), wire.Malformed},
		{"two messages", wire.TypeJSON, "", []byte(`{}{}`), wire.Malformed},
		{"not UTF-8", wire.TypeCBOR, "", []byte{0xa1, 0x61, 0xff, 0x61, 0xfe}, wire.Malformed},
		{"deep JSON", wire.TypeJSON, "", nested("[", "]", 100_000), wire.Malformed},
		{"deep CBOR", wire.TypeCBOR, "", bytes.Repeat([]byte{0x81}, 100_000), wire.Malformed},
		{"an array of 2^60", wire.TypeCBOR, "", []byte{0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0}, wire.Malformed},
		{"a string of 2^40", wire.TypeCBOR, "", []byte{0x7b, 0, 0, 1, 0, 0, 0, 0, 0}, wire.Malformed},
		{"too large", wire.TypeJSON, "", bomb[:mostPushBody+1], wire.TooLarge},
		{"a gzip bomb", wire.TypeJSON, "gzip", squeezed(t, "gzip", bomb), wire.TooLarge},
		{"a zstd bomb", wire.TypeJSON, "zstd", squeezed(t, "zstd", bomb), wire.TooLarge},
		{"a zstd window of 1 GiB", wire.TypeJSON, "zstd", wide, wire.TooLarge},
		{"no gzip", wire.TypeJSON, "gzip", []byte("{}"), wire.Malformed},
		{"no zstd", wire.TypeJSON, "zstd", []byte("{}"), wire.Malformed},
		{"another compression", wire.TypeJSON, "br", []byte("{}"), wire.Malformed},
	} {
		if got := p.raw(wire.PathPush, c.kind, c.encoding, c.body); got.Code != c.want {
			t.Errorf("%s: %v, want %s", c.what, got, c.want)
		}
	}
	for _, encoding := range []string{"gzip", "zstd", "identity"} {
		body := []byte(`{"client":"01900000-0000-7000-8000-000000000001","schemas":[1]}`)
		if encoding != "identity" {
			body = squeezed(t, encoding, body)
		}
		if got := p.raw(wire.PathHello, wire.TypeJSON, encoding, body); got.Code != "" {
			t.Errorf("%s: %v", encoding, got)
		}
	}
}

// zstdWindow is the head of a frame (RFC 8878 §3.1.1) that asks for a window of 1 GiB.
func zstdWindow(*testing.T) []byte {
	return []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x01, 0x00, 0x00}
}

func TestTooManyCommandsAreRefused(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	p := o.signIn("anna@example.org")
	w, client := p.hello()
	p.refused(wire.TooLarge, "POST", wire.PathPush, wire.Push{Client: client, Epoch: w.Epoch, Commands: make([]wire.Command, wire.MostCommands+1)})
	p.refused(wire.TooLarge, "POST", wire.PathRows, wire.Fetch{Client: client, IDs: make([]wire.RowID, wire.MostRows+1)})
	half := []byte(`{"a":"` + strings.Repeat("x", wire.MostBytes*2/3) + `"}`)
	p.refused(wire.TooLarge, "POST", wire.PathPush, wire.Push{Client: client, Epoch: w.Epoch, Commands: []wire.Command{{Seq: 1, Args: half}, {Seq: 2, Args: half}}})
}

func TestAnotherWorkspaceIsOutOfReach(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	anna := o.signIn("anna@example.org")
	w, client := anna.hello()
	secret := contact(t, o.access, "Secret", "030 1234567")
	anna.push(w, client, 1, crm.CreateContact{Contact: secret})

	other, err := o.front.Engine.CreateWorkspace(t.Context(), "Other", "DE")
	if err != nil {
		t.Fatal(err)
	}
	first := o.workspace
	o.workspace = other
	o.add("mallory@example.com", crm.User{Name: "Mallory", Roles: []crm.ID{crm.Administrator}})
	mallory := o.signIn("mallory@example.com")
	wm, clientM := mallory.hello()
	var fetched wire.Fetched
	mallory.must(http.StatusOK, "POST", wire.PathRows, wire.Fetch{Client: client, IDs: []wire.RowID{{Entity: wire.Contact, ID: secret.ID}}}, &fetched)
	if len(fetched.Rows) != 1 || !fetched.Rows[0].Deleted || len(fetched.Rows[0].Data) > 0 {
		t.Errorf("%+v", fetched)
	}
	changed := secret
	changed.LastName = "Taken"
	mallory.push(wm, clientM, 1, crm.UpdateContact{Contact: changed})
	anna.must(http.StatusOK, "POST", wire.PathRows, wire.Fetch{Client: client, IDs: []wire.RowID{{Entity: wire.Contact, ID: secret.ID}}}, &fetched)
	if !strings.Contains(string(fetched.Rows[0].Data), "Secret") {
		t.Errorf("%+v", fetched)
	}
	mallory.refused(wire.NotFound, "DELETE", wire.PathDevices+"/"+string(anna.device), nil)
	var list []wire.Device
	mallory.must(http.StatusOK, "GET", wire.PathDevices+"?all", nil, &list)
	if len(list) != 1 {
		t.Errorf("%+v", list)
	}
	_, key, err := o.access.AddKey(t.Context(), other, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	o.workspace = first
	pbx := &program{o: o, form: wire.TypeJSON, session: wire.Session{Access: string(key)}}
	for _, path := range []string{wire.PathDevices, wire.PathPresence} {
		pbx.refused(wire.Forbidden, "GET", path, nil) // a key is no person on a device
	}
	pbx.refused(wire.Forbidden, "POST", wire.PathPull, wire.Pull{})
}

// injections are what breaks out of quotes in SQL, markup, headers and shells.
var injections = []string{`'`, `"`, `\`, `' OR '1'='1`, `'; DROP TABLE document; --`, `$1`, `?1`, "\x00", "\r\nX-Evil: 1", `%s%n`, `../../etc/passwd`, `{{.}}`, `<script>`, strings.Repeat("'", 300)}

func TestSQLInEveryField(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	p := o.signIn("anna@example.org")
	_, key, err := o.access.AddKey(t.Context(), o.workspace, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	for i, evil := range injections {
		o.clock.advance(10 * time.Minute) // limits are another test's
		p.must(http.StatusOK, "POST", wire.PathRefresh, wire.Refresh{Token: p.session.Refresh, Device: p.device}, &p.session)
		id, in := crm.ID(evil), wire.DeviceInfo{ID: p.device, Name: evil, Platform: evil}
		p.refused(wire.BadSignIn, "POST", wire.PathSession, wire.SignIn{Email: evil, Password: evil, Device: in})
		p.refused(wire.Malformed, "POST", wire.PathSession, wire.SignIn{Email: "anna@example.org", Password: password, Device: wire.DeviceInfo{ID: id}})
		p.refused(wire.BadSignIn, "POST", wire.PathRefresh, wire.Refresh{Token: evil, Device: id})
		_, client := p.hello()
		w, _ := p.hello()
		p.ask("POST", wire.PathHello, wire.Hello{Client: id, Schemas: []int{1}, Program: evil, View: evil, Last: wire.Ack{Seq: 1, ID: id}}, nil)
		p.ask("POST", wire.PathPull, wire.Pull{Client: id, View: evil, Epoch: w.Epoch}, nil)
		p.ask("POST", wire.PathRows, wire.Fetch{Client: id, IDs: []wire.RowID{{Entity: wire.Entity(evil), ID: id}}}, nil)
		p.ask("POST", wire.PathPush, wire.Push{Client: client, Epoch: w.Epoch, Commands: []wire.Command{{Seq: 1, ID: id, Name: evil, Args: []byte(`{}`)}}, Erased: []crm.ID{id}}, nil)
		c := contact(t, o.access, evil, "030 1234567")
		c.Comment, c.Source, c.Marks = evil, evil, []string{evil}
		if out := p.push(w, newClient(t, o), 1, crm.CreateContact{Contact: c}); out.Results[0].Status != wire.Applied && !strings.Contains(evil, "\x00") {
			t.Errorf("%q is no name: %+v", evil, out)
		}
		if body := askPBX(t, o, key, evil, evil); body != "" {
			t.Errorf("%q is routed to %q", evil, body)
		}
		if i == 0 {
			p.must(http.StatusOK, "POST", wire.PathSession, wire.SignIn{Email: "anna@example.org", Password: password, Device: in}, &p.session)
		}
	}
	w, client := p.hello()
	var page wire.Page
	p.must(http.StatusOK, "POST", wire.PathPull, wire.Pull{Client: client, Epoch: w.Epoch, View: w.View}, &page)
	contacts := 0
	for _, r := range page.Rows {
		if r.Entity == wire.Contact {
			contacts++
		}
	}
	if contacts < len(injections)-1 {
		t.Errorf("%d contacts are there", contacts)
	}
	if status, text := get(t, o.url+"/metrics"); status != http.StatusOK || strings.Contains(text, `status="500"`) {
		t.Errorf("a request made the server fail: %s", o.log)
	}
}

// What PostgreSQL takes for no text must not reach it: it would fail a commit with everybody else's commands in it.
func TestNoCommandSpoilsTheCommitOfOthers(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	p := o.signIn("anna@example.org")
	w, client := p.hello()
	good := crm.CreateContact{Contact: contact(t, o.access, "Good", "030 1234567")}
	seq := uint64(1)
	for _, change := range []crm.Change{
		crm.CreateContact{Contact: crm.Contact{ID: "\x00", LastName: "x"}},
		crm.CreateContact{Contact: crm.Contact{ID: newClient(t, o), LastName: "x", Company: "\x00"}},
		crm.CreateContact{Contact: crm.Contact{ID: newClient(t, o), LastName: "x", Numbers: []crm.Number{{Short: "1\x002", Written: "1\x002"}}}},
		crm.CreateContact{Contact: crm.Contact{ID: newClient(t, o), LastName: "x", SIP: []string{"a\x00b@example.org"}}},
		crm.Assign{Ref: crm.Ref{Kind: "\x00", ID: "\x00"}, To: "\x00"},
		crm.RemoveRecord{Ref: crm.Ref{Kind: crm.KindContact, ID: "\x00"}},
		crm.RemoveEntries{IDs: []crm.ID{"\x00"}},
	} {
		out := p.push(w, client, seq, change, good)
		seq += 2
		if len(out.Results) != 2 || out.Results[1].Status == wire.Rejected {
			t.Errorf("%s: %+v", change.CommandName(), out)
		}
		good.Contact = contact(t, o.access, "Good", "030 1234567")
	}
	for _, c := range []wire.Command{
		{ID: newClient(t, o), Name: "x\x00", Args: []byte(`{}`)}, {ID: "x\x00", Name: "x", Args: []byte(`{}`)},
		{ID: newClient(t, o), Name: "contact.create/1", Args: []byte("{\"a\":\"\x00\"}")}, {ID: newClient(t, o), Name: "x", Args: []byte("\xff")},
	} {
		c.Seq = seq
		p.refused(wire.Malformed, "POST", wire.PathPush, wire.Push{Client: client, Epoch: w.Epoch, Commands: []wire.Command{c}})
	}
	p.push(w, client, seq, good)
}

func newClient(t *testing.T, o *office) crm.ID {
	t.Helper()
	id, err := o.access.NewID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// serve runs the server with its own time-outs.
func (o *office) serve() (address string, stop func() error) {
	o.t.Helper()
	port, err := Listening{Address: "127.0.0.1:0"}.Listen()
	if err != nil {
		o.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.t.Cleanup(cancel)
	ended := make(chan error, 1)
	go func() { ended <- o.front.Serve(ctx, port) }()
	return port.Addr().String(), func() error { cancel(); return <-ended }
}

func TestWhoSendsHeadersSlowlyIsLetGo(t *testing.T) {
	o := open(t)
	o.front.headerTime = 200 * time.Millisecond
	address, stop := o.serve()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	gone := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, conn) // until the server hangs up
		gone <- err
	}()
	if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	drip := time.NewTicker(20 * time.Millisecond)
	defer drip.Stop()
	for i := 0; ; i++ {
		select {
		case err := <-gone:
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the server waits for ever")
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
			return
		case <-drip.C:
			_, _ = fmt.Fprintf(conn, "X-%d: y\r\n", i)
		}
	}
}

// A body that nobody reads holds a connection no longer than one that is read.
func TestWhoSendsABodySlowlyIsLetGo(t *testing.T) {
	o := open(t)
	o.front.bodyTime = 200 * time.Millisecond
	address, stop := o.serve()
	for _, head := range []string{"GET /healthz HTTP/1.1\r\nContent-Length: 1000", "POST " + wire.PathSession + " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000",
		"DELETE /nothing HTTP/1.1\r\nTransfer-Encoding: chunked"} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(patience))
		if _, err := io.WriteString(conn, head+"\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the server waits for ever", head)
		}
		_ = conn.Close()
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// Nor does who asks for much and does not take it.
func TestWhoDoesNotTakeAnAnswerIsLetGo(t *testing.T) {
	o := open(t)
	anna := o.add("anna@example.org", crm.User{Name: "Anna"})
	p := o.signIn("anna@example.org")
	w, client := p.hello()
	for i := range uint64(12) {
		c := contact(t, o.access, "Meier", "030 1234567")
		c.Comment = strings.Repeat("x", 900<<10)
		p.push(w, client, 1+i, crm.CreateContact{Contact: c})
	}
	_, key, err := o.access.AddKey(t.Context(), o.workspace, anna.ID, "export", []string{access.ScopeRead})
	if err != nil {
		t.Fatal(err)
	}
	o.front.wholeTime = 200 * time.Millisecond
	address, stop := o.serve()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "GET /v1/records/contact?limit=200 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", key); err != nil {
		t.Fatal(err)
	}
	answered := func() bool { return strings.Contains(o.log.String(), "GET "+pathRecords) }
	for late := time.Now().Add(patience); !answered(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Error("the server waits for ever")
			break
		}
	}
	_ = conn.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestHugeHeadersAreRefused(t *testing.T) {
	o := open(t)
	address, stop := o.serve()
	r, err := http.NewRequest("GET", "http://"+address+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Large", strings.Repeat("x", 64<<10))
	if status, _, _ := do(t, r); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Error(status)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestAStopLetsRequestsComeToTheirEnd(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	p := o.signIn("anna@example.org")
	address, stop := o.serve()
	p.o.url = "http://" + address
	w, client := p.hello()
	conn := p.watch()
	if _, err := hint(t, conn); err != nil {
		t.Fatal(err)
	}
	answered := make(chan int, 1)
	go func() {
		status, _ := p.ask("POST", wire.PathPull, wire.Pull{Client: client, Epoch: w.Epoch, View: w.View, Cursor: w.Head, Wait: 25 * time.Second}, nil)
		answered <- status
	}()
	waits := func() int {
		o.front.hub.mu.Lock()
		defer o.front.hub.mu.Unlock()
		return len(o.front.hub.workspaces[o.workspace].watchers)
	}
	for waits() < 2 {
		time.Sleep(time.Millisecond)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if status := <-answered; status != http.StatusOK {
		t.Errorf("who waited got %d", status)
	}
	if _, err := hint(t, conn); err == nil {
		t.Error("the WebSocket is open")
	}
}

func TestPlainHTTPIsForLoopback(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:0": true, "[::1]:0": true, "localhost:0": true, "0.0.0.0:0": false, ":0": false, "[::]:0": false, "192.0.2.1:0": false, "nonsense": false} {
		if got := loopback(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if _, err := (Listening{Address: "0.0.0.0:0"}).Listen(); !errors.Is(err, ErrPlain) {
		t.Error(err)
	}
	if _, err := (Listening{Address: "127.0.0.1:0", Certificate: "nowhere.pem", Key: "nowhere.key"}).Listen(); err == nil {
		t.Error("a certificate that is not there is no error")
	}
}

// FuzzRead holds that no body of any encoding panics, or is taken as more than its bound.
func FuzzRead(f *testing.F) {
	o := &Front{Options: Options{Log: slog.New(slog.DiscardHandler)}, metrics: newMetrics(""), bodyTime: bodyTime}
	f.Add(uint8(0), []byte(`{"client":"x","commands":[{"seq":1}]}`))
	f.Add(uint8(1), []byte{0xa1, 0x66, 'c', 'l', 'i', 'e', 'n', 't', 0x61, 'x'})
	f.Add(uint8(2), []byte{0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00, 0x11, 0x00, 0x00, '{', '}'})
	f.Add(uint8(4), []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 2, 0, 0xfd, 0xff, '{', '}'})
	f.Fuzz(func(t *testing.T, how uint8, body []byte) {
		kind := []string{wire.TypeJSON, wire.TypeCBOR}[how&1]
		encoding := []string{"", "zstd", "gzip", "identity"}[how>>1&3]
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("POST / HTTP/1.1\r\nHost: x\r\n\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Content-Encoding", encoding)
		var in wire.Push
		if err := o.read(discard{}, r, 1<<16, &in); err == nil && len(in.Commands) > 1<<18 {
			t.Errorf("%d commands out of %d bytes", len(in.Commands), len(body))
		}
	})
}

// discard is an answer that nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
