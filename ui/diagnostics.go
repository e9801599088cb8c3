package ui

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"leadline/ui/desk"
	"leadline/ui/text"
)

// registrationWords are for diagnostics, which are English whatever the windows show.
var registrationWords = map[desk.Registration]string{
	desk.Unregistered: "unregistered", desk.Registering: "registering", desk.Registered: "registered",
	desk.Retrying: "tries again", desk.Refused: "refused",
}

// diagnostics is what somebody who helps wants to know first, in English. Names, numbers and
// passwords are not in it.
func diagnostics(opt MainOptions, s desk.Snapshot) string {
	var b strings.Builder
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", what+":", fmt.Sprintf(format, args...))
	}
	line("Leadline", "%s, %s/%s, %s, %d processors", opt.Version, runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU())
	for _, name := range []string{"XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LANG", "LIBGL_ALWAYS_SOFTWARE"} {
		if v := os.Getenv(name); v != "" {
			line(name, "%s", v)
		}
	}
	look := opt.Settings.Look()
	line("look", "language %q (shown: %s), theme %q", look.Language, text.Language(), look.Theme)
	accounts := opt.Settings.Accounts()
	for i, a := range accounts {
		state := "not in use"
		for _, st := range s.Accounts {
			if st.Name == accountName(a) {
				state = registrationWords[st.State] + " " + st.Detail
			}
		}
		line(fmt.Sprintf("account %d", i+1), "%s, srtp %s (%s), dtmf %s, codecs %s: %s", a.Transport, a.SRTP, a.SRTPKeys, a.DTMF,
			strings.Join(a.Codecs, " "), strings.TrimSpace(state))
	}
	line("sound", "microphone %q, speaker %q, problem %q, can enhance: %t", s.Sound.Microphone, s.Sound.Speaker, s.Sound.Problem.Key, opt.Settings.CanEnhance())
	line("calls", "%d on the desk", len(s.Calls))
	return b.String()
}
