package ui

import (
	"context"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// settingsExceptionsView edits the exceptions and the blacklist, as lines of text
// (requirements.md E1, E3).
type settingsExceptionsView struct {
	opt    MainOptions
	box    *fyne.Container
	guard  companyGuard
	editor *companyEditor
	lists  map[crm.ListName]*kit.Field
	began  map[crm.ListName]string
}

// blockLists are the lists, in the order they are shown.
var blockLists = []crm.ListName{crm.Exceptions, crm.Blacklist}

func newSettingsExceptions(opt MainOptions) *settingsExceptionsView {
	v := &settingsExceptionsView{opt: opt, guard: companyGuard{opt: opt, needs: maySettings}, lists: map[crm.ListName]*kit.Field{}, began: map[crm.ListName]string{}}
	field := func(list crm.ListName, key, such text.Key) *kit.Field {
		f := kit.NewNoteField(key, 160, func(string) { v.editor.Typed() }).WithPlaceholder(such)
		v.lists[list] = f
		return f
	}
	exceptions := field(crm.Exceptions, "CRM exceptions", "0221 98* ; our own shops")
	blacklist := field(crm.Blacklist, "Blacklist", "0900* ; advertising")
	v.editor = newCompanyEditor(opt, text.T("CRM exceptions"), nil, v.changes, v.submit, v.fill,
		settingsRow("CRM exceptions", kit.Column(4, exceptions, kit.NewProse("Numbers and addresses that never reach the CRM: no record, no activity. They ring and are in the log.", kit.Quiet))),
		settingsRow("Blacklist", kit.Column(4, blacklist, kit.NewProse("Calls with these are declined, and logged.", kit.Quiet))),
		settingsRow("How to write them", kit.NewProse("One per line; a comment after a semicolon. A * at the end takes in everything that begins so, @example.org every address there.", kit.Quiet)))
	v.box = kit.Stack(v.editor.box)
	return v
}

// Object is the view.
func (v *settingsExceptionsView) Object() fyne.CanvasObject { return v.box }

// Enter reads the lists, unless something was typed that isn't saved.
func (v *settingsExceptionsView) Enter() {
	if v.changed() {
		return
	}
	v.guard.read(func() { v.editor.Lock(v.guard.who) })
	companyAsk(v.opt, func(ctx context.Context, c Company) (texts map[crm.ListName]string, err error) {
		texts = map[crm.ListName]string{}
		for _, list := range blockLists {
			entries, err := c.Entries(ctx, list)
			if err != nil {
				return nil, err
			}
			lines := make([]string, len(entries))
			for i, e := range entries {
				lines[i] = e.String()
			}
			texts[list] = strings.Join(lines, "\n")
		}
		return texts, nil
	}, func(texts map[crm.ListName]string, err error) {
		switch {
		case err != nil:
			v.editor.Saved(companyWhy(err))
		case !v.changed() && !maps.Equal(texts, v.began):
			v.began = texts
			v.fill()
		}
	})
}

// Reread is Enter.
func (v *settingsExceptionsView) Reread() { v.Enter() }

// Leave does nothing.
func (v *settingsExceptionsView) Leave() {}

// Draw does nothing.
func (v *settingsExceptionsView) Draw(desk.Snapshot) {}

// Submit saves the lists.
func (v *settingsExceptionsView) Submit() { v.editor.Submit() }

func (v *settingsExceptionsView) fill() {
	for list, f := range v.lists {
		f.SetText(v.began[list])
	}
	v.editor.Saved("")
}

func (v *settingsExceptionsView) changed() bool {
	return slices.ContainsFunc(blockLists, func(l crm.ListName) bool { return v.lists[l].Text() != v.began[l] })
}

// changes is how many lines of the lists are others.
func (v *settingsExceptionsView) changes() (n int) {
	for _, l := range blockLists {
		if now, was := v.lists[l].Text(), v.began[l]; now != was {
			n += max(1, differences(typedLines(now), typedLines(was)))
		}
	}
	return n
}

func (v *settingsExceptionsView) submit() {
	read := map[crm.ListName][]crm.Entry{}
	for _, list := range blockLists {
		entries, wrong := crm.ParseEntries(list, v.lists[list].Text(), v.opt.Region)
		if len(wrong) > 0 {
			name := map[crm.ListName]text.Key{crm.Exceptions: text.Key("CRM exceptions"), crm.Blacklist: text.Key("Blacklist")}[list]
			sentences := make([]string, len(wrong))
			for i, w := range wrong {
				sentences[i] = text.Say(desk.Text(w))
			}
			v.editor.Saved(text.T(name) + ": " + strings.Join(sentences, " "))
			return
		}
		read[list] = entries
	}
	now := map[crm.ListName]string{}
	for _, list := range blockLists {
		now[list] = v.lists[list].Text()
	}
	v.editor.Saving()
	companyDo(v.opt, func(ctx context.Context, c Company) error {
		for _, list := range blockLists {
			if err := c.SetEntries(ctx, list, read[list]); err != nil {
				return err
			}
		}
		return nil
	}, func(err error) {
		if err != nil {
			v.editor.Saved(companyWhy(err))
			return
		}
		v.began = now
		v.editor.Saved("")
	})
}
