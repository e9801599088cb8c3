//go:build linux || freebsd || netbsd || openbsd

package tray

import "github.com/godbus/dbus/v5"

// menuMethods is com.canonical.dbusmenu. The root is 0, its lines are 1, 2 …
type menuMethods struct{ n *icon }

type menuNode struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

type menuProps struct {
	ID    int32
	Props map[string]dbus.Variant
}

// menuEvent is what somebody did with a line.
type menuEvent struct {
	ID   int32
	Kind string
	Data dbus.Variant
	Time uint32
}

func (m menuMethods) items() ([]Item, uint32) {
	m.n.mu.Lock()
	defer m.n.mu.Unlock()
	return m.n.face.Items, m.n.version
}

func propsOf(it Item) map[string]dbus.Variant {
	if it.Title == "" {
		return map[string]dbus.Variant{"type": dbus.MakeVariant("separator")}
	}
	state := int32(0)
	if it.Checked {
		state = 1
	}
	label := make([]rune, 0, len(it.Title))
	for _, r := range it.Title {
		if r == '_' { // else it names a key
			label = append(label, '_')
		}
		label = append(label, r)
	}
	return map[string]dbus.Variant{
		"label": dbus.MakeVariant(string(label)), "toggle-type": dbus.MakeVariant("checkmark"), "toggle-state": dbus.MakeVariant(state),
	}
}

func rootProps() map[string]dbus.Variant {
	return map[string]dbus.Variant{"children-display": dbus.MakeVariant("submenu")}
}

// GetLayout tells the menu, or one line of it.
func (m menuMethods) GetLayout(parent, depth int32, _ []string) (uint32, menuNode, *dbus.Error) {
	items, version := m.items()
	if parent > 0 && int(parent) <= len(items) {
		return version, menuNode{ID: parent, Props: propsOf(items[parent-1]), Children: []dbus.Variant{}}, nil
	}
	root := menuNode{Props: rootProps(), Children: []dbus.Variant{}}
	for i, it := range items {
		if depth == 0 {
			break
		}
		root.Children = append(root.Children, dbus.MakeVariant(menuNode{ID: int32(i + 1), Props: propsOf(it), Children: []dbus.Variant{}}))
	}
	return version, root, nil
}

// GetGroupProperties tells of some lines; none asked for is all.
func (m menuMethods) GetGroupProperties(ids []int32, _ []string) ([]menuProps, *dbus.Error) {
	items, _ := m.items()
	if len(ids) == 0 {
		for id := range len(items) + 1 {
			ids = append(ids, int32(id))
		}
	}
	all := []menuProps{}
	for _, id := range ids {
		switch {
		case id == 0:
			all = append(all, menuProps{0, rootProps()})
		case id > 0 && int(id) <= len(items):
			all = append(all, menuProps{id, propsOf(items[id-1])})
		}
	}
	return all, nil
}

// GetProperty tells one of a line's.
func (m menuMethods) GetProperty(id int32, name string) (dbus.Variant, *dbus.Error) {
	all, _ := m.GetGroupProperties([]int32{id}, nil)
	if len(all) == 1 {
		if v, ok := all[0].Props[name]; ok {
			return v, nil
		}
	}
	return dbus.MakeVariant(""), nil
}

// Event is a click, or something that doesn't matter here.
func (m menuMethods) Event(id int32, kind string, _ dbus.Variant, _ uint32) *dbus.Error {
	if kind == "clicked" && id > 0 {
		m.n.t.clicked(int(id - 1))
	}
	return nil
}

// EventGroup are several.
func (m menuMethods) EventGroup(events []menuEvent) ([]int32, *dbus.Error) {
	for _, e := range events {
		_ = m.Event(e.ID, e.Kind, e.Data, e.Time)
	}
	return []int32{}, nil
}

// AboutToShow says that the menu is up to date.
func (menuMethods) AboutToShow(int32) (bool, *dbus.Error) { return false, nil }

// AboutToShowGroup says so of several.
func (menuMethods) AboutToShowGroup([]int32) (update, unknown []int32, _ *dbus.Error) {
	return []int32{}, []int32{}, nil
}
