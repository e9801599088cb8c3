package ui

import (
	"cmp"
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

// syncWords, likewise.
var syncWords = map[desk.SyncState]string{
	desk.NoServer: "none", desk.Everywhere: "in step", desk.CatchingUp: "catching up", desk.Loading: "loading", desk.ServerAway: "away",
	desk.SignedOut: "signed out", desk.ErasedHere: "erased here", desk.ProgramOld: "program too old", desk.ServerTooOld: "server too old",
}

// device is a device by its name; of a file only that it is one, since its folders are named after people.
func device(name string) string {
	if kind, _, isFile := strings.Cut(name, ":"); isFile && kind == "file" {
		return "a file"
	}
	return name
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
				// What the network or the PBX has said may name hosts and users; its code does not.
				code, _, _ := strings.Cut(st.Detail, " ")
				if len(code) != 3 || strings.Trim(code, "0123456789") != "" {
					code = ""
				}
				state = strings.Join(strings.Fields(registrationWords[st.State]+" "+st.Why.Key+" "+code), " ")
			}
		}
		line(fmt.Sprintf("account %d", i+1), "%s, srtp %s (%s), dtmf %s, codecs %s: %s", a.Transport, a.SRTP, a.SRTPKeys, a.DTMF,
			strings.Join(a.Codecs, " "), strings.TrimSpace(state))
	}
	line("sound", "microphone %q, speaker %q, problem %q, can enhance: %t", device(s.Sound.Microphone), device(s.Sound.Speaker), s.Sound.Problem.Key, opt.Settings.CanEnhance())
	line("server", "%s, %d changes wait, %d were refused", syncWords[s.Sync.State], s.Sync.Waiting, s.Sync.Refused)
	see := opt.Settings.Sight()
	line("drawn", "scale %.2f, text size %d %%, strong contrasts: %t", opt.App.Settings().Scale(), cmp.Or(see.TextSize, 100), see.Contrast)
	line("calls", "%d on the desk", len(s.Calls))
	return b.String()
}
