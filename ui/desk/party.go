package desk

import (
	"strings"

	"leadline/crm"
	"leadline/phone"
)

// partyOf is who the wire names, as the CRM knows parties (requirements.md C2).
func partyOf(r phone.Party, region string) crm.Party {
	if r.Withheld || r.User == "" {
		return crm.Party{Display: r.Display}
	}
	p := crm.Parse(r.User, region)
	if p.Kind == crm.Withheld || p.Kind == crm.SIPAddress { // letters: an address at its host
		p = crm.Parse("sip:"+r.User+"@"+r.Host, region)
	}
	p.Display = r.Display
	return p
}

// lineWords is the name of a line. The number of one that the company has not set up stands for its name, and is written as numbers
// are.
func (d *Desk) lineWords(name string) string {
	digits, written := strings.CutPrefix(name, "+")
	if p := crm.Parse(name, d.region); written && strings.Trim(digits, "0123456789") == "" && p.Kind == crm.Phone {
		return p.Show(d.region)
	}
	return name
}

// showParty is the party for the eye.
func (d *Desk) showParty(p crm.Party, r phone.Party) Party {
	shown := Party{
		Display: p.Display, Number: p.Show(d.region), Dial: p.DialString(),
		Withheld: p.Kind == crm.Withheld, Internal: p.Kind == crm.Internal, SIP: p.Kind == crm.SIPAddress,
	}
	if p.Kind == crm.Phone {
		shown.Place = crm.Place(p.E164, *d.language.Load())
	}
	return shown
}
