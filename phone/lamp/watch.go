package lamp

// Watch is what is known of a colleague's calls, document by document.
type Watch struct {
	known   bool
	version uint32
	dialogs []Dialog // that go on, in the order in which they were told of
}

// Apply takes over a document. It reports whether the whole has to be asked for anew: a
// partial one came without those before (RFC 4235 §4.1).
func (w *Watch) Apply(i Info) (missing bool) {
	switch {
	case i.Full:
		// Some PBXs never count: a whole document is taken whatever its number.
		w.known, w.version, w.dialogs = true, i.Version, nil
	case !w.known || i.Version > w.version+1:
		return true
	case i.Version <= w.version:
		return false
	}
	w.version = i.Version
	for _, d := range i.Dialogs {
		w.put(d)
	}
	return false
}

func (w *Watch) put(d Dialog) {
	for at, old := range w.dialogs {
		if old.ID != d.ID {
			continue
		}
		if d.State == Terminated {
			w.dialogs = append(w.dialogs[:at:at], w.dialogs[at+1:]...)
		} else {
			w.dialogs[at] = d
		}
		return
	}
	if d.State != Terminated && len(w.dialogs) < maxDialogs {
		w.dialogs = append(w.dialogs, d)
	}
}

// Known reports whether anything was told yet.
func (w *Watch) Known() bool { return w.known }

// Talking reports whether the colleague is in a call, or dials.
func (w *Watch) Talking() bool {
	for _, d := range w.dialogs {
		if d.State == Confirmed || d.State != Unknown && d.Direction && !d.Incoming {
			return true
		}
	}
	return false
}

// Ringing is the call that rings at the colleague; ok is false when none does. A PBX
// that doesn't tell directions means by an early dialog that it rings.
func (w *Watch) Ringing() (d Dialog, ok bool) {
	for _, d := range w.dialogs {
		if (d.State == Early || d.State == Proceeding || d.State == Trying) && (d.Incoming || !d.Direction && d.State == Early) {
			return d, true
		}
	}
	return Dialog{}, false
}
