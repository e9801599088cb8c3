//go:build linux || freebsd || netbsd || openbsd

package tray

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"log/slog"
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"leadline/ui/sessionbus"
)

const (
	itemPath = "/StatusNotifierItem"
	menuPath = "/StatusNotifierItem/menu"
	itemName = "org.kde.StatusNotifierItem"
	menuName = "com.canonical.dbusmenu"
)

// icon is a StatusNotifierItem with its menu, as panels ask for them.
//
// Not by the library that Fyne has: it reads the number of its menu's version while another goroutine counts it.
type icon struct {
	mu      sync.Mutex
	t       *Tray
	conn    *sessionbus.Conn
	props   *prop.Properties // nil until there is a place
	face    Face
	version uint32 // of the menu
}

type pixels struct {
	W, H int32
	Pix  []byte // ARGB, in network order
}

type toolTip struct {
	Name        string
	Icon        []pixels
	Title, Text string
}

// forget has it put on the bus anew: the connection is another.
func (n *icon) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conn, n.props, n.face = nil, nil, Face{}
}

// register tells the watcher of the item; the first time it puts it on the bus.
func (n *icon) register(t *Tray, conn *sessionbus.Conn) error {
	n.mu.Lock()
	first := n.props == nil
	n.t = t
	n.mu.Unlock()
	if first {
		props, err := sessionbus.Ask(t.life, conn, n.export)
		if err != nil {
			return err
		}
		n.mu.Lock()
		n.conn, n.props = conn, props
		n.mu.Unlock()
	}
	return conn.Tell(t.life, func(bus *dbus.Conn) error {
		return bus.Object(watcher, watcherPath).Call(watcher+".RegisterStatusNotifierItem", 0, busName()).Err
	})
}

func (n *icon) export(conn *dbus.Conn) (*prop.Properties, error) {
	if err := conn.Export(itemMethods{n}, itemPath, itemName); err != nil {
		return nil, err
	}
	if err := conn.Export(menuMethods{n}, menuPath, menuName); err != nil {
		return nil, err
	}
	fixed := func(v any) *prop.Prop { return &prop.Prop{Value: v, Emit: prop.EmitFalse} }
	props, err := prop.Export(conn, itemPath, prop.Map{itemName: {
		"Category": fixed("Communications"), "Id": fixed("leadline"), "Title": fixed("Leadline"), "Status": fixed("Active"),
		"WindowId": fixed(int32(0)), "IconName": fixed(""), "IconThemePath": fixed(""), "IconPixmap": fixed([]pixels{}),
		"OverlayIconName": fixed(""), "AttentionIconName": fixed(""), "ToolTip": fixed(toolTip{}),
		"ItemIsMenu": fixed(false), "Menu": fixed(dbus.ObjectPath(menuPath)),
	}})
	if err != nil {
		return nil, err
	}
	if _, err = prop.Export(conn, menuPath, prop.Map{menuName: {
		"Version": fixed(uint32(3)), "TextDirection": fixed("ltr"), "Status": fixed("normal"), "IconThemePath": fixed([]string{}),
	}}); err != nil {
		return nil, err
	}
	if _, err := conn.RequestName(busName(), dbus.NameFlagDoNotQueue); err != nil {
		return nil, fmt.Errorf("be %s: %w", busName(), err)
	}
	return props, nil
}

// show tells the panels what is another than before, and no more: they read all of it anew.
func (n *icon) show(t *Tray, f Face) {
	n.mu.Lock()
	was, conn, props := n.face, n.conn, n.props
	if props != nil {
		n.face = f
		n.version++
	}
	version := n.version
	n.mu.Unlock()
	if props == nil {
		return
	}
	err := conn.Tell(t.life, func(bus *dbus.Conn) error {
		if !bytes.Equal(f.Icon, was.Icon) {
			props.SetMust(itemName, "IconPixmap", argb(f.Icon))
			_ = bus.Emit(itemPath, itemName+".NewIcon")
		}
		if f.Tip != was.Tip {
			props.SetMust(itemName, "ToolTip", toolTip{Title: f.Tip})
			_ = bus.Emit(itemPath, itemName+".NewToolTip")
		}
		same := func(a, b Item) bool { return a.Title == b.Title && a.Checked == b.Checked }
		if !slices.EqualFunc(f.Items, was.Items, same) {
			_ = bus.Emit(menuPath, menuName+".LayoutUpdated", version, int32(0))
		}
		return nil
	})
	if err != nil {
		slog.Debug("show the icon in the tray", "error", err)
	}
}

// end leaves nothing to do: the item goes with the connection.
func (*icon) end() {}

// argb is a picture as panels want it; none when it is none.
func argb(file []byte) []pixels {
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return []pixels{}
	}
	b := img.Bounds()
	p := pixels{W: int32(b.Dx()), H: int32(b.Dy()), Pix: make([]byte, 0, 4*b.Dx()*b.Dy())}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			p.Pix = append(p.Pix, c.A, c.R, c.G, c.B)
		}
	}
	return []pixels{p}
}

// itemMethods is org.kde.StatusNotifierItem.
type itemMethods struct{ n *icon }

// Activate is a click.
func (m itemMethods) Activate(_, _ int32) *dbus.Error {
	m.n.t.opened()
	return nil
}

// SecondaryActivate is a click with the middle button.
func (m itemMethods) SecondaryActivate(x, y int32) *dbus.Error { return m.Activate(x, y) }

// ContextMenu is for items that draw their menu themselves.
func (itemMethods) ContextMenu(_, _ int32) *dbus.Error { return nil }

// Scroll does nothing.
func (itemMethods) Scroll(int32, string) *dbus.Error { return nil }
