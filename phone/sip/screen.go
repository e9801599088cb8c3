package sip

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// The library's parser drops what it can't read without a word, and misreads some of what
// RFC 3261 allows. So every message is read here first: what is well-formed goes on in its
// plainest form, and a request that isn't is answered with 400 (RFC 4475).

const maxMessage = 65535

var errFraming = errors.New("the stream can't be cut into SIP messages")

// screen stands between the sockets and the library's parser. It is called by the
// goroutine that reads a socket, which nothing may stop.
func (s *Stack) screen(at sip.TransportReadProps, data []byte) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic before the parser, survived", "panic", p)
			out, err = nil, nil
		}
	}()
	if sip.IsReliable(at.Transport) {
		return s.cut(at, data)
	}
	if s.floods(at) {
		return nil, nil
	}
	if keepAlive(data) {
		return data, nil
	}
	return s.admit(at, readMessage(data, true)), nil
}

// keepAlive is what RFC 5626 §3.5.1 sends between messages.
func keepAlive(data []byte) bool { return len(data) <= 4 && len(bytes.Trim(data, "\r\n\x00")) == 0 }

// cut takes a stream apart at its messages (RFC 3261 §18.3).
func (s *Stack) cut(at sip.TransportReadProps, data []byte) ([]byte, error) {
	key := at.LocalAddr.String() + " " + at.RemoteAddr.String()
	s.mu.Lock()
	partial := s.partial[key]
	delete(s.partial, key)
	s.mu.Unlock()
	if len(partial) == 0 && keepAlive(data) {
		return data, nil // between messages: the library answers it
	}
	rest := append(partial, data...)
	var out []byte
	for {
		rest = bytes.TrimLeft(rest, "\r\n")
		if len(rest) == 0 {
			return out, nil
		}
		head := bytes.Index(rest, []byte("\r\n\r\n"))
		if head < 0 {
			if len(rest) > maxMessage {
				traced.note(false, at.RemoteAddr, rest)
				return out, s.lose(at)
			}
			break
		}
		m := readMessage(rest[:head+4], false)
		length, ok := m.length()
		if !ok || length > maxMessage {
			traced.note(false, at.RemoteAddr, rest)
			if ok {
				code, why := tooLarge()
				s.refuse(at, m, code, why)
			} else {
				s.admit(at, m) // is answered
			}
			return out, s.lose(at)
		}
		if len(rest) < head+4+length {
			break
		}
		m.body = rest[head+4 : head+4+length]
		traced.note(false, at.RemoteAddr, rest[:head+4+length])
		out = append(out, s.admit(at, m)...)
		rest = rest[head+4+length:]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.partial == nil {
		s.partial = map[string][]byte{}
	}
	s.partial[key] = bytes.Clone(rest)
	return out, nil
}

// lose closes a connection of which nobody knows where the next message begins. Ours is made
// anew by its owner, once what came before was heard; of any other the library lets go.
func (s *Stack) lose(at sip.TransportReadProps) error {
	s.mu.Lock()
	stream := s.stream
	s.mu.Unlock()
	if stream == nil || stream.LocalAddr().String() != at.LocalAddr.String() || stream.RemoteAddr().String() != at.RemoteAddr.String() {
		return errFraming
	}
	_ = stream.Close()
	return nil
}

// admit gives the plain form of a message, and answers one that is malformed itself.
func (s *Stack) admit(at sip.TransportReadProps, m rawMessage) []byte {
	if m.start == "" {
		return nil
	}
	code, why := 400, m.fault()
	if why == "" && !m.response() && !knownScheme(m.start) {
		code, why = 416, "Unsupported URI Scheme" // the library doesn't know what may stand in one
	}
	if why == "" {
		plain := m.plain()
		err := readable(plain)
		if err == nil {
			return plain
		}
		s.log.Debug("the library can't read a message", "err", err)
		if why = "Unreadable Message"; errors.Is(err, sip.ErrMessageTooLarge) {
			code, why = tooLarge()
		}
	}
	s.refuse(at, m, code, why)
	return nil
}

// tooLarge is how more than maxMessage is refused (RFC 3261 §21.5.7).
func tooLarge() (code int, why string) { return 513, "Message Too Large" }

// readable is why the library would drop a message without a word, or panic over it: a
// Refer-To that names nobody, for one.
func readable(message []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in the parser: %v", p)
		}
	}()
	_, err = sip.ParseMessage(message)
	return err
}

// refuse answers a request that the library is spared, if it has an answer.
func (s *Stack) refuse(at sip.TransportReadProps, m rawMessage, code int, why string) {
	method, _, _ := strings.Cut(m.start, " ")
	if !m.response() && method != "ACK" {
		s.reject(at, m, code, why)
	}
}

// reject answers without a transaction.
func (s *Stack) reject(at sip.TransportReadProps, m rawMessage, code int, why string) {
	res := sip.NewResponse(code, why)
	vias := m.all("Via")
	if len(vias) == 0 {
		return // there is nowhere to answer to
	}
	from := at.RemoteAddr.String()
	host, port, err := net.SplitHostPort(from)
	if err != nil {
		return
	}
	for i, via := range vias {
		if i == 0 {
			first, rest, _ := strings.Cut(via, ",")
			via = first + ";received=" + strings.Trim(host, "[]")
			if rest != "" {
				via += "," + rest
			}
		}
		res.AppendHeader(sip.NewHeader("Via", via))
	}
	for _, name := range []string{"From", "To", "Call-ID", "CSeq"} {
		if values := m.all(name); len(values) > 0 {
			value := values[0]
			if name == "To" && !strings.Contains(strings.ToLower(value), "tag=") {
				value += ";tag=" + sip.GenerateTagN(16) // RFC 3261 §8.2.6.2
			}
			res.AppendHeader(sip.NewHeader(name, value))
		}
	}
	res.SetBody(nil)
	network, peer := sip.NetworkToLower(at.Transport), from
	to := from
	if !sip.IsReliable(at.Transport) {
		s.mu.Lock()
		peer = s.key.String()
		s.mu.Unlock()
		if !strings.Contains(vias[0], "rport") { // RFC 3261 §18.2.2
			port = viaPort(vias[0])
		}
		to = net.JoinHostPort(host, port)
	}
	conn, err := s.ua.TransportLayer().GetConnection(network, peer)
	if err != nil {
		return
	}
	defer func() { _, _ = conn.TryClose() }()
	res.SetTransport(at.Transport)
	res.SetDestination(to)
	if err := conn.WriteMsg(res); err != nil {
		s.log.Debug("answer a malformed request", "err", err)
	}
}

// viaPort is the port of a Via's sent-by.
func viaPort(via string) string {
	sentBy, _, _ := strings.Cut(via, ";")
	sentBy, _, _ = strings.Cut(sentBy, ",")
	if i := strings.LastIndexByte(sentBy, ':'); i > strings.LastIndexByte(sentBy, ']') {
		if n, err := strconv.ParseUint(strings.TrimSpace(sentBy[i+1:]), 10, 16); err == nil && n > 0 {
			return strconv.FormatUint(n, 10)
		}
	}
	return "5060"
}
