//go:build !linux && !freebsd && !netbsd && !openbsd

package tray

import (
	"bytes"
	"slices"

	"fyne.io/systray"
)

// icon is the icon by the library that Fyne has, too. Only run uses it, and end.
type icon struct {
	begun bool
	stop  func()
	shown Face
	items []*systray.MenuItem // nil for a line that divides
}

// patience is not needed: the library answers at once.
const patience = 0

// watch waits for Shut: this desktop always has a tray.
func (t *Tray) watch() {
	t.set(true)
	<-t.life.Done()
}

func (n *icon) show(t *Tray, f Face) {
	if n.begun {
		n.draw(f)
		return
	}
	// The loop of the windows reads the messages of the first goroutine.
	ran := make(chan struct{})
	t.do(func() {
		defer close(ran)
		n.begin(t, f)
	})
	select {
	case <-ran:
		n.begun = true
	case <-t.life.Done():
	}
}

func (n *icon) end() {
	if n.begun {
		n.stop()
	}
}

// begin registers the icon with all that it shows.
func (n *icon) begin(t *Tray, f Face) {
	start, end := systray.RunWithExternalLoop(nil, nil)
	n.stop = end
	systray.SetOnTapped(t.opened)
	systray.SetTitle("Leadline")
	for i, it := range f.Items {
		if it.Title == "" {
			systray.AddSeparator()
			n.items = append(n.items, nil)
			continue
		}
		item := systray.AddMenuItemCheckbox(it.Title, "", it.Checked)
		n.items = append(n.items, item)
		go func() {
			for range item.ClickedCh {
				t.clicked(i)
			}
		}()
	}
	n.shown.Items = slices.Clone(f.Items)
	n.draw(f)
	start()
}

// draw tells the desktop what is another than before, and no more: each change has it read the menu anew.
func (n *icon) draw(f Face) {
	if !bytes.Equal(f.Icon, n.shown.Icon) {
		systray.SetIcon(iconFile(f.Icon))
	}
	if f.Tip != n.shown.Tip {
		systray.SetTooltip(f.Tip)
	}
	for i, item := range n.items {
		if item == nil || i >= len(f.Items) {
			continue
		}
		was, is := n.shown.Items[i], f.Items[i]
		if is.Title != was.Title {
			item.SetTitle(is.Title)
		}
		switch {
		case is.Checked == was.Checked:
		case is.Checked:
			item.Check()
		default:
			item.Uncheck()
		}
	}
	n.shown = f
}
