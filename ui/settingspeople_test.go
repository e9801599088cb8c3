package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/kit"
)

func TestAPipelineIsSetUpInTheSettings_F4(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "Pipelines")
	for _, words := range []string{"Lead statuses", "New → In progress → Processed → Converted · Junk", "Standard pipeline", "New → In talks → Quote sent → Won → Lost"} {
		b.waits(words)
	}
	b.tap("button", "Add pipeline")
	b.tap("button", "Take out")
	b.tap("button", "Save")
	b.waits("A pipeline needs a name.")
	b.type_("Name of the pipeline", "Service")
	b.tap("button", "Add stage")
	b.tap("button", "Save")
	b.waits("A stage needs a name")
	b.last("field", "Stage").(kit.Typable).Type("Quote sent")
	b.settle()
	b.tap("button", "Save")
	b.waits("Two stages of the pipeline have the same name: Quote sent.")
	b.last("field", "Stage").(kit.Typable).Type("Paid")
	b.settle()
	if err := b.last("select", "Result of the stage").(interface{ Choose(string) error }).Choose("Won"); err != nil {
		t.Fatal(err)
	}
	b.tap("button", "Save")
	b.saved()
	all, err := s.Pipelines(ctx)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d pipelines, %v", len(all), err)
	}
	if p := all[1]; p.Name != "Service" || stagesInWords(p) != "In talks → Quote sent → Won → Lost → Paid" || p.Stages[4].Result != crm.Won || !p.Open("In talks") {
		t.Errorf("the pipeline is %+v", p)
	}
	do(t, s, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Repair", Pipeline: all[1].ID}})
	b.tapLast("button", "Remove")
	b.tap("button", "Remove for good")
	b.waits("The pipeline has deals. Move them to another one first.")
	if b.widget("button", "Remove").Enabled() {
		t.Error("the lead statuses can be removed")
	}
}

func TestAStageThatIsRenamedStaysTheSame_F4(t *testing.T) {
	b, s := companyBench(t, Look{"de", "light"})
	b.tap("item", "Pipelines")
	b.waits("Standard-Pipeline")
	b.tapLast("button", "Edit")
	b.last("field", "Stage").(kit.Typable).Type("Abgelehnt")
	b.settle()
	b.tap("button", "Save")
	b.saved()
	all, err := s.Pipelines(ctx)
	if err != nil {
		t.Fatal(err)
	}
	last := all[0].Stages[len(all[0].Stages)-1]
	if last.ID != crm.DealLost || last.Name != "Abgelehnt" || all[0].Stages[0].Name != "New" {
		t.Errorf("the stages are %+v", all[0].Stages)
	}
}

func TestOwnLeadStatusesAreEdited_F5(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "Pipelines")
	b.waits("Lead statuses")
	b.tap("button", "Edit")
	b.tap("button", "Add status")
	b.tap("button", "Save")
	b.waits("A status needs a name")
	b.type_("Status", "junk")
	b.tap("button", "Save")
	b.waits("Two statuses have the same name: junk.")
	b.type_("Status", "Called back")
	b.choose("select", "Place of the status", "after New")
	b.waits("New → Called back → In progress → Processed → Converted · Junk")
	b.tap("button", "Save")
	b.saved()
	if w, err := s.Workspace(ctx); err != nil || !slices.Equal(w.OwnStatuses, []crm.OwnStatus{{Name: "Called back", After: crm.LeadNew}}) {
		t.Errorf("%+v, %v", w.OwnStatuses, err)
	}
}

func TestACustomFieldIsSetUpAndShownOnRecords(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	b.m.Go(pageSettings)
	b.tap("item", "Custom fields")
	b.waits("No custom field yet")
	b.tap("button", "Add field")
	b.tap("check", "Contact")
	b.tap("button", "Discard") // has no effect on what is typed next
	b.type_("Name of the field", "Size")
	b.tap("check", "Contact")
	b.tap("button", "Save")
	b.waits("Choose which records have the field.")
	b.tap("check", "Company")
	b.choose("select", "Type", "Choice")
	b.tap("button", "Save")
	b.waits("Type what can be chosen.")
	b.type_("Choices", "small\nlarge\nSmall")
	b.tap("button", "Save")
	b.waits("“Small” is there already")
	b.type_("Choices", "small\n\nlarge")
	b.tap("check", "Required")
	b.tap("button", "Save")
	b.waits("Choice · Company · required")
	fields, err := s.Fields(ctx)
	if err != nil || len(fields) != 1 || !slices.Equal(fields[0].Choices, []string{"small", "large"}) || !slices.Equal(fields[0].Kinds, []crm.Kind{crm.KindCompany}) {
		t.Fatalf("%+v, %v", fields, err)
	}
	company := crm.Company{ID: s.NewID(), Name: "Meier GmbH", Fields: crm.Values{fields[0].ID: "large"}}
	do(t, s, crm.CreateCompany{Company: company})
	b.m.open(deskRef(crm.Ref{Kind: crm.KindCompany, ID: company.ID}))
	b.waits("Size")
	b.waits("large")
}

func TestUsersAndRolesAreSetUp_G1(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	b.tap("item", "Users")
	b.waits("Anna Krüger")
	b.tap("button", "Edit")
	b.tap("check", "Agent")
	b.tap("button", "Save")
	b.waits("Somebody has to be left who may change users.") // or everybody would be locked out
	b.tap("check", "Agent")
	b.tap("check", "Administrator")
	b.tap("button", "Save")
	b.waits("101 · Administrator")
	b.tap("item", "Roles")
	b.waits("Head of department")
	b.tap("button", "Edit")
	b.type_("Name of the role", "God")
	if b.widget("button", "Save").Enabled() || !b.says("Administrators may do everything") {
		t.Error("the administrator's rights can be changed")
	}
	b.tap("button", "Back")
	b.waits("Head of department")
	b.tap("button", "Add role")
	b.type_("Name of the role", "Trainee")
	b.choose("select", "Calls out", "Numbers of the CRM")
	b.choose("select", "Sees calls", "Department")
	b.tap("button", "Save")
	b.waits("Calls: Numbers of the CRM · Sees calls: Department · Recordings: Own")
	b.tap("item", "Users")
	b.waits("101 · Administrator")
	b.tap("button", "Add user")
	b.type_("Name of the user", "Petra Weiß")
	b.type_("E-mail", "petra")
	b.tap("button", "Save")
	if b.widget("field", "E-mail").(*kit.Field).Problem() == "" {
		t.Error("it takes an e-mail address that is none")
	}
	b.type_("E-mail", "petra@example.org")
	b.type_("Extension", "101")
	b.tap("button", "Save")
	if got := b.widget("field", "Extension").(*kit.Field).Problem(); got != "Anna Krüger has this extension" {
		t.Errorf("the extension of another: %q", got)
	}
	b.type_("Extension", "102")
	b.type_("Department", "Sales")
	b.tap("check", "Trainee")
	b.tap("button", "Save")
	b.waits("102 · Sales · Trainee")
	if b.widget("button", "Remove").Enabled() {
		t.Error("Anna can remove herself")
	}
	b.tapLast("button", "Remove")
	b.waits("Their devices erase their copies.")
	b.tap("button", "Remove the user")
	pumpUntil(t, b.d, func() bool { users, err := s.Users(ctx); return err == nil && len(users) == 1 })
}

func TestAUserWhoHasLeftIsTakenBack_G1(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	petra := crm.User{ID: s.NewID(), Name: "Petra Weiß", Extension: "102", Department: "Sales", Left: true}
	do(t, s, crm.SaveUser{User: petra}, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Tobias Schönefeld", Extension: "102"}})
	b.tap("item", "Users")
	b.waits("Have left")
	b.waits("102 · Sales")
	b.tap("button", "Take back")
	b.waits("Save takes them back")
	b.tap("button", "Discard")
	b.waits("Have left")
	b.tap("button", "Take back")
	b.tap("button", "Save")
	if got := b.widget("field", "Extension").(*kit.Field).Problem(); got != "Tobias Schönefeld has this extension" {
		t.Errorf("the extension that another has now: %q", got)
	}
	b.type_("Extension", "103")
	b.tap("button", "Save")
	b.saved()
	b.waits("103 · Sales")
	if b.says("Have left") {
		t.Error("she is among those who have left")
	}
	if u, err := s.Colleague(ctx, crm.Parse("103", "DE")); err != nil || u.ID != petra.ID {
		t.Errorf("103 is %+v, %v", u, err)
	}
}

// Whoever may change users, but not everything, neither removes nor takes back who may more: so says the server.
func TestNobodyTakesBackWhoMayMoreThanThey_G1(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	people := crm.Role{ID: s.NewID(), Name: "People", Rights: crm.Rights{Users: true}}
	me.Roles = []crm.ID{people.ID}
	do(t, s, crm.SaveRole{Role: people}, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Petra Weiß", Roles: []crm.ID{crm.Administrator}}},
		crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Mona Jäger", Roles: []crm.ID{crm.Administrator}, Left: true}}, crm.SaveUser{User: me})
	b.tap("item", "Users")
	b.waits("Petra Weiß")
	if b.last("button", "Remove").Enabled() {
		t.Error("she can remove an administrator")
	}
	b.tap("button", "Take back")
	b.tap("button", "Save")
	b.waits("Nobody can give away more rights than they have.")
}

// administered makes Petra the administrator, and Anna, who works here, an agent.
func administered(t *testing.T, s *store.Store) {
	t.Helper()
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	me.Roles = []crm.ID{crm.Agent}
	do(t, s, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Petra Weiß", Roles: []crm.ID{crm.Administrator}}}, crm.SaveUser{User: me},
		crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Head office"}}, crm.SaveQueue{Queue: crm.Queue{ID: s.NewID(), Name: "Sales"}},
		crm.SaveField{Field: crm.Field{ID: s.NewID(), Name: "Size", Type: crm.TextField, Kinds: []crm.Kind{crm.KindContact}}})
}

func TestWhatOneMayNotChangeIsShownAndSaysWhoMay_G2(t *testing.T) {
	b, s := companyBench(t, Look{"en", "light"})
	administered(t, s)
	who := "Your role does not allow to change this. Petra Weiß may."
	for _, c := range []struct {
		place  string
		inputs []string // role and name by turns
	}{
		{"Lines", []string{"field", "Name of the line"}}, {"Queue groups", []string{"field", "Name of the group", "select", "Add a person"}},
		{"Pipelines", []string{"button", "Add status"}}, {"Custom fields", []string{"field", "Name of the field", "check", "Contact"}},
		{"Users", []string{"field", "Name of the user", "check", "Agent", "button", "Add number"}}, {"Roles", []string{"field", "Name of the role", "select", "Calls out"}},
		{"Lead sources", []string{"field", "Own sources"}}, {"CRM exceptions", []string{"field", "Blacklist"}},
		{"CRM mode", []string{"radio", "CRM mode", "select", "An unknown caller becomes", "select", "Pipeline for new deals", "check", "A new lead for who comes back", "select", "Recordings of the company"}},
	} {
		b.tap("item", c.place)
		b.waits(who)
		if b.finds("button", "Edit") {
			t.Errorf("%s: what may only be looked at is offered to be edited", c.place)
		}
		if b.finds("button", "View") {
			for _, name := range []string{"Remove"} {
				if b.widget("button", name).Enabled() {
					t.Errorf("%s: %s is offered", c.place, name)
				}
			}
			b.tap("button", "View")
		}
		for i := 0; i < len(c.inputs); i += 2 {
			if b.widget(c.inputs[i], c.inputs[i+1]).Enabled() {
				t.Errorf("%s: %s %q can be used", c.place, c.inputs[i], c.inputs[i+1])
			}
		}
		if b.widget("button", "Save").Enabled() {
			t.Errorf("%s can be saved", c.place)
		}
		if !b.says(who) {
			t.Errorf("%s: the form does not say who may", c.place)
		}
	}
}

// last is the last visible widget of a role and a name.
func (b *mainBench) last(role, name string) (found kit.Named) {
	b.t.Helper()
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(kit.Named); ok && n.Role() == role && n.Name() == name {
			found = n
		}
	})
	if found == nil {
		b.t.Fatalf("there is no %s %q", role, name)
	}
	return found
}

func TestPicturesOfPipelinesFieldsUsersAndRoles(t *testing.T) {
	for _, c := range []struct {
		look Look
		size fyne.Size
	}{{Look{"de", "light"}, fyne.NewSize(1280, 800)}, {Look{"en", "dark"}, fyne.NewSize(900, 600)}} {
		b, s := companyBench(t, c.look)
		administered(t, s)
		b.m.Window().Resize(c.size)
		for _, place := range []string{"Pipelines", "Custom fields", "Users", "Roles"} {
			b.m.pages[pageSettings].(*settingsPage).Go(map[string]settingsPlace{"Pipelines": settingsPipelines, "Custom fields": settingsFields,
				"Users": settingsUsers, "Roles": settingsRoles}[place])
			b.settle()
			name := "settings-" + strings.ReplaceAll(place, " ", "-") + "-" + c.look.Theme + "-" + c.look.Language
			b.shot(name)
			b.tapLast("button", "View")
			b.shot(name + "-edit")
		}
	}
}
