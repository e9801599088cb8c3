package desk

import (
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// withLines sets up two lines, of which Sales is the default of the account Office and Service dials out with a 9.
func withLines(t *testing.T) *aDesk {
	d := newDesk(t)
	d.do(
		crm.SaveLine{Line: crm.Line{ID: d.file.NewID(), Name: "Sales", Number: crm.Number{E164: 493012345}, Source: "Website"}},
		crm.SaveLine{Line: crm.Line{ID: d.file.NewID(), Name: "Service", Number: crm.Number{E164: 493012346}, Source: "Callback", DialOut: crm.Dialout{Prefix: "9"}}},
	)
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "sip:101@pbx", DefaultLine: "030 12345"}, {Name: "Hotline", Address: "sip:7@pbx", DefaultLine: "Service"}})
	d.desk.RegistrationChanged(phone.Registration{Account: "Office", State: phone.Registered})
	d.until("the lines", func(s Snapshot) bool {
		return s.Out.Name == "Sales" && slices.Equal(s.Out.Lines, []string{"Sales", "Service"})
	})
	return d
}

// placed lets the telephone tell of a call that Dial placed, and that ended.
func (d *aDesk) placed(account string) crm.Call {
	c := phone.Call{ID: "out", Account: account, Direction: phone.Outgoing, State: phone.Dialling, Began: d.at, Remote: phone.Party{User: "02219876543", Host: "pbx"}}
	d.desk.CallChanged(c)
	c.State, c.Cause, c.Ended = phone.Ended, phone.NoAnswer, d.at.Add(time.Minute)
	d.desk.CallChanged(c)
	return d.logged()
}

func TestAnOutgoingCallBelongsToThePickedLine_A3(t *testing.T) {
	d := withLines(t)
	d.desk.CallOver("Service")
	d.until("the pick", func(s Snapshot) bool { return s.Out.Name == "Service" && s.Out.Picked })
	d.desk.Dial("0221 9876543", "Office")
	d.rulesRead("the call to be placed", func(rules) bool { return d.phone.last() == "dial Office 9+492219876543" })
	d.desk.CallOver("") // the call that is on its way stays where it began
	if c := d.placed("Office"); c.LineName != "Service" || c.Line == "" {
		t.Errorf("the call is on %q", c.LineName)
	}
}

func TestAnOutgoingCallBelongsToTheDefaultLineElse_A3(t *testing.T) {
	d := withLines(t)
	d.desk.CallOver("Service")
	d.desk.CallOver("")
	d.until("the default", func(s Snapshot) bool { return s.Out.Name == "Sales" && !s.Out.Picked })
	d.desk.Dial("0221 9876543", "")
	d.rulesRead("the call to be placed", func(rules) bool { return d.phone.last() == "dial Office 02219876543" })
	if c := d.placed("Office"); c.LineName != "Sales" {
		t.Errorf("the call is on %q", c.LineName)
	}
}

func TestAPickedLineGoesOutByItsAccount_A3(t *testing.T) {
	d := withLines(t)
	d.desk.RegistrationChanged(phone.Registration{Account: "Hotline", State: phone.Registered})
	d.desk.CallOver("Service")
	d.desk.Dial("102", "")
	d.rulesRead("the call to be placed", func(rules) bool { return d.phone.last() == "dial Hotline 102" })
}

func TestAPickedLineThatWasRemovedGivesWayToTheDefault_A3(t *testing.T) {
	d := withLines(t)
	d.desk.CallOver("Service")
	s := d.until("the pick", func(s Snapshot) bool { return s.Out.Picked })
	lines, err := d.file.Lines(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Name == s.Out.Name {
			d.do(crm.RemoveSetup{Kind: crm.SetupLine, ID: l.ID})
		}
	}
	d.until("the default", func(s Snapshot) bool { return s.Out.Name == "Sales" && !s.Out.Picked && len(s.Out.Lines) == 1 })
}

func TestAFormIsFilledInFromTheLine_B2(t *testing.T) {
	for kind, source := range map[RecordKind]func(crm.Record) (crm.ID, string){
		Lead:    func(r crm.Record) (crm.ID, string) { return r.Lead.Line, r.Lead.Source },
		Contact: func(r crm.Record) (crm.ID, string) { return "", r.Contact.Source },
	} {
		d := withLines(t)
		d.change("1", "02219876543", func(c *phone.Call) { c.Lines = []string{"+493012345"} })
		c := d.call("the rule of the line", func(c Call) bool { return c.Reason.Key != "" && looked(c) })
		d.desk.OpenForm(c.ID, kind)
		c = d.call("the form", func(c Call) bool { return c.Form != nil && len(c.Form.Sources) > 0 })
		if f := *c.Form; c.Line != "Sales" || f.Number != "0221 987 65 43" || f.Source != "Website" || f.Responsible != "Anna Krüger" {
			t.Errorf("%v on %q: %+v", kind, c.Line, f)
		}
		f := *c.Form
		f.LastName = "Groß"
		d.desk.ChangeForm(c.ID, f)
		d.desk.SaveForm(c.ID)
		c = d.call("the record", func(c Call) bool { return c.Form == nil && c.Card.Known })
		r, err := d.file.Record(t.Context(), d.lastCall().Ref)
		if err != nil || r.Responsible != "Anna Krüger" {
			t.Fatalf("%v: %+v, %v", kind, r, err)
		}
		if line, from := source(r); from != "Website" || kind == Lead && line != d.lastCall().Call.Line {
			t.Errorf("%v: of line %q, source %q", kind, line, from)
		}
	}
}
