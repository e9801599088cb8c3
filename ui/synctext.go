package ui

import (
	"time"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// syncItems is how the file stands with the shared server: where what one did is by now, and what
// was refused. Nothing without a server.
func syncItems(s desk.Sync, now time.Time) []statusItem {
	if s.State == desk.NoServer {
		return nil
	}
	it := syncStatus(s, now)
	it.english, it.detail, it.place = text.English("Shared server"), s.Detail, settingsServer
	it.advice = syncAdvice(s.State)
	items := []statusItem{it}
	if s.Refused > 0 {
		items = append(items, statusItem{english: text.English("Refused changes"), place: settingsServer, tone: kit.Warn,
			words: text.Tn(s.Refused, "{n} change was refused", "{n} changes were refused")})
	}
	return items
}

// signedIn says whether somebody is signed in at the shared server.
func signedIn(s desk.SyncState) bool {
	return s == desk.Everywhere || s == desk.CatchingUp || s == desk.Loading || s == desk.ServerAway
}

func syncStatus(s desk.Sync, now time.Time) statusItem {
	switch s.State {
	case desk.Everywhere:
		if s.Waiting > 0 {
			return statusItem{icon: theme.IconUpload, words: text.Tn(s.Waiting, "{n} change on its way", "{n} changes on their way")}
		}
		return statusItem{icon: theme.IconCheckCheck, words: text.T("Saved everywhere")}
	case desk.CatchingUp:
		return statusItem{icon: theme.IconDownload, words: text.T("Catching up with the others")}
	case desk.Loading:
		return statusItem{icon: theme.IconDownload, words: text.T("The company's data is being loaded")}
	case desk.ServerAway:
		words := text.T("Offline since {time}", "time", since(s.Since, now))
		if s.Waiting > 0 {
			words = joined(", ", words, text.Tn(s.Waiting, "{n} change waits", "{n} changes wait"))
		}
		return statusItem{icon: theme.IconCloudOff, ink: theme.WarningText, apart: true, words: words}
	case desk.SignedOut:
		return statusItem{tone: kit.Warn, words: waitingHere(s, text.T("Signed out"))}
	case desk.ErasedHere:
		return statusItem{tone: kit.Bad, words: text.T("Signed out by the company; its data on this device was erased")}
	case desk.ProgramOld:
		return statusItem{tone: kit.Warn, words: waitingHere(s, text.T("This version is too old for the server"))}
	}
	return statusItem{tone: kit.Warn, words: waitingHere(s, text.T("The server is too old for this version"))}
}

// syncAdvice is what to do about a server that does not take part; "" when it does.
func syncAdvice(s desk.SyncState) string {
	switch s {
	case desk.ServerAway:
		return adviceOn(desk.Text{Key: "The server cannot be reached"})
	case desk.ProgramOld:
		return adviceOn(desk.Text{Key: "This version is too old for the server"})
	case desk.ServerTooOld:
		return adviceOn(desk.Text{Key: "The server is too old for this version"})
	}
	return ""
}

// waitingHere says besides how much is saved here only.
func waitingHere(s desk.Sync, words string) string {
	if s.Waiting == 0 {
		return words
	}
	return joined(" · ", words, text.Tn(s.Waiting, "{n} change saved here", "{n} changes saved here"))
}
