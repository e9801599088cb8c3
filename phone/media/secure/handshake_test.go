package secure

import (
	"sync"
	"testing"
	"time"

	"leadline/phone/sdp"
)

// FuzzHandshake feeds a handshake with whatever, cut into datagrams by its own bytes. The library reads them in
// goroutines of its own, where no recover of ours reaches: a panic there would end the program.
func FuzzHandshake(f *testing.F) {
	ours, err := NewCertificate()
	if err != nil {
		f.Fatal(err)
	}
	client, server := flights(f, ours)
	f.Add(client, false)
	f.Add(server, true)
	f.Add([]byte{0, 4, 22, 254, 253, 0, 0, 1, 20}, false)
	f.Fuzz(func(t *testing.T, input []byte, begins bool) {
		role := sdp.Passive
		if begins {
			role = sdp.Active
		}
		a := Associate(AssociationConfig{
			Certificate: ours, Fingerprints: []sdp.Fingerprint{ours.Fingerprint}, Role: role,
			Send: func([]byte) {}, Done: func(sdp.Crypto, sdp.Crypto, error) {},
		})
		for len(input) > 2 {
			n := min(int(input[0])<<8|int(input[1]), len(input)-2)
			a.Receive(input[2 : 2+n])
			input = input[2+n:]
		}
		for end := time.Now().Add(5 * time.Millisecond); a.in.Count() > 0 && time.Now().Before(end); {
			time.Sleep(50 * time.Microsecond)
		}
		a.Close()
	})
}

// flights are the packets of both ends of a handshake, each with its length before it.
func flights(t testing.TB, certificate *Certificate) (client, server []byte) {
	t.Helper()
	var mu sync.Mutex
	var ends [2]*Association
	var sent [2][]byte
	done := make(chan error, 2)
	begun := make(chan struct{})
	for i, role := range []sdp.Setup{sdp.Active, sdp.Passive} {
		ends[i] = Associate(AssociationConfig{
			Certificate: certificate, Fingerprints: []sdp.Fingerprint{certificate.Fingerprint}, Role: role,
			Send: func(p []byte) {
				<-begun
				mu.Lock()
				defer mu.Unlock()
				sent[i] = append(append(sent[i], byte(len(p)>>8), byte(len(p))), p...)
				ends[1-i].Receive(p)
			},
			Done: func(_, _ sdp.Crypto, err error) { done <- err },
		})
	}
	close(begun)
	for range ends {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	client, server = sent[0], sent[1]
	t.Cleanup(func() {
		for _, e := range ends {
			e.Close()
		}
	})
	return client, server
}
