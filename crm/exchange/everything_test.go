package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/store"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// full is a file with something of everything.
func full(t *testing.T) *store.Store {
	t.Helper()
	s := open(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SeedDemo(ctx, noon))
	m, err := s.Match(ctx, crm.Parse(store.DemoKnown, "DE"))
	must(err)
	field := crm.Field{ID: s.NewID(), Name: "Customer number", Kinds: []crm.Kind{crm.KindContact}, Type: crm.TextField}
	rec, err := s.Record(ctx, m[0].Ref)
	must(err)
	c := *rec.Contact
	c.Fields = crm.Values{field.ID: "K-4711"}
	must(s.Do(ctx, crm.SaveField{Field: field}, crm.UpdateContact{Contact: c},
		crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: m[0].Ref, At: noon, Text: "sammelt Briefmarken"}},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: m[0].Ref, Due: noon.Add(24 * time.Hour), Text: "anrufen"}}))
	entries, _ := crm.ParseEntries(crm.Blacklist, "0900*;premium", "DE")
	must(s.SetEntries(ctx, crm.Blacklist, entries))
	call, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(store.DemoKnown, "DE")})
	must(err)
	must(s.SaveNote(ctx, call.ID, "möchte Wärmepumpe"))
	must(s.EndCall(ctx, call.ID, noon.Add(time.Hour), crm.Missed, ""))
	must(s.SaveRecordings(ctx, call.ID, []string{"a.flac"}))
	return s
}

func allOf(t *testing.T, s *store.Store) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := ExportEverything(ctx, s, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Everything goes out and comes in again as it was.
func TestEverythingComesBack(t *testing.T) {
	first, second := full(t), open(t)
	out := allOf(t, first)
	for _, kind := range []string{"user.save", "queue.save", "line.save", "field.save", "contact.create", "company.create", "lead.create", "deal.create", "call.begin",
		"note.save", "recordnote.save", "followup.save", "call.recordings", "K-4711"} {
		if !strings.Contains(out, kind) {
			t.Errorf("there is no %s in it", kind)
		}
	}
	r := in(t, second, out)
	if r.Refusals > 0 || r.Contacts == 0 || r.Skipped > 0 {
		t.Fatalf("report %+v", r)
	}
	if again := allOf(t, second); again != out {
		a, b := strings.Split(out, "\n"), strings.Split(again, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d was\n%s\nis\n%s", i+1, a[i], b[i])
			}
		}
		t.Fatalf("%d lines were %d", len(b), len(a))
	}
	found, err := second.Search(ctx, "waermepumpe", 5)
	if err != nil || len(found) != 1 {
		t.Errorf("the note finds %v, %v", found, err)
	}
	if r = in(t, second, out); r.Contacts+r.Companies > 0 || r.Skipped == 0 || r.Refusals > 0 {
		t.Errorf("the same again: %+v", r)
	}
}

// What is said of an export and of its import is true of a file that takes several transactions: how many contacts there are, what the file is,
// what was refused, in the order of the lines, whoever refuses it.
func TestEverythingIsCountedOverManyTransactions(t *testing.T) {
	s, again := open(t), open(t)
	const n = 2*batch + 7
	do := make([]crm.Change, n)
	for i := range do {
		do[i] = crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: fmt.Sprint("Groß & Söhne <", i, ">")}}
	}
	if err := s.Do(ctx, do...); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if contacts, err := ExportEverything(ctx, s, &b); err != nil || contacts != n {
		t.Fatalf("%d contacts, %v", contacts, err)
	}
	if !strings.Contains(b.String(), "Groß & Söhne <7>") {
		t.Error("what a person could read is written in codes")
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	lacking := `{"command":"contact.create/1","args":{"id":"` + string(s.NewID()) + `","company":"` + string(s.NewID()) + `"}}`
	lines = slices.Insert(lines, 2, lacking, "no JSON", lacking)
	var progress []int
	r, err := Import(ctx, again, strings.NewReader(strings.Join(lines, "\n")), Options{Progress: func(rows int) { progress = append(progress, rows) }})
	if err != nil || r.Contacts != n || r.Rows != len(lines)-1 || r.File.Format != EverythingFormat || r.File.Encoding != UTF8 || r.Skipped > 1 {
		t.Errorf("%d contacts of %d, %d rows of %d, %d skipped, %+v, %v", r.Contacts, n, r.Rows, len(lines)-1, r.Skipped, r.File, err)
	}
	if r.Refusals != 3 || r.Refused[0].Line != 3 || r.Refused[1].Line != 4 || r.Refused[2].Line != 5 {
		t.Errorf("refused %+v", r.Refused)
	}
	if len(progress) != 3 || progress[0] > batch+3 || progress[2] != r.Rows {
		t.Errorf("progress %v", progress)
	}
}

func TestABrokenLineOfEverythingIsRefusedAlone(t *testing.T) {
	s := open(t)
	lines := strings.Split(allOf(t, full(t)), "\n")
	lines[3] = `{"command":"contact.fly/9","args":{}}`
	lines[4] = "no JSON"
	r := in(t, s, strings.Join(lines, "\n"))
	if r.Refusals != 2 || r.Refused[0].Line != 4 || r.Refused[1].Line != 5 || r.Contacts == 0 {
		t.Errorf("report %+v", r)
	}
}

// GDPR article 15: all there is of one person, and nothing of others.
func TestOnePersonIsExportedWhole(t *testing.T) {
	s := full(t)
	m, err := s.Match(ctx, crm.Parse(store.DemoKnown, "DE"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := ExportPerson(ctx, s, m[0].Ref, &b, JSON); err != nil {
		t.Fatal(err)
	}
	var d store.Dossier
	if err := json.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Contact == nil || d.Contact.Name() != m[0].Name || len(d.Deals) != 3 || len(d.Calls) < 13 || len(d.Notes) != 1 || len(d.FollowUps) != 1 {
		t.Errorf("%d deals, %d calls, %d notes, %d follow-ups", len(d.Deals), len(d.Calls), len(d.Notes), len(d.FollowUps))
	}
	if d.Company == nil || d.Company.Name != "Meier GmbH" || len(d.Company.Numbers) > 0 {
		t.Errorf("company %+v", d.Company)
	}
	if strings.Contains(b.String(), "Süßmilch") {
		t.Error("somebody else is in it")
	}
	b.Reset()
	if err := ExportPerson(ctx, s, m[0].Ref, &b, VCard4); err != nil || !strings.Contains(b.String(), "ORG:Meier GmbH") {
		t.Errorf("%s, %v", b.String(), err)
	}
}
