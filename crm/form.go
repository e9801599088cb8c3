package crm

// What a form may lack, as the window says it.
const (
	FormNeedsName   = "Type a name first."
	FormNeedsNumber = "Type a name or a company first: the number is withheld."
	LinkNeedsParty  = "A call is linked to a contact, a company or a lead."
)

// FormTexts are all sentences that Form.Check and linking say.
var FormTexts = []string{FormNeedsName, FormNeedsNumber, LinkNeedsParty}

// Invalid is an error that says to a person what to put in order.
type Invalid struct{ Text Text }

func (e Invalid) Error() string { return e.Text.Key }

// Check says what the form lacks to become a record; nil when nothing. A lead
// may be a number and nothing else, a contact has a name.
func (f Form) Check() error {
	switch {
	case f.Kind == KindContact && f.FirstName == "" && f.LastName == "":
		return Invalid{Say(FormNeedsName)}
	case f.Empty() && f.Party.Kind == Withheld:
		return Invalid{Say(FormNeedsNumber)}
	}
	return nil
}

// Numbers are the party's number as a record keeps it, labelled as far as the numbering plan tells.
func (f Form) Numbers() []Number {
	label := LabelWork
	if IsMobile(f.Party.E164) {
		label = LabelMobile
	}
	if n := f.Party.Number(label); n.E164 != 0 || n.Short != "" {
		return []Number{n}
	}
	return nil
}

// SIP is the party's address as a record keeps it.
func (f Form) SIP() []string {
	if f.Party.Kind == SIPAddress {
		return []string{f.Party.Address}
	}
	return nil
}
