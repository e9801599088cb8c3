package crm

import "strconv"

// E164 is a telephone number as the world knows it (ITU-T E.164), country code
// first, without the plus: 493020948812. Zero is no number.
type E164 uint64

// String writes the number with its plus: "+493020948812"; "" for zero.
func (n E164) String() string {
	if n == 0 {
		return ""
	}
	return "+" + strconv.FormatUint(uint64(n), 10)
}

// Number is one typed number of a record. Exactly one of E164 and Short says
// what it is; Written is how a person wrote it, and how the record shows it.
type Number struct {
	E164      E164   `json:"e164,omitempty"`
	Short     string `json:"short,omitempty"` // an extension or service number, digits only
	Written   string `json:"written,omitempty"`
	Extension string `json:"ext,omitempty"` // set aside: what to dial after the answer
	Label     Label  `json:"label,omitempty"`
}

// PartyKind is how a party is known.
type PartyKind string

const (
	Withheld   PartyKind = ""      // nothing is known: the caller hid it
	Phone      PartyKind = "phone" // a number of the world, E164 is set
	Internal   PartyKind = "short" // an extension or service number, Short is set
	SIPAddress PartyKind = "sip"   // Address is set
)

// Party is who is on the other end, as the wire or a person named it. The zero
// Party is a withheld caller.
type Party struct {
	Kind      PartyKind `json:"kind,omitempty"`
	E164      E164      `json:"e164,omitempty"`
	Short     string    `json:"short,omitempty"`
	Address   string    `json:"address,omitempty"` // "anna@example.org", host in lower case
	Written   string    `json:"written,omitempty"` // as it came
	Extension string    `json:"ext,omitempty"`
	Display   string    `json:"display,omitempty"` // the name the PBX sent
}
