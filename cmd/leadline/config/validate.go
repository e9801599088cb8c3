package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"leadline/ui/hotkey"
)

// check calls report for each value that can't be used. Paths are as in lines.go.
func (c *Config) check(report func(path, reason string)) {
	test := func(path string, err error) {
		if err != nil {
			report(path, err.Error())
		}
	}
	test("data", plain(c.Data))
	test("ui.language", oneOf(c.UI.Language, Languages))
	test("ui.theme", oneOf(c.UI.Theme, Themes))
	if size := c.UI.TextSize; size != 0 && (size < 90 || size > 150) {
		report("ui.text_size", fmt.Sprintf("it is %d; 90 to 150 percent, or 0 for 100", size))
	}
	test("ui.region", checkRegion(c.UI.Region))
	for _, k := range []struct{ name, key string }{{"answer", c.Hotkeys.Answer}, {"decline", c.Hotkeys.Decline}, {"hang_up", c.Hotkeys.HangUp}, {"mute", c.Hotkeys.Mute}, {"hold", c.Hotkeys.Hold}} {
		_, err := hotkey.Parse(k.key)
		test("hotkeys."+k.name, err)
	}
	test("server.url", checkURL(c.Server.URL))
	test("server.user", plain(c.Server.User))
	if c.Server.User != "" && c.Server.URL == "" {
		report("server", "there is a user but no url")
	}
	test("audio.microphone", checkDevice(c.Audio.Microphone))
	test("audio.speaker", checkDevice(c.Audio.Speaker))
	test("audio.ringer", checkDevice(c.Audio.Ringer))
	test("recording.calls", oneOf(c.Recording.Calls, []string{RecordByHand, RecordEvery}))
	if c.Recording.Keep < 0 || c.Recording.Keep > MostKeepDays {
		report("recording.keep_days", fmt.Sprintf("it is %d; 1 to %d days, or 0 for ever", c.Recording.Keep, MostKeepDays))
	}

	test("calls.when_busy", plain(c.Calls.Busy))
	test("calls.when_unanswered", plain(c.Calls.NoAnswer))
	if n := c.Calls.NoAnswerAfter; n != 0 && (n < LeastRinging || n > MostRinging) {
		report("calls.unanswered_after", fmt.Sprintf("it is %d; %d to %d seconds, or 0 for 20", n, LeastRinging, MostRinging))
	}
	test("calls.decline", oneOf(c.Calls.Decline, []string{DeclineEverywhere, DeclineHere}))

	for _, kind := range c.Notices.Off {
		test("notifications.off", oneOf(kind, NoticeKinds))
	}
	if v := c.Audio.RingVolume; v != 0 && (v < 10 || v > 100) {
		report("audio.ring_volume", fmt.Sprintf("it is %d; 10 to 100 percent, or 0 for 100", v))
	}
	test("audio.hold_music", checkHoldMusic(c.Audio.HoldMusic))

	names := map[string]bool{}
	for i, a := range c.Accounts {
		if a.Name != "" && names[a.Name] {
			report(fmt.Sprintf("account[%d].name", i), fmt.Sprintf("%q is the name of an earlier account; give this one another", a.Name))
		}
		names[a.Name] = true
		a.check(func(key, reason string) { report(fmt.Sprintf("account[%d].%s", i, key), reason) })
	}
}

// check calls report for each key of the account whose value can't be used.
func (a Account) check(report func(key, reason string)) {
	test := func(key string, err error) {
		if err != nil {
			report(key, err.Error())
		}
	}
	test("name", plain(a.Name))
	_, err := ParseAddress(a.Address)
	test("address", err)
	test("auth_user", plain(a.AuthUser))
	// The password is not quoted in the reason, whatever is wrong with it.
	if plain(a.Password.Reveal()) != nil {
		report("password", "it holds a control character")
	}
	test("transport", oneOf(a.Transport, Transports))
	test("ca", plain(a.CA))
	test("certificate", plain(a.Certificate))
	test("key", plain(a.Key))
	if a.Key != "" && a.Certificate == "" {
		report("key", "it is the key of a certificate, and there is no certificate")
	}
	test("keep_alive", oneOf(a.KeepAlive, KeepAlives))
	test("stun", checkSTUN(a.STUN))
	test("watch", checkWatch(a.Watch))
	test("pickup", checkPickUp(a.PickUp))
	test("mwi", oneOf(a.MWI, MWIs))
	test("bind", checkBind(a.Bind))
	test("srtp", oneOf(a.SRTP, SRTPModes))
	test("srtp_keys", oneOf(a.SRTPKeys, SRTPKeyings))
	test("outbound_proxy", checkProxy(a.OutboundProxy))
	test("asserted_identity", oneOf(a.Asserted, Asserted))
	test("line_header", checkHeader(a.LineHeader))
	test("default_line", plain(a.DefaultLine))
	test("codecs", checkCodecs(a.Codecs))
	test("dtmf", oneOf(a.DTMF, DTMFModes))
	test("auto_answer", oneOf(a.AutoAnswer, AutoAnswers))
}

// plain refuses control characters: a line break in a value would become one in
// a SIP header.
func plain(s string) error {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Errorf("%q holds a control character", s)
	}
	return nil
}

func oneOf(s string, choices []string) error {
	if slices.Contains(choices, s) {
		return nil
	}
	return fmt.Errorf("%q is none of %s", s, strings.Join(quoted(choices), ", "))
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return out
}

func checkRegion(s string) error {
	if s == "" || len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z' {
		return nil
	}
	return fmt.Errorf("%q is no region: two capital letters as in DE, AT, US", s)
}

func checkURL(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is no address of a server, such as https://crm.example.org", s)
	}
	if u.User != nil {
		return errors.New("the address of a server holds no user and password; they have their own place")
	}
	switch u.Scheme {
	case "https":
		return nil
	case "http":
		if isLoopback(u.Hostname()) {
			return nil
		}
		return fmt.Errorf("http:// is only for this computer itself; use https://%s", u.Host)
	}
	return fmt.Errorf("%q does not begin with https://", s)
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// filePrefix begins the name of a file in the place of a device.
const filePrefix = "file:"

func checkDevice(s string) error {
	if s == filePrefix {
		return errors.New("file: lacks the file's name")
	}
	return plain(s)
}

func checkHoldMusic(s string) error {
	if s == "" || s == "off" || strings.HasPrefix(s, filePrefix) && s != filePrefix {
		return plain(s)
	}
	return fmt.Errorf("%q is neither \"off\" nor a file such as \"file:music.wav\"", s)
}

func checkBind(s string) error {
	if _, err := netip.ParseAddrPort(s); err != nil {
		return fmt.Errorf("%q is no IP address and port, such as %s or 192.0.2.7:5060", s, defaultBind)
	}
	return nil
}

func checkProxy(s string) error {
	if s == "" {
		return nil
	}
	// ;lr is what most PBX manuals put behind it: RFC 3261 §19.1.1, loose routing, which is meant anyway.
	_, _, err := parseHostPort(strings.TrimSuffix(trimScheme(s), ";lr"))
	return err
}

func checkSTUN(s string) error {
	if s == "" {
		return nil
	}
	_, _, err := parseHostPort(s)
	return err
}

// checkHeader wants a token, RFC 3261 §25.1.
func checkHeader(s string) error {
	for _, r := range s {
		if !isAlnum(r) && !strings.ContainsRune("-.!%*_+`'~", r) {
			return fmt.Errorf("%q is no name of a SIP header, such as X-Line", s)
		}
	}
	return nil
}

// maxWatched is how many colleagues an account may watch: each is a subscription.
const maxWatched = 100

func checkWatch(list []string) error {
	if len(list) > maxWatched {
		return fmt.Errorf("%d extensions are too many; an account watches %d at most", len(list), maxWatched)
	}
	for i, extension := range list {
		if extension == "" || !isUser(extension) {
			return fmt.Errorf("%q is no extension", extension)
		}
		if slices.Contains(list[:i], extension) {
			return fmt.Errorf("%q is named twice", extension)
		}
	}
	return nil
}

func checkPickUp(s string) error {
	if !isUser(strings.Replace(s, "{extension}", "", 1)) {
		return fmt.Errorf("%q is no feature code, such as *8 or **{extension}", s)
	}
	return nil
}

func checkCodecs(list []string) error {
	if len(list) == 0 {
		return fmt.Errorf("the list is empty; choose from %s", strings.Join(quoted(Codecs), ", "))
	}
	for i, c := range list {
		if err := oneOf(c, Codecs); err != nil {
			return err
		}
		if slices.Contains(list[:i], c) {
			return fmt.Errorf("%q is named twice", c)
		}
	}
	return nil
}
