package crm

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// aDocument draws a record as JSON, with a field of a later version in it.
func aDocument(t *rapid.T, name string) map[string]any {
	word := rapid.SampledFrom([]string{"", "a", "b", "Zoë <&>"})
	doc := map[string]any{"id": "1"}
	for _, field := range []string{"title", "responsible", "from_later", "status"} {
		if v := word.Draw(t, name+" "+field); v != "" {
			doc[field] = v
		}
	}
	if cents := rapid.Int64().Draw(t, name+" cents"); cents != 0 {
		doc["amount"] = map[string]any{"cents": cents, "currency": "EUR"}
	}
	own := map[string]any{}
	for _, id := range []string{"f1", "f2"} {
		if v := word.Draw(t, name+" "+id); v != "" {
			own[id] = v
		}
	}
	if len(own) > 0 {
		doc["fields"] = own
	}
	number := rapid.Custom(func(t *rapid.T) any {
		return map[string]any{"e164": rapid.Int64Range(4930000000000001, 4930000000000004).Draw(t, "e164")}
	})
	if numbers := rapid.SliceOfNDistinct(number, 0, 4, func(v any) string { return canonical(v) }).Draw(t, name+" numbers"); len(numbers) > 0 {
		doc["numbers"] = numbers
	}
	if marks := rapid.SliceOfDistinct(rapid.SampledFrom([]any{"VIP", "Press", "Late"}), rapid.ID).Draw(t, name+" marks"); len(marks) > 0 {
		doc["marks"] = marks
	}
	return doc
}

func encoded(t rapid.TB, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// diffed is Diff by way of the outbox.
func diffed(t rapid.TB, before, after any) UpdateRecord {
	t.Helper()
	u, err := Diff(Ref{KindContact, "1"}, encoded(t, before), encoded(t, after))
	if err != nil {
		t.Fatal(err)
	}
	read, err := DecodeChange(u.CommandName(), encoded(t, u))
	if err != nil {
		t.Fatal(err)
	}
	return read.(UpdateRecord)
}

func patched(t rapid.TB, doc any, updates ...UpdateRecord) json.RawMessage {
	t.Helper()
	now := encoded(t, doc)
	for _, u := range updates {
		var err error
		if now, err = Patch(now, u); err != nil {
			t.Fatal(err)
		}
	}
	return now
}

func TestAPatchMakesTheOneOfTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := aDocument(t, "before"), aDocument(t, "after")
		u := diffed(t, before, after)
		want := string(encoded(t, after))
		if got := string(patched(t, before, u)); got != want {
			t.Fatalf("%s\nwith %s\nis   %s\nnot  %s", encoded(t, before), encoded(t, u), got, want)
		}
		if twice := string(patched(t, before, u, u)); twice != want {
			t.Fatalf("twice: %s, not %s", twice, want)
		}
		if !diffed(t, after, after).Empty() {
			t.Fatal("a record differs from itself")
		}
		if u.Empty() != (string(encoded(t, before)) == want) {
			t.Fatalf("empty: %v", u.Empty())
		}
	})
}

// Two people change a record at the same time: who comes second takes nothing back that they
// did not touch themselves.
func TestPatchesOfTwoPeopleLeaveEachOthersFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, mine, yours := aDocument(t, "before"), aDocument(t, "mine"), aDocument(t, "yours")
		me, you := diffed(t, before, mine), diffed(t, before, yours)
		var got map[string]any
		if err := decodeNumbers(patched(t, before, me, you), &got); err != nil {
			t.Fatal(err)
		}
		for name, value := range me.Set {
			now := got[name]
			if id, custom := strings.CutPrefix(name, customField); custom {
				now = object(got["fields"])[id]
			}
			if _, both := you.Set[name]; !both && canonical(now) != canonical(value) {
				t.Fatalf("%s is %v, I made it %v", name, now, value)
			}
		}
		for list, added := range me.Add {
			kept := without(added, you.Drop[list])
			if lost := without(kept, elements(got[list])); len(lost) > 0 {
				t.Fatalf("%s lost %v of mine: %v", list, lost, got[list])
			}
		}
		for list, dropped := range me.Drop {
			back := without(elements(got[list]), without(elements(got[list]), dropped))
			if uncalled := without(back, you.Add[list]); len(uncalled) > 0 {
				t.Fatalf("%s has %v again", list, uncalled)
			}
		}
	})
}

func TestAPatchSaysOnlyWhatChanged(t *testing.T) {
	before := Contact{ID: "1", FirstName: "Anna", LastName: "Meier", Numbers: []Number{{E164: 49301, Label: LabelWork}}, Marks: []string{"VIP"},
		Fields: Values{"f1": "x", "f2": "y"}, ChangedBy: "petra", Origin: Origin{Call: "c"}}
	after := before
	after.LastName, after.Comment, after.ChangedBy, after.Origin = "", "<new> & good", "anna", Origin{}
	after.Numbers = []Number{{E164: 49302}, before.Numbers[0]}
	after.Marks, after.Fields = nil, Values{"f2": "z"}
	got := string(encoded(t, diffed(t, before, after)))
	want := `{"ref":{"kind":"contact","id":"1"},` +
		`"set":{"changed_by":"anna","comment":"\u003cnew\u003e \u0026 good","fields.f1":null,"fields.f2":"z","last_name":null},` +
		`"add":{"numbers":[` + string(encoded(t, after.Numbers[0])) + `]},"drop":{"marks":["VIP"]},` +
		`"order":{"numbers":` + canonicalOf(t, after.Numbers) + `}}`
	if got != canonicalUpdate(t, want) {
		t.Errorf("%s\nnot %s", got, want)
	}
	signed := before
	signed.ChangedBy = "anna"
	if u := diffed(t, before, signed); !u.Empty() || len(u.Set) != 1 {
		t.Errorf("only signed: %+v", u)
	}
}

func canonicalOf(t *testing.T, v any) string {
	var read any
	if err := decodeNumbers(encoded(t, v), &read); err != nil {
		t.Fatal(err)
	}
	return canonical(read)
}

func canonicalUpdate(t *testing.T, written string) string {
	var u UpdateRecord
	if err := json.Unmarshal([]byte(written), &u); err != nil {
		t.Fatal(err)
	}
	return string(encoded(t, u))
}

func TestAPatchThatIsNoneIsRefused(t *testing.T) {
	for _, u := range []UpdateRecord{{Set: map[string]any{"id": "2"}}, {Set: map[string]any{"numbers": nil}}} {
		if got, err := Patch([]byte(`{"id":"1"}`), u); err == nil {
			t.Errorf("%+v gave %s", u, got)
		}
	}
	for _, doc := range []string{"", "[]", "1", `{"a":`} {
		if _, err := Patch([]byte(doc), UpdateRecord{}); err == nil {
			t.Errorf("%q was patched", doc)
		}
		if _, err := Diff(Ref{}, []byte("{}"), []byte(doc)); err == nil {
			t.Errorf("%q was compared", doc)
		}
	}
	if got := string(patched(t, nil, UpdateRecord{Set: map[string]any{"fields.f": nil, "a": "b"}, Add: map[string][]any{"sip": {"x", "x"}, "other": {"y"}}})); got != `{"a":"b","sip":["x"]}` {
		t.Error(got)
	}
}
