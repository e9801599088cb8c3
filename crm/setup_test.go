package crm

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOwnStatusesStandBetween_F5(t *testing.T) {
	w := Workspace{OwnStatuses: []OwnStatus{{"Called twice", LeadNew}, {"Lost in the mail", "Nowhere"}, {"Offer wanted", LeadProcessed}, {"Called thrice", LeadNew}, {LeadJunk, LeadNew}, {"Too late", LeadConverted}}}
	want := []LeadStatus{LeadNew, "Called twice", "Called thrice", LeadInProgress, LeadProcessed, "Offer wanted", "Lost in the mail", "Too late", LeadConverted}
	if got := w.Statuses(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if !slices.Equal(Workspace{}.Statuses(), LeadStatuses) {
		t.Error("without own ones they are not the standard ones")
	}
	if !LeadStatus("Called twice").Open() || LeadJunk.Open() || LeadConverted.Open() {
		t.Error("own statuses are open, Converted and Junk are not")
	}
}

func TestPipelinesHaveOrderedStages_F4(t *testing.T) {
	p := StandardPipeline()
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	if p.First() != DealNew || !p.Open(DealQuoteSent) || p.Open(DealWon) || p.Open(DealLost) {
		t.Errorf("%+v", p)
	}
	own := Pipeline{ID: "1", Name: "Service", Stages: []Stage{{"done", "Done", Won}, {"in", "Came in", Undecided}, {"off", "Called off", Lost}}}
	if own.Check() != nil || own.First() != "in" || own.Open("done") || own.Open("off") || !own.Open("in") {
		t.Errorf("%+v", own)
	}
	if own.Open(DealLost) || !own.Open("a stage of before") {
		t.Error("a stage that is no longer there means what it meant")
	}
	for want, bad := range map[string]Pipeline{
		PipelineNeedsName:   {Stages: own.Stages},
		PipelineNeedsStages: {Name: "x", Stages: own.Stages[:2]},
		PipelineStagesTwice: {Name: "x", Stages: append(slices.Clone(own.Stages), Stage{"in2", "Came in", Undecided})},
	} {
		if err := bad.Check(); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for want, bad := range map[string]Pipeline{
		PipelineNeedsStages: {Name: "x", Stages: []Stage{own.Stages[0], own.Stages[2]}}, // none is open
		PipelineStagesTwice: {Name: "x", Stages: append(slices.Clone(own.Stages), Stage{"Done", "Finished", Won})},
	} {
		if err := bad.Check(); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestSourcesAreTheStandardListAndOwnOnes_A4(t *testing.T) {
	got := Workspace{OwnSources: []string{"Radio", "", "Website", "Radio"}}.Sources()
	if len(got) != len(Sources)+1 || got[len(got)-1] != "Radio" {
		t.Errorf("%v", got)
	}
}

func TestQueuesAreRungInTheirWay_D4(t *testing.T) {
	a, b, c := User{ID: "a"}, User{ID: "b"}, User{ID: "c", Left: true}
	q := Queue{Members: []ID{"c", "b", "gone", "a"}}
	users := []User{a, b, c}
	taken := map[ID]int{"b": 3, "a": 1}
	for _, row := range []struct {
		way  Ringing
		want string
	}{{InOrder, "b,a"}, {Evenly, "a,b"}, {AllAtOnce, "ba"}} {
		q.Ringing = row.way
		got := ""
		for i, together := range q.Order(users, taken) {
			if i > 0 {
				got += ","
			}
			for _, u := range together {
				got += string(u.ID)
			}
		}
		if got != row.want {
			t.Errorf("%q rings %s, want %s: users who left are never rung", row.way, got, row.want)
		}
	}
	if (Queue{Members: []ID{"c"}}).Order(users, nil) != nil {
		t.Error("a queue of people who left rings somebody")
	}
}

func TestTheHighestOfSeveralRolesWins_G1(t *testing.T) {
	own := Role{ID: "own", Name: "Trainee", Rights: Rights{Call: CallCRM, SeeCalls: ReachOwn, Lines: true}}
	ears := Role{ID: "ears", Rights: Rights{Listen: ReachAll, Users: true}}
	hands := Role{ID: "hands", Rights: Rights{Call: CallCRMAndColleagues, DeleteRecordings: ReachDepartment, Settings: true}}
	all := append(StandardRoles(), own, ears, hands)
	for name, c := range map[string]struct {
		user User
		want Rights
	}{
		"nobody set one: an agent": {User{}, StandardRoles()[3].Rights},
		"one of the company's own": {User{Roles: []ID{"own"}}, own.Rights},
		"of each right the higher": {User{Roles: []ID{"own", HeadOfDepartment}}, Rights{CallAnyone, ReachDepartment, ReachDepartment, ReachNone, true, false, false}},
		"each of another role":     {User{Roles: []ID{"own", "ears", "hands"}}, Rights{CallCRMAndColleagues, ReachOwn, ReachAll, ReachDepartment, true, true, true}},
		"an administrator has all": {User{Roles: []ID{"own", Administrator}}, AllRights},
		"who has left has none":    {User{Roles: []ID{Administrator}, Left: true}, Rights{}},
		"a role that is not there": {User{Roles: []ID{"nowhere"}}, Rights{}},
	} {
		if got := RightsOf(c.user, all); got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	locked := Role{ID: Administrator, Name: "Administrator"}
	if RightsOf(User{Roles: []ID{Administrator}}, []Role{locked}) != AllRights {
		t.Error("an administrator can be locked out")
	}
	if !AllRights.Cover(own.Rights) || own.Rights.Cover(AllRights) {
		t.Error("who may give away what")
	}
}

func TestWhoMayCallWhom_G1(t *testing.T) {
	for _, c := range []struct {
		right            CallRight
		known, colleague bool
		want             string
	}{
		{CallNobody, true, true, MayCallNobody},
		{CallCRM, true, false, ""}, {CallCRM, false, true, MayCallCRMOnly}, {CallCRM, false, false, MayCallCRMOnly},
		{CallCRMAndColleagues, true, false, ""}, {CallCRMAndColleagues, false, true, ""}, {CallCRMAndColleagues, false, false, MayCallCRMOrStaff},
		{CallAnyone, false, false, ""},
	} {
		got := ""
		if err := (Rights{Call: c.right}).MayCall(c.known, c.colleague); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	for _, c := range []struct {
		right            CallRight
		known, colleague bool
		may              bool
	}{
		{CallNobody, true, false, false}, {CallNobody, false, true, true}, {CallCRM, false, true, true}, {CallCRM, true, false, true}, {CallCRM, false, false, false},
	} {
		if may := (Rights{Call: c.right}).MayPassOn(c.known, c.colleague) == nil; may != c.may {
			t.Errorf("%+v: may pass on: %v", c, may)
		}
	}
	me, peer, other := User{ID: "1", Department: "Sales"}, User{ID: "2", Department: "Sales"}, User{ID: "3"}
	for _, c := range []struct {
		reach Reach
		want  [3]bool
	}{{ReachNone, [3]bool{}}, {ReachOwn, [3]bool{true}}, {ReachDepartment, [3]bool{true, true}}, {ReachAll, [3]bool{true, true, true}}} {
		if got := [3]bool{c.reach.Includes(me, me), c.reach.Includes(me, peer), c.reach.Includes(me, other)}; got != c.want {
			t.Errorf("reach %d: %v", c.reach, got)
		}
	}
	if alone := (User{ID: "4"}); ReachDepartment.Includes(alone, User{ID: "5"}) || !ReachDepartment.Includes(alone, alone) {
		t.Error("two users without a department are of one, or one of them is not with themselves")
	}
}

func TestWorkingHours_A1(t *testing.T) {
	h := Hours{Zone: "Europe/Berlin", Spans: []Span{{time.Monday, 9 * 60, 17 * 60}, {time.Friday, 0, 24 * 60}}}
	if err := h.Check(); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{
		"2026-11-23T07:59:00Z": false, "2026-11-23T08:00:00Z": true, "2026-11-23T15:59:59Z": true, "2026-11-23T16:00:00Z": false,
		"2026-07-06T07:00:00Z": true, // in summer
		"2026-11-26T23:30:00Z": true, // Friday in Berlin
		"2026-11-25T12:00:00Z": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil || h.Open(moment) != want {
			t.Errorf("at %s open is not %v", at, want)
		}
		f := RouteFacts{Line: Line{SendToResponsible: true, Hours: h}, At: moment, Party: Parse("030 1234567", "DE"), Matches: []Match{{}}, Responsible: User{ID: "a", Extension: "101"}, Ready: true}
		if goes := DecideRoute(f).Extension != ""; goes != want {
			t.Errorf("at %s a call goes to the responsible person: %v", at, goes)
		}
	}
	if !(Hours{}).Open(time.Time{}) {
		t.Error("a line without hours is closed")
	}
	for want, wrong := range map[string][]Hours{HoursNoZone: {{Zone: "Mars/Base"}}, HoursWrong: {
		{Spans: []Span{{time.Monday, 60, 60}}}, {Spans: []Span{{time.Monday, -1, 60}}}, {Spans: []Span{{time.Monday, 60, 24*60 + 1}}},
		{Spans: []Span{{time.Sunday - 1, 0, 60}}}, {Spans: []Span{{time.Saturday + 1, 0, 60}}}}} {
		for _, bad := range wrong {
			if err := bad.Check(); err == nil || err.Error() != want {
				t.Errorf("%+v: %v, want %q", bad, err, want)
			}
		}
	}
	midnight := h.Midnight(time.Date(2026, 11, 26, 23, 30, 0, 0, time.UTC))
	if want := time.Date(2026, 11, 26, 23, 0, 0, 0, time.UTC); !midnight.Equal(want) {
		t.Errorf("the Friday of Berlin begins at %v", midnight)
	}
}

func TestALinesSettingsAreChecked_A1(t *testing.T) {
	good := Line{Name: "Sales", Region: "AT", DialOut: Dialout{Rules: []DialRule{{"+", "00"}, {"+43", "0"}}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, bad := range map[string]Line{
		LineNeedsName: {Name: " "}, LineNoRegion: {Name: "x", Region: "XX"}, LineNoRule: {Name: "x", DialOut: Dialout{Rules: []DialRule{{"0043", "0"}}}},
		HoursNoZone: {Name: "x", Hours: Hours{Zone: "Nowhere"}},
	} {
		if err := bad.Check(); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestCustomFieldsAreChecked(t *testing.T) {
	field := func(t FieldType) Field {
		return Field{ID: "1", Name: "F", Kinds: []Kind{KindContact}, Type: t, Choices: []string{"Oil", "Gas"}}
	}
	for _, c := range []struct {
		t           FieldType
		value, want string
	}{
		{TextField, "anything", ""}, {NumberField, "-3.5", ""}, {NumberField, "3,5", FieldNoNumber}, {DateField, "2026-02-29", FieldNoDate},
		{DateField, "2028-02-29", ""}, {ChoiceField, "Gas", ""}, {ChoiceField, "Coal", FieldNotOffered}, {ChoiceField, "", ""},
	} {
		got := ""
		if err := field(c.t).Check(c.value); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %q: %q", c.t, c.value, got)
		}
	}
	must := field(TextField)
	must.Required = true
	if CheckFields([]Field{must}, KindContact, nil) == nil || CheckFields([]Field{must}, KindLead, nil) != nil {
		t.Error("a required field is asked of the records that have it")
	}
}

func TestEmergencyNumbersAreThoseOfTheRegion(t *testing.T) {
	for _, c := range []struct {
		number, region string
		want           bool
	}{
		{"112", "DE", true}, {"110", "DE", true}, {"112", "", true}, {"1 1 0", "", true}, {"tel:112", "AT", true}, {"133", "AT", true},
		{"117", "CH", true}, {"999", "GB", true}, {"911", "US", true}, {"112", "US", true},
		{"911", "DE", false}, {"117", "DE", false}, {"1120", "DE", false}, {"101", "DE", false}, {"030 112", "DE", false},
		{"+49 112", "DE", false}, {"sip:anna@example.org", "DE", false}, {"", "DE", false},
	} {
		p := Parse(c.number, c.region)
		if got := p.Emergency(c.region); got != c.want {
			t.Errorf("%q in %q: %v", c.number, c.region, got)
		}
		all := Dialout{Rules: []DialRule{{"+", "00"}, {"+49", "0"}}, Prefix: "0"}
		if got := all.Rewrite(p); c.want && got != p.Short {
			t.Errorf("%q is dialled as %q", c.number, got)
		}
	}
}

func TestDialOut_A1(t *testing.T) {
	d := Dialout{Rules: []DialRule{{"+", "00"}, {"+49", "0"}, {"+4930", ""}}, Prefix: "0"}
	for written, want := range map[string]string{
		"+49 221 9876543": "002219876543", "030 1234567": "01234567", "+43 1 5051234": "0004315051234",
		"101": "101", "*97": "*97", "sip:anna@example.org": "anna@example.org", "anonymous": "",
	} {
		if got := d.Rewrite(Parse(written, "DE")); got != want {
			t.Errorf("%s is dialled %q, want %q", written, got, want)
		}
	}
	d.Rules = []DialRule{{"+4930", ""}, {"+49", "0"}, {"+", "00"}}
	if got := d.Rewrite(Parse("030 1234567", "DE")); got != "01234567" {
		t.Errorf("with the longest rule first %q", got)
	}
	if (Dialout{Prefix: "0"}).None() || (Dialout{Rules: d.Rules}).None() {
		t.Error("a prefix or a rule is nothing")
	}
	if got := (Dialout{}).Rewrite(Parse("0221 9876543", "DE")); got != "+492219876543" || !(Dialout{}).None() {
		t.Errorf("without rules %q", got)
	}
}

func TestEntriesAreReadAsTyped_E1(t *testing.T) {
	text := "0900* ; premium rate\n\n  +49 30 123456-0;the landlord\n0049 30 1234560\nSpam@Example.org;mail\nsip:robot@pbx.example\n101\n*97\n+1 800*\n@spam.example*\nspam*\n"
	entries, wrong := ParseEntries(Exceptions, text, "DE")
	if len(wrong) != 0 {
		t.Errorf("refused %v", wrong)
	}
	want := []string{"+49900*", "+49301234560", "spam@example.org", "robot@pbx.example", "101", "*97", "+1800*", "@spam.example*", "spam*"}
	if len(entries) != len(want) {
		t.Fatalf("%+v", entries)
	}
	for i, e := range entries {
		key := e.Key
		if e.Prefix {
			key += "*"
		}
		if key != want[i] || len(e.ID.Bytes()) != 16 {
			t.Errorf("%q is %q, want %q", e.Pattern, key, want[i])
		}
	}
	if entries[0].Comment != "premium rate" || entries[0].String() != "0900* ; premium rate" {
		t.Errorf("%+v", entries[0])
	}
	list := NewBlocklist(entries)
	for written, hit := range map[string]bool{
		"0900 5 123456": true, "+49 900 5123456": true, "0901 123456": false, "030/1234560": true, "030 12345601": false, "101": true, "1010": false,
		"sip:robot@PBX.example": true, "sip:spamming@x.org": true, "+1 (800) 555-0100": true, "+1 801 555 0100": false, "anonymous": false,
	} {
		if _, ok := list.Find(Parse(written, "DE")); ok != hit {
			t.Errorf("%s: %v", written, ok)
		}
	}
	if _, ok := list.FindAddress("SPAM@example.org"); !ok {
		t.Error("an e-mail address is compared by its case")
	}
	for text, want := range map[string]string{"*": EntryNoNumber, "12*": EntryTooShort, "+*": EntryNoNumber, "0*1": EntryStar, "---": EntryNoNumber, "anna": EntryNoNumber, "call me ; now": EntryNoNumber, "*97*": EntryStar, "+49*": EntryTooShort} {
		if got, wrong := ParseEntries(Blacklist, text, "DE"); len(got) != 0 || len(wrong) != 1 || wrong[0].Key != want {
			t.Errorf("%q: %v %v, want %q", text, got, wrong, want)
		}
	}
	if _, wrong := ParseEntries(Blacklist, "0900*\n\n12*", "DE"); len(wrong) != 1 || wrong[0].Args["line"] != "3" {
		t.Errorf("the line is %+v", wrong)
	}
	for _, c := range []struct{ region, written, key string }{
		{"DE", "110*", "110"}, {"IT", "0039 06*", "+3906"}, {"PL", "0048 22*", "+4822"}, {"US", "011 49 30*", "+4930"}, {"US", "1 800*", "+1800"}, {"US", "800*", "+1800"},
		{"CA", "1 416*", "+1416"}, {"", "0900*", "+49900"}, {"de", "0049 900*", "+49900"},
	} {
		if got, _ := ParseEntries(Exceptions, c.written, c.region); len(got) != 1 || got[0].Key != c.key || !got[0].Prefix {
			t.Errorf("%s, %q: %+v, want %s", c.region, c.written, got, c.key)
		}
	}
	if whole, _ := ParseEntries(Exceptions, "030 123456\n030 123456*", "DE"); len(whole) != 2 || whole[0].ID == whole[1].ID {
		t.Errorf("a number and all that begin so are one entry: %+v", whole)
	}
	again, _ := ParseEntries(Exceptions, "(0900)*", "DE")
	if again[0].ID != entries[0].ID {
		t.Error("the same entry, written another way, has another id")
	}
	other, _ := ParseEntries(Blacklist, "0900*", "DE")
	if other[0].ID == entries[0].ID {
		t.Error("entries of two lists have the same id")
	}
}

func TestEntriesOfAddressesAreComparedWithoutSchemeAndByDomain_E1(t *testing.T) {
	for _, x := range []struct{ written, key, hit, miss string }{
		{"SIP:Anna@Example.org", "anna@example.org", "anna@example.org", "ben@example.org"},
		{"sips:anna@example.org", "anna@example.org", "ANNA@example.org", "anna@example.com"},
		{"MailTo:anna@example.org", "anna@example.org", "anna@example.org", "hanna@example.org"},
		{"tel:+49 30 1234", "+49301234", "+49301234", "+4930123"},
		{"tel:+49 30*", "+4930*", "+49301234", "+4940123"},
		{"@example.org", "@example.org", "anna@example.org", "anna@mail.example.org"},
		{"*@Example.org", "@example.org", "ben@example.org", "ben@example.org.evil"},
		{"sip:*@example.org", "@example.org", "ben@EXAMPLE.org", "example.org"},
		{"@example*", "@example*", "ben@example.net", "example@ben.net"},
		{"news*", "news*", "newsletter@example.org", "mynews@example.org"},
	} {
		entries, wrong := ParseEntries(Exceptions, x.written, "DE")
		if len(wrong) != 0 || len(entries) != 1 {
			t.Fatalf("%q: %v %v", x.written, entries, wrong)
		}
		e := entries[0]
		if got := e.Key + strings.Repeat("*", map[bool]int{true: 1}[e.Prefix]); got != x.key {
			t.Errorf("%q is %q, want %q", x.written, got, x.key)
		}
		list := NewBlocklist(entries)
		if _, ok := list.FindAddress(x.hit); !ok {
			t.Errorf("%q does not take in %s", x.written, x.hit)
		}
		if _, ok := list.FindAddress(x.miss); ok {
			t.Errorf("%q takes in %s", x.written, x.miss)
		}
	}
	one, _ := ParseEntries(Exceptions, "@example.org\n*@example.org\nsip:anna@example.org\nmailto:anna@example.org", "DE")
	if len(one) != 2 {
		t.Errorf("the same address, written otherwise, is another entry: %+v", one)
	}
	for text, want := range map[string]string{"@": EntryNoNumber, "anna@": EntryNoNumber, "sip:anna": EntryNoNumber, "*anna@example.org": EntryStar, "*@": EntryNoNumber, "an na@example.org": EntryNoNumber, "@e*": EntryTooShort} {
		if got, wrong := ParseEntries(Blacklist, text, "DE"); len(got) != 0 || len(wrong) != 1 || wrong[0].Key != want {
			t.Errorf("%q: %v %v, want %q", text, got, wrong, want)
		}
	}
}

// A record is held against the lists by all that it has.
func TestARecordsEntriesAreFoundByAllThatItHas_E1(t *testing.T) {
	parse := func(text string) Blocklist {
		entries, _ := ParseEntries(Exceptions, text, "DE")
		return NewBlocklist(entries)
	}
	list := parse("030 1234567\nrobot@pbx.example\n@spam.example\n0900*")
	number, other := Parse("030 1234567", "DE").Number(""), Parse("030 7654321", "DE").Number("")
	for what, c := range map[string]struct {
		found []Entry
		want  int
	}{
		"nothing":            {list.Among([]Number{other}, []string{"anna@pbx.example"}, []Email{{Address: "anna@example.org"}}), 0},
		"a number":           {list.Among([]Number{other, number}, nil, nil), 1},
		"a SIP address":      {list.Among(nil, []string{"Robot@pbx.example"}, nil), 1},
		"an e-mail":          {list.Among(nil, nil, []Email{{Address: "anna@Spam.example"}}), 1},
		"each, and two once": {list.Among([]Number{number, number}, []string{"robot@pbx.example"}, []Email{{Address: "a@spam.example"}, {Address: "b@spam.example"}}), 3},
		"only beginnings":    {parse("0900*").Among([]Number{Parse("0900 5 123456", "DE").Number("")}, nil, nil), 1},
		"an empty list":      {Blocklist{}.Among([]Number{number}, nil, nil), 0},
	} {
		if len(c.found) != c.want {
			t.Errorf("%s: %+v", what, c.found)
		}
	}
	for address, want := range map[string][]string{"": nil, "Anna@Example.org": {"anna@example.org", "@example.org"}, "@example.org": {"@example.org"}, "+4930": {"+4930"}} {
		if got := EntryKeys(address); !slices.Equal(got, want) {
			t.Errorf("%q is looked for as %v", address, got)
		}
	}
}

func TestEntriesThatEarlierVersionsKeyedWronglyAreMended_E1(t *testing.T) {
	for was, want := range map[string]string{
		"*@example.org": "@example.org", "sip:anna@example.org": "anna@example.org", "sips:anna@example.org": "anna@example.org",
		"mailto:anna@example.org": "anna@example.org", "@example.org": "@example.org", "*97": "*97", "+49301234": "+49301234",
	} {
		data, err := json.Marshal(Entry{List: Exceptions, Pattern: "as it was", Key: was})
		if err != nil {
			t.Fatal(err)
		}
		var e Entry
		if err := json.Unmarshal(data, &e); err != nil || e.Key != want || e.Pattern != "as it was" || e.List != Exceptions {
			t.Errorf("%q is read as %+v, %v, want %q", was, e, err, want)
		}
	}
}

func TestProgramsDeriveTheSameLead_B4(t *testing.T) {
	key := []byte("workspace")
	a := LeadID(key, "+49301234567", 1)
	if a != LeadID(key, "+49301234567", 1) || len(a.Bytes()) != 16 || a[14] != '8' {
		t.Errorf("%s", a)
	}
	for _, other := range []ID{LeadID(key, "+49301234567", 2), LeadID(key, "+49301234568", 1), LeadID([]byte("another"), "+49301234567", 1)} {
		if other == a {
			t.Error("another lead has the same id")
		}
	}
}

func TestNobodyRemovesThemselvesAndOneAdministratorStays_G1(t *testing.T) {
	anna := User{ID: "a", Roles: []ID{Administrator}}
	boris := User{ID: "b", Roles: []ID{Agent}}
	carla := User{ID: "c", Roles: []ID{Administrator, Agent}}
	gone, agent := anna, anna
	gone.Left, agent.Roles = true, []ID{Agent}
	left := boris
	left.Left = true
	for _, c := range []struct {
		what         string
		by           ID
		was, becomes User
		all          []User
		why          string
	}{
		{"Boris removes himself", "b", boris, left, []User{anna, boris}, RemovesSelf},
		{"Anna removes Boris", "a", boris, left, []User{anna, boris}, ""},
		{"he was removed already", "b", left, left, []User{anna, left}, ""},
		{"the last administrator becomes an agent", "a", anna, agent, []User{anna, boris}, LastAdmin},
		{"the last administrator is removed by another", "b", anna, gone, []User{anna, boris}, LastAdmin},
		{"one of two becomes an agent", "a", anna, agent, []User{anna, carla}, ""},
		{"the other one has left", "b", anna, agent, []User{anna, {ID: "c", Left: true, Roles: []ID{Administrator}}}, LastAdmin},
		{"a new user", "a", User{}, boris, []User{anna}, ""},
	} {
		if why := WhyUserStays(c.by, c.was, c.becomes, c.all); why != c.why {
			t.Errorf("%s: %q, want %q", c.what, why, c.why)
		}
	}
}
