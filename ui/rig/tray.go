package rig

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	phone "leadline/phone/rig"
)

// Tray is the tray of a desktop, as panels have it: what StatusNotifierItem calls a watcher with a host. It shows
// nothing and remembers who registered.
type Tray struct {
	t     testing.TB
	conn  *dbus.Conn
	props *prop.Properties

	mu   sync.Mutex
	item dbus.BusObject // who registered last
}

const (
	trayName = "org.kde.StatusNotifierWatcher"
	trayPath = "/StatusNotifierWatcher"
	trayItem = "org.kde.StatusNotifierItem"
	trayMenu = "com.canonical.dbusmenu"
)

// StartTray puts a watcher on a session bus, as yet without a host that would show icons.
func StartTray(test testing.TB, bus string) *Tray {
	test.Helper()
	t := &Tray{t: test}
	var err error
	if t.conn, err = dbus.Connect(bus); err != nil {
		test.Fatal(err)
	}
	test.Cleanup(t.Stop)
	if err := t.conn.Export(t, trayPath, trayName); err != nil {
		test.Fatal(err)
	}
	t.props, err = prop.Export(t.conn, trayPath, prop.Map{trayName: {"IsStatusNotifierHostRegistered": {Value: false, Emit: prop.EmitTrue}}})
	if err != nil {
		test.Fatal(err)
	}
	if got, err := t.conn.RequestName(trayName, dbus.NameFlagDoNotQueue); err != nil || got != dbus.RequestNameReplyPrimaryOwner {
		test.Fatalf("be the watcher: %v, %v", got, err)
	}
	return t
}

// Stop takes the tray away: the panel has ended.
func (t *Tray) Stop() { t.conn.Close() }

// Host has a panel come that shows the icons.
func (t *Tray) Host() {
	t.t.Helper()
	t.props.SetMust(trayName, "IsStatusNotifierHostRegistered", true)
	if err := t.conn.Emit(trayPath, trayName+".StatusNotifierHostRegistered"); err != nil {
		t.t.Fatal(err)
	}
}

// RegisterStatusNotifierItem is what programs call.
func (t *Tray) RegisterStatusNotifierItem(path string, from dbus.Sender) *dbus.Error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if strings.HasPrefix(path, "/") {
		t.item = t.conn.Object(string(from), dbus.ObjectPath(path))
	} else { // the name of one who uses the usual path
		t.item = t.conn.Object(path, "/StatusNotifierItem")
	}
	return nil
}

func (t *Tray) of() dbus.BusObject {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.item
}

// Tip is what the icon says when pointed at; "" while there is none.
func (t *Tray) Tip() string {
	if t.of() == nil {
		return ""
	}
	v, err := t.of().GetProperty(trayItem + ".ToolTip")
	if err != nil {
		return ""
	}
	var tip struct {
		Icon     string
		Pictures []struct {
			W, H int32
			Pix  []byte
		}
		Title, Words string
	}
	if err := v.Store(&tip); err != nil {
		t.t.Errorf("the tray's tooltip: %v", err)
	}
	return tip.Title
}

// Icon are the pixels of the icon and its width.
func (t *Tray) Icon() (argb []byte, width int) {
	t.t.Helper()
	v, err := t.of().GetProperty(trayItem + ".IconPixmap")
	if err != nil {
		t.t.Fatal(err)
	}
	var all []struct {
		W, H int32
		Pix  []byte
	}
	if err := v.Store(&all); err != nil || len(all) == 0 {
		t.t.Fatalf("the tray's icon: %v, %d pictures", err, len(all))
	}
	return all[0].Pix, int(all[0].W)
}

// Click is the button of the mouse on the icon.
func (t *Tray) Click() {
	t.t.Helper()
	if err := t.of().Call(trayItem+".Activate", 0, int32(0), int32(0)).Err; err != nil {
		t.t.Fatal(err)
	}
}

// Menu is the menu as it reads: "[x] Available", "---".
func (t *Tray) Menu() []string {
	var all []string
	for _, it := range t.layout() {
		switch {
		case it.kind == "separator":
			all = append(all, "---")
		case it.on:
			all = append(all, "[x] "+it.label)
		default:
			all = append(all, it.label)
		}
	}
	return all
}

// Choose clicks on a line of the menu.
func (t *Tray) Choose(label string) {
	t.t.Helper()
	for _, it := range t.layout() {
		if it.label == label {
			if err := t.menu().Call(trayMenu+".Event", 0, it.id, "clicked", dbus.MakeVariant(0), uint32(time.Now().Unix())).Err; err != nil {
				t.t.Fatal(err)
			}
			return
		}
	}
	t.t.Fatalf("the menu has no %q but %q", label, t.Menu())
}

func (t *Tray) menu() dbus.BusObject {
	t.t.Helper()
	v, err := t.of().GetProperty(trayItem + ".Menu")
	if err != nil {
		t.t.Fatal(err)
	}
	path, _ := v.Value().(dbus.ObjectPath)
	return t.conn.Object(t.of().Destination(), path)
}

type trayLine struct {
	id          int32
	kind, label string
	on          bool
}

func (t *Tray) layout() []trayLine {
	t.t.Helper()
	type node struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	var revision uint32
	var root node
	if err := t.menu().Call(trayMenu+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		t.t.Fatal(err)
	}
	var all []trayLine
	for _, c := range root.Children {
		var n node
		if err := c.Store(&n); err != nil {
			t.t.Fatal(err)
		}
		l := trayLine{id: n.ID, on: fmt.Sprint(n.Props["toggle-state"].Value()) == "1"}
		l.kind, _ = n.Props["type"].Value().(string)
		l.label, _ = n.Props["label"].Value().(string)
		all = append(all, l)
	}
	return all
}

// WaitTip waits until the icon says something.
func (t *Tray) WaitTip(words string, within time.Duration) {
	t.t.Helper()
	phone.Eventually(t.t, within, fmt.Sprintf("the tray says %q", words), func() (bool, string) {
		tip := t.Tip()
		return strings.Contains(tip, words), tip
	})
}
