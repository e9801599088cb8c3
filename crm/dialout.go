package crm

import "strings"

// DialRule replaces the beginning of a number: "+49" by "0".
type DialRule struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Dialout says how numbers of the outside world are dialled over a line. The zero
// Dialout leaves them as they are.
type Dialout struct {
	Rules  []DialRule `json:"rules,omitempty"`
	Prefix string     `json:"prefix,omitempty"` // for an outside line, put before the rewritten number: "0"
}

// None says whether nothing is rewritten.
func (d Dialout) None() bool { return len(d.Rules) == 0 && d.Prefix == "" }

// Rewrite is what to send to the PBX for a party: of a number of the world the
// longest matching rule is applied, then the prefix put before it. Extensions,
// service codes and SIP addresses stay as they are.
func (d Dialout) Rewrite(p Party) string {
	if p.Kind != Phone {
		return p.DialString()
	}
	number := p.DialString()
	var best DialRule
	for _, r := range d.Rules {
		if strings.HasPrefix(number, r.From) && len(r.From) > len(best.From) {
			best = r
		}
	}
	return d.Prefix + best.To + strings.TrimPrefix(number, best.From)
}
