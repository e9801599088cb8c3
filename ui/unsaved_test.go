package ui

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
)

func TestTheSaveBarCountsWhatIsNotSaved(t *testing.T) {
	line := crm.Line{Name: "Sales", Source: "Call", Hours: crm.Hours{Zone: "Europe/Berlin"}}
	other := line
	other.Name, other.Hours, other.DialOut.Prefix = "Service", crm.Hours{}, "0"
	members := func(ids ...crm.ID) crm.Queue { return crm.Queue{Members: ids} }
	for want, got := range map[int]int{
		0: differences(line, line) + differences(crm.Queue{}, members()), 3: differences(other, line),
	} {
		if got != want {
			t.Errorf("%d changes, want %d", got, want)
		}
	}
	for _, x := range []struct {
		now, was crm.Queue
		want     int
	}{
		{members("a", "b"), members("b", "a"), 1}, {members("a", "c"), members("a", "b"), 1}, {members("a"), members("a", "b", "c"), 2},
		{members("a", "a"), members("a"), 1}, {members(), members("a"), 1},
	} {
		if got := differences(x.now, x.was); got != x.want {
			t.Errorf("%v of %v: %d changes, want %d", x.now.Members, x.was.Members, got, x.want)
		}
	}
	if got := differences(AccountSettings{Name: "x", Codecs: []string{"opus"}, AskMailbox: true}, AccountSettings{}); got != 3 {
		t.Errorf("an account: %d changes", got)
	}
	if got := differences(callFields{busy: "101", after: "5"}, callFields{}); got != 2 {
		t.Errorf("what one types: %d changes", got)
	}
}

// What was typed is not lost by one click on the arrow at the top.
func TestBackAsksBeforeItDropsWhatWasTyped(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	do(t, s, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Sales", Number: number(t, "030 1234")}})
	b.m.ShowSettings(settingsLines)
	b.waits("Sales")
	b.tap("button", "Edit")
	b.tap("button", "Back")
	b.waits("Add line")
	b.tap("button", "Edit")
	b.type_("Name of the line", "Service")
	if !b.says("1 change not saved") {
		t.Error("it does not count the changes")
	}
	b.tap("button", "Back")
	if !b.says("What is not saved here will be lost.") {
		t.Fatal("it does not ask")
	}
	b.tap("button", "Cancel")
	if b.says("will be lost") || b.widget("field", "Name of the line").Value() != "Service" {
		t.Error("what was typed is gone")
	}
	b.tap("button", "Back")
	b.tap("button", "Discard")
	b.waits("Add line")
	if line(t, s).Name != "Sales" {
		t.Error("it is saved")
	}

	b.m.ShowSettings(settingsAccounts)
	b.settle()
	b.tap("button", "Edit")
	b.type_("Name", "Desk")
	b.tap("button", "Back")
	if !b.says("will be lost") {
		t.Fatal("the account's form does not ask")
	}
	b.tap("button", "Cancel")
	b.tap("button", "Back")
	b.settle()
	b.m.Window().Canvas().Capture()
	for _, w := range []string{"Discard"} {
		b.tap("button", w)
	}
	if !b.says("Add account") {
		t.Error("it does not go back")
	}
}

func TestAFieldOfTheSettingsSaysWhatIsWrongInIt(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	do(t, s, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Sales", Number: number(t, "030 1234")}},
		crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Petra", Email: "petra@example.org", Extension: "102"}},
		crm.SaveField{Field: crm.Field{ID: s.NewID(), Name: "Customer number", Type: crm.TextField, Kinds: []crm.Kind{crm.KindContact}}})
	b.m.ShowSettings(settingsLines)
	b.waits("Sales")
	b.tap("button", "Add line")
	b.type_("Country of the line", "XX")
	if !b.says("Not a country. Write its two letters, such as DE") {
		t.Error("the country's problem is not said")
	}
	b.type_("Country of the line", "")
	b.type_("Name of the line", "  ")
	b.type_("Number of the line", "+49 30 1234")
	b.tap("button", "Save")
	if !b.says("A line needs a name") {
		t.Error("a line of blanks is saved, or nothing is said")
	}
	b.type_("Name of the line", "Service")
	b.tap("button", "Save")
	if !b.says("Sales has this number") {
		t.Error("two lines may have the same number")
	}
	b.type_("Number of the line", "030 5678")
	b.tap("item", "Working hours")
	b.type_("Time zone", "Mars/Base")
	b.tap("item", "General")
	b.tap("button", "Save")
	b.settle()
	b.shot("settings-line-zone")
	if b.widget("field", "Time zone") == nil {
		t.Error("the part with the wrong time zone is not shown")
	}
	b.tap("button", "Discard")

	b.m.ShowSettings(settingsUsers)
	b.waits("Petra")
	b.tap("button", "Add user")
	b.type_("Name of the user", "Paul")
	b.type_("E-mail", "PETRA@example.org")
	b.tap("button", "Save")
	if !b.says("Petra has this e-mail address") {
		t.Error("two users may have the same e-mail address")
	}
	b.tap("button", "Add number")
	b.type_("Number", "no number")
	b.settle()
	if !b.says("Not a number") {
		t.Error("what is no number is not said")
	}

	b.m.ShowSettings(settingsFields)
	b.waits("Customer number")
	b.tap("button", "Add field")
	b.type_("Name of the field", "customer Number ")
	b.tap("button", "Save")
	if !b.says("Another field has this name") {
		t.Error("two fields may have the same name")
	}
}

func TestWhyAnAccountIsNotRemovedIsSaid(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.m.ShowSettings(settingsAccounts)
	b.settle()
	s.saveErr = errors.New("the disk is full")
	b.tap("button", "Remove")
	b.tap("button", "Remove account")
	b.waits("the disk is full")
	if b.widget("button", "Edit") == nil {
		t.Error("the account is gone from the list")
	}
}

// Moving rows by key again and again needs the keyboard to stay.
func TestTheKeyboardStaysWhereRowsAreMoved(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	petra := crm.User{ID: s.NewID(), Name: "Petra"}
	do(t, s, crm.SaveUser{User: petra}, crm.SaveQueue{Queue: crm.Queue{ID: s.NewID(), Name: "Sales", Members: []crm.ID{me.ID, petra.ID}}},
		crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Head office"}})
	b.m.ShowSettings(settingsQueues)
	b.waits("Sales")
	b.tap("button", "Edit")
	c := b.m.Window().Canvas()
	out := b.widget("button", "Take out").(fyne.Focusable)
	c.Focus(out)
	out.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.settle()
	if now, ok := c.Focused().(interface{ Name() string }); !ok || now.Name() != "Take out" || c.Focused() == out {
		t.Errorf("the keyboard is at %v", c.Focused())
	}
	if !b.says("1 change not saved") {
		t.Error("the change is not counted")
	}
}

func TestARemovalTellsWhatElseItChanges(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	q := crm.Queue{ID: s.NewID(), Name: "Sales"}
	do(t, s, crm.SaveQueue{Queue: q}, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Head office", Queue: q.ID}})
	b.m.ShowSettings(settingsQueues)
	b.waits("Nobody is in it")
	b.tap("button", "Remove")
	if !b.says("Without a group then: Head office") {
		t.Error("it is not said that a line loses its group")
	}
}

func TestTheStandardPipelineIsEditedByItsShownName(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	b.m.ShowSettings(settingsPipelines)
	b.waits("Lead-Status")
	all, err := s.Pipelines(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v := b.m.pages[pageSettings].(*settingsPage).places[settingsPipelines].(*settingsPipelinesView)
	v.editPipeline(all[0])
	b.settle()
	if got := b.widget("field", "Name of the pipeline").Value(); got != "Standard-Pipeline" {
		t.Errorf("the field has %q", got)
	}
	if b.says("nicht gespeichert") {
		t.Error("its translated name is a change")
	}
}

func TestCustomFieldsArePutInOrder(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	for _, name := range []string{"Birthday", "Customer number", "Vehicle"} { // without an order, as an import has them
		do(t, s, crm.SaveField{Field: crm.Field{ID: s.NewID(), Name: name, Type: crm.TextField, Kinds: []crm.Kind{crm.KindContact}}})
	}
	b.m.ShowSettings(settingsFields)
	b.waits("Vehicle")
	v := b.m.pages[pageSettings].(*settingsPage).places[settingsFields].(*settingsFieldsView)
	order := func() (names string) {
		all, err := s.Fields(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			names += f.Name + " "
		}
		return names
	}
	if b.widget("button", "Up").Enabled() {
		t.Error("the first can be moved up")
	}
	v.moveUp(v.have[2].ID)
	pumpUntil(t, b.d, func() bool { return order() == "Birthday Vehicle Customer number " })
	pumpUntil(t, b.d, func() bool { return v.have[1].Name == "Vehicle" })
	v.moveUp(v.have[1].ID)
	pumpUntil(t, b.d, func() bool { return order() == "Vehicle Birthday Customer number " })
}

func TestTheLeadsAreLeftWhenTheModeBecomesSimple_F2(t *testing.T) {
	d := fullDesk()
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.m.Go(pageLeads)
	snap := b.m.snap
	snap.NoLeads = true
	b.m.take(snap)
	b.settle()
	if b.m.at != pageContacts {
		t.Errorf("it shows %s", b.m.at)
	}
	b.m.Go(pageLeads) // an old lead, opened from a call
	b.m.take(snap)
	if b.m.at != pageLeads {
		t.Error("an old lead cannot be looked at")
	}
}
