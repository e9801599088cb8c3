package sip

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// secretive is a request with a secret in every place that there is.
const secretive = "INVITE sip:101:uripass@pbx.example.org SIP/2.0\r\n" +
	"Via: SIP/2.0/UDP 192.0.2.1\r\n" +
	"Call-ID: trace-%d\r\n" +
	"Authorization: Digest username=\"anna\", response=\"SECRET1\",\r\n" +
	" cnonce=\"SECRET2\"\r\n" +
	"PROXY-authorization : Digest response=\"SECRET3\"\r\n" +
	"Contact: <sip:anna:SECRET4@192.0.2.1>\r\n" +
	"Content-Type: application/sdp;charset=x\r\n" +
	"Content-Length: 1\r\n" +
	"\r\n" +
	"v=0\r\n" +
	"m=audio 4000 RTP/SAVP 8\r\n" +
	"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRET5|2^20\n" +
	"A=crypto:2\tAES_256_CM_HMAC_SHA1_80 inline:SECRET6\r\n" +
	"k=clear:SECRET7\r\n" +
	"a=ice-pwd:SECRET8\r\n" +
	"a=key-mgmt:mikey SECRET9\r\n" +
	"a=sendrecv\r\n"

func TestATraceHoldsNoSecrets(t *testing.T) {
	got := redact(fmt.Appendf(nil, secretive, 1))
	for _, secret := range []string{"SECRET", "uripass", "anna\""} {
		if strings.Contains(got, secret) {
			t.Errorf("%s is in\n%s", secret, got)
		}
	}
	for _, kept := range []string{"INVITE sip:101:(removed)@pbx.example.org", "Call-ID: trace-1", "Authorization: (removed)\n",
		"m=audio 4000 RTP/SAVP 8", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 (removed)", "a=sendrecv"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%q is missing in\n%s", kept, got)
		}
	}
	for _, contentType := range []string{"text/plain", "application/dtmf-relay", "multipart/mixed; boundary=x", ""} {
		got := redact([]byte("INFO sip:a@b SIP/2.0\r\nContent-Type: " + contentType + "\r\n\r\nSECRET"))
		if strings.Contains(got, "SECRET") || !strings.Contains(got, "(6 bytes removed)") {
			t.Errorf("%s: %s", contentType, got)
		}
	}
}

func TestTracesKeepToTheirBounds(t *testing.T) {
	traced := traces{calls: map[string]*trace{}}
	peer := &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 5060}
	for n := range 3 * tracedCalls {
		traced.note(false, peer, fmt.Appendf(nil, secretive, n))
	}
	if len(traced.calls) != tracedCalls || len(traced.order) != tracedCalls {
		t.Errorf("%d calls are kept", len(traced.calls))
	}
	last := fmt.Sprintf("trace-%d", 3*tracedCalls-1)
	for range 10_000 {
		traced.note(true, peer, []byte("INFO sip:a@b SIP/2.0\r\nCall-ID: "+last+"\r\n\r\n"))
	}
	call := traced.calls[last]
	size := 0
	for _, m := range call.messages {
		size += len(m.raw)
	}
	if size > tracedBytes || size != call.size || !strings.HasPrefix(string(call.messages[0].raw), "INVITE") || !call.messages[1].sent {
		t.Errorf("%d bytes in %d messages are kept", size, len(call.messages))
	}
	for _, other := range []string{
		"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: other\r\n\r\n",   // of no call
		"horization: SECRET\r\nCall-ID: " + last + "\r\n\r\n", // a piece of a stream
		"INVITE sip:a@b SIP/2.0\r\nCall-ID: x\r\nAuthoriz",    // another
		"INVITE sip:a@b SIP/2.0\r\n\r\n",
		"\r\n\r\n",
	} {
		before := len(traced.order)
		traced.note(false, peer, []byte(other))
		if len(traced.order) != before || strings.Contains(string(call.messages[len(call.messages)-1].raw), "SECRET") {
			t.Errorf("kept %q", other)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("INVITE sip:a@b SIP/2.0", "x", "v=0")
	f.Add("SIP/2.0 200 OK", "\r\n\tx", "a=crypto")
	f.Fuzz(func(t *testing.T, start, header, body string) {
		// Whatever else a message holds, what follows a secret's name is gone.
		got := redact([]byte(start + "\r\nX: " + header + "\r\nAuthorization: QUITESECRET\r\nContent-Type: application/sdp\r\n\r\n" +
			body + "\na=crypto:1 X inline:QUITESECRET"))
		endsEarly := strings.Contains(start+"\r\nX: "+header+"\r\n", "\r\n\r\n")
		if strings.Contains(got, "QUITESECRET") && !strings.Contains(start+header+body, "QUITESECRET") && !endsEarly {
			t.Errorf("%q", got)
		}
	})
}
