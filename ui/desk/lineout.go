package desk

import "leadline/crm"

// LineOut is the line that calls go out over (requirements.md A3).
type LineOut struct {
	Name   string   // of the line that the next call is on; "" when it is on none
	Picked bool     // by the agent; else it is the account's default
	Lines  []string // all lines to pick from, by name
}

// CallOver has calls go out over the line of that name until the program ends; "" gives
// each account its default line back (requirements.md A3).
func (d *Desk) CallOver(line string) {
	d.post(func() { d.picked, d.dirty = line, true })
}

// lineOver is the number or name of the line that a call of an account goes out over: the picked
// one, unless the company has removed it, else the account's default.
func (d *Desk) lineOver(account string) string {
	if l := d.pickedLine(); l.ID != "" {
		return l.Name
	}
	return d.lines[account]
}

// pickedLine is the zero Line when none is picked.
func (d *Desk) pickedLine() crm.Line {
	if d.picked == "" {
		return crm.Line{}
	}
	return d.rules.lines[d.picked]
}

// accountOut is the account that a call goes out by when nobody says which: one that belongs to the
// picked line, if there is one that is registered, else the first that is.
func (d *Desk) accountOut() string {
	if over := d.pickedLine(); over.ID != "" {
		for _, a := range d.accounts {
			if a.State == Registered && d.lineOf(d.lines[a.Name]).ID == over.ID {
				return a.Name
			}
		}
	}
	return d.bestAccount()
}

func (d *Desk) lineOut() LineOut {
	out := LineOut{Picked: d.pickedLine().ID != "", Lines: d.rules.names}
	if over := d.lineOver(d.accountOut()); over != "" {
		if out.Name = d.lineOf(over).Name; out.Name == "" {
			out.Name = over // a line that the company has not set up
		}
	}
	return out
}
