package ui

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsErasuresView lists who was erased for good, by the time and without the name, and shows of one which copies have
// followed: so it can be proven (requirement I4).
type settingsErasuresView struct {
	opt   MainOptions
	guard companyGuard
	box   *fyne.Container
	again *mainDelay // while copies have to follow

	all    []Erasure
	read   bool
	error  string
	shown  crm.ID // the one that is shown; "" for the list
	here   bool
	asking bool
}

// erasuresAgain is how often a shown erasure is asked about that copies have to follow.
const erasuresAgain = 3 * time.Second

func newSettingsErasures(opt MainOptions) *settingsErasuresView {
	v := &settingsErasuresView{opt: opt, guard: companyGuard{opt: opt, needs: mayAll}, box: kit.Stack()}
	v.again = newMainDelay(opt.Do, erasuresAgain, v.ask)
	v.draw()
	return v
}

// Object is the place.
func (v *settingsErasuresView) Object() fyne.CanvasObject { return v.box }

// Enter asks how the erasures stand.
func (v *settingsErasuresView) Enter() {
	v.here = true
	v.guard.read(func() {
		if v.guard.who == "" {
			v.ask()
		}
		v.draw()
	})
}

// Leave asks no more, and goes back to the list.
func (v *settingsErasuresView) Leave() {
	v.here, v.shown = false, ""
	v.again.Stop()
}

// Draw does nothing: erasures are in no snapshot.
func (v *settingsErasuresView) Draw(desk.Snapshot) {}

// Show shows one.
func (v *settingsErasuresView) Show(id crm.ID) {
	v.shown = id
	v.draw()
}

func (v *settingsErasuresView) ask() {
	if v.asking {
		return
	}
	v.asking = true
	fileAsk(v.opt, func(ctx context.Context) ([]Erasure, error) {
		ctx, cancel := context.WithTimeout(ctx, signInTime)
		defer cancel()
		return v.opt.Erasures.Erasures(ctx)
	}, func(all []Erasure, err error) {
		why := ""
		if err != nil {
			why = serverWhy(err)
		}
		same := v.read && v.error == why && reflect.DeepEqual(v.all, all)
		v.asking, v.read, v.error = false, true, why
		if err == nil || len(all) > 0 {
			v.all = all
		}
		if v.here && slices.ContainsFunc(v.all, func(e Erasure) bool { return e.open() > 0 }) {
			v.again.Start()
		}
		if !same {
			v.draw()
		}
	})
}

func (v *settingsErasuresView) draw() {
	kit.Redraw(v.box, func() {
		v.box.Objects = []fyne.CanvasObject{v.content()}
		v.box.Refresh()
	})
}

func (v *settingsErasuresView) content() fyne.CanvasObject {
	if i := slices.IndexFunc(v.all, func(e Erasure) bool { return e.ID == v.shown }); i >= 0 {
		return v.one(v.all[i])
	}
	if v.guard.who == "" && v.error == "" && v.read && len(v.all) == 0 {
		return kit.Column(0, settingsTitle("Erasures (GDPR)"), kit.Grow(kit.NewEmptyState(theme.IconTrash, "Nobody was erased yet",
			"Behind the three dots of a person's record, an administrator erases them for good. Here it can be proven later that it was done on every device.", nil, nil)))
	}
	var rows []fyne.CanvasObject
	switch {
	case v.guard.who != "":
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.NewProseData(v.guard.who, kit.Secondary)), kit.NewHairline())
	case !v.read:
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.NewLabel("Asking the server", kit.Secondary)))
	default:
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.NewProse("Who it was is kept nowhere; note the number of an erasure beside the request that it answers.", kit.Secondary)), kit.NewHairline())
	}
	if v.error != "" {
		rows = append(rows, v.failed(), kit.NewHairline())
	}
	for _, e := range v.all {
		state, icon, tone := erasureState(e)
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.Row(12, kit.Grow(kit.Column(2,
			kit.NewData(erasureTime(e.At), kit.Strong).Shrink(60),
			kit.NewProseData(erasureNumber(e.ID), kit.Secondary), // whole: it is what is noted
			kit.NewProseData(joined(" · ", erasureBy(e), strings.Join(erasureTook(e), ", ")), kit.Secondary).MaxLines(2))),
			kit.NewStateWord(state, icon, tone, kit.Secondary), kit.NewButton("View", kit.Line, func() { v.Show(e.ID) }))), kit.NewHairline())
	}
	return kit.Column(0, settingsTitle("Erasures (GDPR)"), kit.Grow(kit.Scroll(kit.Column(0, rows...))))
}

// failed says why nothing newer is known.
func (v *settingsErasuresView) failed() fyne.CanvasObject {
	return kit.Pad(12, 24, 12, 24, kit.Row(12, kit.Grow(kit.NewProseData(v.error, kit.Secondary.In(theme.DangerText))), kit.NewButton("Try again", kit.Line, v.ask)))
}

// one shows an erasure, copy by copy.
func (v *settingsErasuresView) one(e Erasure) fyne.CanvasObject {
	state, icon, tone := erasureState(e)
	copied := kit.NewButton("Copy as proof", kit.Line, func() { v.opt.App.Clipboard().SetContent(erasureProof(e, v.opt.Now())) }).WithIcon(theme.IconCopy)
	back := kit.NewButton("Back", kit.Line, func() { v.Show("") }).WithIcon(theme.IconChevronLeft)
	took := kit.Column(2)
	for _, words := range erasureTook(e) {
		took.Add(kit.NewProseData(words, kit.Body))
	}
	copies := kit.Column(10)
	for _, c := range e.Copies {
		copies.Add(erasureCopyRow(c))
	}
	if e.Here {
		copies.Add(kit.NewProse("It was done on this computer, which worked without a server then.", kit.Body))
	} else if len(e.Copies) == 0 {
		copies.Add(kit.NewProse("No device had a copy.", kit.Body))
	}
	var at fyne.CanvasObject = kit.NewStateWord(state, icon, tone, kit.Body)
	rows := []fyne.CanvasObject{settingsRow("State", at), settingsRow("Erased", kit.Column(2, kit.NewProseData(joined(" · ", erasureTime(e.At), erasureBy(e)), kit.Body),
		kit.NewProseData(erasureNumber(e.ID), kit.Secondary))), settingsRow("What went", took), settingsRow("Devices", copies)}
	if e.open() > 0 {
		rows = append(rows, kit.NewProse("A device follows by itself as soon as Leadline runs on it and reaches the server. One that will not come back is signed out in the settings of its user: it then erases all of its copy, should it ever connect.", kit.Quiet))
	}
	column := []fyne.CanvasObject{settingsTitle("Erased for good", copied, back)}
	if v.error != "" {
		column = append(column, v.failed(), kit.NewHairline())
	}
	return kit.Column(0, append(column, kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, kit.Column(18, rows...)))))...)
}

func erasureCopyRow(c ErasureCopy) fyne.CanvasObject {
	words, icon, tone := copyState(c)
	return kit.Row(8, kit.Grow(kit.Column(1, kit.NewData(copyName(c), kit.Strong).Shrink(60), kit.NewData(copySeen(c), kit.Secondary).Shrink(60))),
		kit.NewStateWord(words, icon, tone, kit.Secondary))
}

// copyName says whose copy it is, and where.
func copyName(c ErasureCopy) string {
	user, device := c.User, c.Device
	if user == "" {
		user = text.T("Somebody who has left")
	}
	if device == "" {
		device = text.T("A device without a name")
	}
	if c.This {
		device += " (" + text.T("this device") + ")"
	}
	return user + " · " + device
}

func copySeen(c ErasureCopy) string {
	if c.Seen.IsZero() {
		return text.T("never seen since")
	}
	return text.T("seen {time}", "time", erasureTime(c.Seen))
}

// copyState is how a copy stands, in words.
func copyState(c ErasureCopy) (string, theme.IconName, kit.Tone) {
	switch {
	case c.Gone:
		return text.T("whole copy erased {time}", "time", erasureTime(c.Done)), theme.IconCheck, kit.Good
	case !c.Done.IsZero():
		return text.T("erased {time}", "time", erasureTime(c.Done)), theme.IconCheck, kit.Good
	case c.Out:
		return text.T("signed out; erases its whole copy when it connects"), theme.IconWarning, kit.Warn
	}
	return text.T("not yet"), theme.IconWarning, kit.Warn
}

// erasureState is how an erasure stands, in words.
func erasureState(e Erasure) (string, theme.IconName, kit.Tone) {
	switch n := e.open(); {
	case e.Here:
		return text.T("Erased here"), theme.IconCheck, kit.Good
	case n == 0:
		return text.T("Erased everywhere"), theme.IconCheck, kit.Good
	default:
		return text.T("{n} of {total} devices have to follow", "n", n, "total", len(e.Copies)), theme.IconWarning, kit.Warn
	}
}

// erasureTime is a time to the minute, with its year: it is read years later.
func erasureTime(t time.Time) string { return text.LongDate(t) + ", " + text.Time(t) }

// erasureNumber names an erasure.
func erasureNumber(id crm.ID) string { return text.T("No. {id}", "id", string(id)) }

func erasureBy(e Erasure) string {
	if e.By == "" {
		return ""
	}
	return text.T("by {name}", "name", e.By)
}

// erasureTook is what it took, in few words each.
func erasureTook(e Erasure) []string {
	first := text.T("1 record")
	for i, r := range e.Records {
		if i == 0 && r.Kind == crm.KindContact {
			first = text.T("1 contact")
		} else if i == 0 && r.Kind == crm.KindLead {
			first = text.T("1 lead")
		}
	}
	return append([]string{first}, counted([]count{
		{e.Leads, "{n} more lead", "{n} more leads"}, {e.Calls, "{n} call", "{n} calls"}, {e.Recordings, "{n} recording", "{n} recordings"},
		{e.Notes, "{n} note or follow-up", "{n} notes and follow-ups"}, {e.Deals, "{n} deal", "{n} deals"},
	})...)
}

// erasureProof is an erasure as a text for the files.
func erasureProof(e Erasure, now time.Time) string {
	state, _, _ := erasureState(e)
	var ids []string
	for _, r := range e.Records {
		ids = append(ids, string(r.Kind)+" "+string(r.ID))
	}
	lines := []string{text.T("Erased for good") + ": " + joined(" · ", erasureTime(e.At), erasureBy(e), erasureNumber(e.ID)), strings.Join(erasureTook(e), ", "), strings.Join(ids, ", "),
		text.T("As of {time}: {state}", "time", erasureTime(now), "state", state)}
	for _, c := range e.Copies {
		words, _, _ := copyState(c)
		lines = append(lines, "- "+joined(" · ", copyName(c), copySeen(c), words))
	}
	return strings.Join(lines, "\n") + "\n"
}
