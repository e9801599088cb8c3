package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// codecNames are how the codecs are called.
var codecNames = map[string]text.Key{
	"opus": "Opus", "g722": "G.722", "pcma": "G.711 A-law", "pcmu": "G.711 µ-law",
}

// codecOrder chooses codecs and puts them in order.
type codecOrder struct {
	box     *fyne.Container
	rows    []*codecRow // as they are shown
	changed func(chosen []string)
}

// codecRow is kept when it moves, so that the keyboard stays where it is.
type codecRow struct {
	id       string
	box      *fyne.Container
	use      *kit.Check
	up, down *kit.Button
}

// newCodecOrder shows the chosen codecs, all for nil, and then those that could be.
func newCodecOrder(chosen []string, changed func([]string)) *codecOrder {
	if chosen == nil {
		chosen = AllCodecs
	}
	o := &codecOrder{box: kit.Column(0), changed: changed}
	order := slices.Clone(chosen)
	for _, id := range AllCodecs {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	for _, id := range order {
		name := codecNames[id]
		r := &codecRow{id: id}
		r.use = kit.NewCheck(name, func(bool) { o.told() })
		r.use.SetOn(slices.Contains(chosen, id))
		r.up = kit.NewIconButton("Earlier: {codec}", theme.IconArrowUp, kit.Ghost, func() { o.move(r, -1) }).WithArgs("codec", text.T(name)).Small()
		r.down = kit.NewIconButton("Later: {codec}", theme.IconArrowDown, kit.Ghost, func() { o.move(r, 1) }).WithArgs("codec", text.T(name)).Small()
		r.box = kit.Sized(0, 32, kit.Row(4, kit.Grow(r.use), r.up, r.down))
		o.rows = append(o.rows, r)
	}
	o.draw()
	return o
}

// Chosen are the codecs in order.
func (o *codecOrder) Chosen() []string {
	var ids []string
	for _, r := range o.rows {
		if r.use.On() {
			ids = append(ids, r.id)
		}
	}
	return ids
}

func (o *codecOrder) move(r *codecRow, by int) {
	i := slices.Index(o.rows, r)
	o.rows[i], o.rows[i+by] = o.rows[i+by], o.rows[i]
	o.told()
}

func (o *codecOrder) told() {
	o.draw()
	o.changed(o.Chosen())
}

func (o *codecOrder) draw() {
	only := len(o.Chosen()) == 1
	o.box.Objects = nil
	for i, r := range o.rows {
		r.up.SetEnabled(i > 0, text.T("It is the first"))
		r.down.SetEnabled(i < len(o.rows)-1, text.T("It is the last"))
		r.use.SetEnabled(!only || !r.use.On(), text.T("A call needs one"))
		if i > 0 {
			o.box.Add(kit.NewHairline())
		}
		o.box.Add(r.box)
	}
	o.box.Refresh()
}
