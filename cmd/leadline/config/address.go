package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Address is a SIP address of record: who, at which PBX.
type Address struct {
	User string
	Host string // a name or an IP address, IPv6 without brackets
	Port int    // 0 when the address names none: then DNS and the transport decide
}

// ParseAddress reads sip:user@host[:port]. A missing "sip:" is forgiven, since
// people type "101@pbx.example.org".
func ParseAddress(s string) (Address, error) {
	if s == "" {
		return Address{}, errors.New("the address is missing, such as sip:101@pbx.example.org")
	}
	rest := trimScheme(s)
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return Address{}, fmt.Errorf("%q names no user, such as sip:101@pbx.example.org", s)
	}
	user := rest[:at]
	if user == "" || !isUser(user) {
		return Address{}, fmt.Errorf("%q is no user of a SIP address: letters, digits and any of %s", user, userMarks)
	}
	host, port, err := parseHostPort(rest[at+1:])
	if err != nil {
		return Address{}, err
	}
	return Address{User: user, Host: host, Port: port}, nil
}

// String is the address as ParseAddress reads it.
func (a Address) String() string {
	return "sip:" + a.User + "@" + joinHostPort(a.Host, a.Port)
}

func joinHostPort(host string, port int) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == 0 {
		return host
	}
	return host + ":" + strconv.Itoa(port)
}

func trimScheme(s string) string {
	if len(s) >= 4 && strings.EqualFold(s[:4], "sip:") {
		return s[4:]
	}
	return s
}

// RFC 3261 §25.1: mark and user-unreserved, without those that a shell or a PBX
// is known to stumble over; % begins an escape.
const userMarks = "-_.!~*'()&=+$,;?/%#"

func isUser(s string) bool {
	for _, r := range s {
		if !isAlnum(r) && !strings.ContainsRune(userMarks, r) {
			return false
		}
	}
	return true
}

func isAlnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// parseHostPort reads host, host:port, [v6] or [v6]:port. A port is 1..65535.
func parseHostPort(s string) (host string, port int, err error) {
	host, portText, hasPort := s, "", false
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", 0, fmt.Errorf("%q lacks the closing ]", s)
		}
		host = s[1:end]
		if rest := s[end+1:]; rest != "" {
			if rest[0] != ':' {
				return "", 0, fmt.Errorf("%q has something else than a port after ]", s)
			}
			portText, hasPort = rest[1:], true
		}
		if a, err := netip.ParseAddr(host); err != nil || !a.Is6() {
			return "", 0, fmt.Errorf("%q is no IPv6 address", host)
		}
	} else {
		if i := strings.IndexByte(s, ':'); i >= 0 {
			host, portText, hasPort = s[:i], s[i+1:], true
		}
		if !isHost(host) {
			return "", 0, fmt.Errorf("%q is no host name or IP address", host)
		}
	}
	if hasPort {
		if port, err = parsePort(portText); err != nil {
			return "", 0, err
		}
		if port == 0 {
			return "", 0, errors.New("port 0 can't be called; leave the port out for the usual one")
		}
	}
	return host, port, nil
}

func parsePort(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || s[0] == '+' {
		return 0, fmt.Errorf("%q is no port, 1 to 65535", s)
	}
	return int(n), nil
}

// isHost accepts names as resolvers do: underscores too, which container networks use.
func isHost(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for _, label := range strings.Split(strings.TrimSuffix(s, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if !isAlnum(r) && r != '-' && r != '_' {
				return false
			}
		}
	}
	return true
}
