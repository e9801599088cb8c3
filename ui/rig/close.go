package rig

import (
	"strconv"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Close has the window manager close a window, given by its X id, as its cross does: _NET_CLOSE_WINDOW (EWMH). No key is
// pressed for it, so it does not matter what has the keyboard by the time the key would come.
func (s *Screen) Close(id string) {
	s.t.Helper()
	window, err := strconv.ParseUint(id, 0, 32)
	if err != nil {
		s.t.Fatalf("close a window: %v", err)
	}
	conn, err := xgb.NewConnDisplay(s.Display)
	if err != nil {
		s.t.Fatalf("close a window: %v", err)
	}
	defer conn.Close()
	const name = "_NET_CLOSE_WINDOW"
	atom, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		s.t.Fatalf("close a window: %v", err)
	}
	const pager = 2 // "2 for pagers and other Clients that represent direct user actions"
	event := xproto.ClientMessageEvent{
		Format: 32, Window: xproto.Window(window), Type: atom.Atom,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{xproto.TimeCurrentTime, pager, 0, 0, 0}),
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	if err := xproto.SendEventChecked(conn, false, root, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, string(event.Bytes())).Check(); err != nil {
		s.t.Fatalf("close a window: %v", err)
	}
}
