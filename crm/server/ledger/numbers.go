package ledger

import (
	"leadline/crm"
	"leadline/crm/wire"
)

// generation is the highest generation that a lead of a number or address has had; 0 for none.
func (t *tx) generation(peer string) (int, error) {
	r, err := t.row(Key{wire.Number, crm.NumberID(peer)})
	return field[int](r, "generation"), err
}

// count writes the Number rows of numbers and addresses again, with the lead that is open now.
func (t *tx) count(peers []string) error {
	for _, peer := range peers {
		g, err := t.generation(peer)
		if err != nil {
			return err
		}
		if err := t.countTo(peer, g); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) countTo(peer string, generation int) error {
	open, err := t.openLeadOf(peer, "")
	if err != nil {
		return err
	}
	k := Key{wire.Number, crm.NumberID(peer)}
	was, err := t.row(k)
	if err != nil {
		return err
	}
	data, err := fieldsOf(wire.NumberData{Peer: peer, Generation: generation, OpenLead: open.ID})
	if err != nil || was != nil && sameFields(was.Fields, data) {
		return err
	}
	return t.put(&Row{Key: k, Fields: data, Stamps: map[string]crm.HLC{}})
}
