package crm

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func TestEveryCommandIsReadAsItWasWritten(t *testing.T) {
	at := time.UnixMilli(1764000000000).UTC()
	result := "Interested"
	for _, c := range []Change{
		CreateContact{Contact{ID: "1", LastName: "Weiß", Numbers: []Number{{E164: 49301, Label: LabelWork}}, Created: at}},
		UpdateContact{Contact{ID: "1"}}, CreateCompany{Company{ID: "1", Name: "Meier"}}, UpdateCompany{Company{ID: "1"}},
		CreateLead{Lead{ID: "1", Status: LeadNew, Origin: Origin{Call: "3", Reason: Say(ReasonNewLead, "line", "Sales")}}}, UpdateLead{Lead{ID: "1"}},
		CreateDeal{Deal{ID: "1", Amount: Money{Minor: 1, Currency: "EUR"}}}, UpdateDeal{Deal{ID: "1"}},
		SaveUser{User{ID: "1", Name: "Anna", Left: true}}, SaveLine{Line{ID: "1", Mode: Auto, Queue: "2", Hours: Hours{Spans: []Span{{time.Monday, 540, 1020}}}, DialOut: Dialout{Rules: []DialRule{{"+49", "0"}}}}},
		BeginCall{Call{ID: "1", Party: Party{Kind: Phone, E164: 49301}, Began: at, Outcome: Missed, Refs: []Ref{{KindLead, "2"}}}},
		UpdateCall{ID: "1", Answered: at, Result: &result}, EndCall{ID: "1", Ended: at, Outcome: AnsweredElsewhere, Detail: "200"},
		SaveNote{Call: "1", Text: "ü", At: at}, LinkCall{Call: "1", Refs: []Ref{{KindContact, "2"}}, Reason: Say(ReasonContact)},
		SaveRecordings{Call: "1", Files: []string{"a.flac"}},
		RecordingUploaded{Call: "1", Recording: "2"}, RemoveRecordings{Call: "1", Recordings: []ID{"2"}}, TelephonesChanged{User: "1"},
		SaveQuality{Call: "1", Quality: SoundQuality{Codec: "Opus", Time: time.Minute, Received: 3000, Lost: 3, MOS: 4.2, Troubles: []string{"nothing-heard"}}},
		EnsureLead{Lead: Lead{ID: "1"}, Peer: "+49301", Generation: 2, Convert: &ConvertLead{Lead: "1", Deal: &Deal{ID: "2"}}},
		ConvertLead{Lead: "1", Contact: &Contact{ID: "2"}, Into: []Ref{{KindCompany, "3"}}},
		MergeRecords{Keep: Ref{KindCompany, "1"}, Gone: Ref{KindCompany, "2"}, Company: &Company{ID: "1", Name: "Meier"}},
		RemoveRecord{Ref: Ref{KindLead, "1"}, Instead: Ref{KindContact, "2"}}, Assign{Ref: Ref{KindLead, "1"}, From: "2", To: "3"},
		SetLeadStatus{Lead: "1", From: LeadNew, To: "Called twice"}, SetDealStage{Deal: "1", From: DealNew, To: DealWon},
		SaveRecordNote{Note{ID: "1", Ref: Ref{KindCompany, "2"}, At: at, Text: "ß"}}, SaveFollowUp{FollowUp{ID: "1", Ref: Ref{KindDeal, "2"}, Due: at}},
		SaveWorkspace{Workspace{Mode: Simple, ConvertTo: ToBoth, OwnStatuses: []OwnStatus{{"Called twice", LeadNew}}}},
		SaveQueue{Queue{ID: "1", Name: "Sales", Members: []ID{"2"}, Ringing: Evenly}}, SavePipeline{StandardPipeline()},
		SaveRole{StandardRoles()[1]}, SaveField{Field{ID: "1", Name: "Boiler", Kinds: []Kind{KindContact}, Type: ChoiceField, Choices: []string{"Oil", "Gas"}}},
		RemoveSetup{Kind: SetupQueue, ID: "1"}, AddEntries{[]Entry{{ID: "1", List: Blacklist, Pattern: "0900*", Key: "+49900", Prefix: true}}},
		RemoveEntries{[]ID{"1"}},
		ImportContacts{Companies: []Company{{ID: "1"}}, Contacts: []Contact{{ID: "2", Company: "1"}}},
	} {
		args, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeChange(c.CommandName(), args)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: %s was read as %+v, %v", c.CommandName(), args, got, err)
		}
		delete(untried, c.CommandName())
	}
	for name := range untried {
		t.Errorf("%s is not tried here", name)
	}
	if _, err := DecodeChange("contact.create/2", nil); err == nil {
		t.Error("a later version was taken for this one")
	}
	if _, err := DecodeChange("note.save/1", []byte("[")); err == nil {
		t.Error("broken arguments were taken")
	}
}

var untried = func() map[string]bool {
	names := map[string]bool{}
	for name := range changes {
		names[name] = true
	}
	return names
}()

func TestOutcomesAreWrittenByName(t *testing.T) {
	for o := Open; o <= Interrupted; o++ {
		b, err := o.MarshalText()
		var back Outcome
		if err != nil || back.UnmarshalText(b) != nil || back != o {
			t.Errorf("%d is written %q, read %d", o, b, back)
		}
	}
	if new(Outcome).UnmarshalText([]byte("eaten")) == nil {
		t.Error("an outcome of a later version was taken")
	}
}

func TestIDsGrowWithTime(t *testing.T) {
	at := time.UnixMilli(1764000000000)
	a, err := NewID(at, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := NewID(at.Add(time.Millisecond), rand.Reader)
	if a >= b || len(a) != 36 || a[14] != '7' {
		t.Errorf("%s, then %s", a, b)
	}
	if same, err := IDFromBytes(a.Bytes()); err != nil || same != a {
		t.Errorf("%s came back as %s, %v", a, same, err)
	}
	if ID("").Bytes() != nil || ID("nonsense").Bytes() != nil {
		t.Error("what is no id has bytes")
	}
	if _, err := NewID(at, bytes.NewReader(nil)); err == nil {
		t.Error("an id without randomness")
	}
}

func TestTheClockNeverGoesBack(t *testing.T) {
	now := time.UnixMilli(1764000000000)
	h := HLC(0).Next(now)
	if !h.Time().Equal(now) {
		t.Errorf("%v", h.Time())
	}
	for _, now := range []time.Time{now, now.Add(-time.Hour), now.Add(time.Second)} {
		next := h.Next(now)
		if next <= h {
			t.Errorf("%d after %d", next, h)
		}
		h = next
	}
}

func TestAFormSaysWhatItLacks(t *testing.T) {
	number := Party{Kind: Phone, E164: 491761234567}
	for _, c := range []struct {
		form Form
		want string
	}{
		{Form{Kind: KindLead, Party: number}, ""},
		{Form{Kind: KindLead, Company: "Meier"}, ""},
		{Form{Kind: KindLead}, FormNeedsNumber},
		{Form{Kind: KindContact, Party: number}, FormNeedsName},
		{Form{Kind: KindContact, Party: number, Company: "Meier"}, FormNeedsName},
		{Form{Kind: KindContact, LastName: "Meier"}, ""},
	} {
		got := ""
		if err := c.form.Check(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.form, got, c.want)
		}
	}
	if n := (Form{Party: number}).Numbers(); len(n) != 1 || n[0].Label != LabelMobile {
		t.Errorf("a mobile number is labelled %+v", n)
	}
}
