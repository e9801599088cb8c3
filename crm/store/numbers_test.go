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
		text := rapid.StringOfN(rapid.RuneFrom([]rune("0123+-/() äß,;{}[]\":\\<&x\n")), 0, 12, -1)
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
