package store

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"leadline/crm"
)

// The short ways to read and write numbers give what encoding/json gives, or nothing.
func TestNumbersAreReadAsJSONSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("0123+-/() äß\u2028\ufffd,;{}[]\":\\<&x\n")), 0, 12, -1)
		numbers := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) crm.Number {
			return crm.Number{E164: crm.E164(rapid.Uint64Range(0, 999_999_999_999_999).Draw(t, "e164")), Short: text.Draw(t, "short"),
				Written: text.Draw(t, "written"), Extension: text.Draw(t, "ext"), Label: rapid.SampledFrom([]crm.Label{"", crm.LabelWork}).Draw(t, "label")}
		}), 0, 4).Draw(t, "numbers")
		raw, err := json.Marshal(numbers)
		if err != nil {
			t.Fatal(err)
		}
		if short, long := numbersJSON(numbers), toJSON(numbers); short != long {
			t.Fatalf("written as %v, not %v", short, long)
		}
		some := func(name string) string { return text.Draw(t, name) }
		c := crm.Contact{ID: crm.ID(some("id")), FirstName: some("first"), LastName: some("last"), Position: some("position"), Comment: some("comment") + rapid.SampledFrom([]string{"", "\xff"}).Draw(t, "odd"),
			Source: some("source"), Responsible: crm.ID(some("responsible")), Emails: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) crm.Email {
				return crm.Email{Address: text.Draw(t, "address"), Label: rapid.SampledFrom([]crm.Label{"", crm.LabelWork}).Draw(t, "label")}
			}), 0, 2).Draw(t, "emails"), Marks: rapid.SliceOfN(text, 0, 1).Draw(t, "marks")}
		if short, long := moreJSON(contactMore(c)), toJSON(contactMore(c)); short != long {
			t.Fatalf("the rest is written as %v, not %v", short, long)
		}
		var j plainJSON
		if j.contact(&c) {
			if long, err := json.Marshal(c); err != nil || string(j.out)+"}" != string(long) {
				t.Fatalf("written as %s}, not %s, %v", j.out, long, err)
			}
		} else if plainText(c.FirstName+c.LastName+c.Position+c.Comment+c.Source+string(c.ID)+string(c.Responsible)) && c.ID != "" && len(c.Emails)+len(c.Marks) == 0 {
			t.Fatalf("%+v is not written the short way", c)
		}
		f := crm.Company{ID: c.ID, Name: c.FirstName, Responsible: c.Responsible, Source: rapid.SampledFrom([]string{"", c.Source}).Draw(t, "source or none")}
		if j.begin(); j.company(&f) {
			if long, err := json.Marshal(f); err != nil || string(j.out) != string(long) {
				t.Fatalf("written as %s, not %s, %v", j.out, long, err)
			}
		} else if plainText(f.Name+string(f.ID)+string(f.Responsible)) && f.ID != "" && f.Name != "" && f.Source == "" {
			t.Fatalf("%+v is not written the short way", f)
		}
		var want, got []crm.Number
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		if err := (numbersColumn{&got}).Scan(raw); err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%s is read as %+v, %v", raw, got, err)
		}
	})
}

func FuzzNumbers(f *testing.F) {
	f.Add([]byte(`[{"e164":493020948812,"written":"030 2094 8812","label":"work"},{"short":"101"}]`))
	f.Add([]byte(`[{"e164":01}]`))
	f.Add([]byte(`[{"e164":1,}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, plain := plainNumbers(raw)
		if !plain {
			return
		}
		var want []crm.Number
		if err := json.Unmarshal(raw, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is read as %+v; it is %+v, %v", raw, got, want, err)
		}
	})
}
