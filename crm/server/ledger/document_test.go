package ledger

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"leadline/crm"
)

// documents are such as are stored, and such as only somebody else would have written.
var documents = []string{
	`{}`, `null`, `{"a":1}`, `{"last_name":"Meier","numbers":[{"e164":"+49301234567","label":"work"}],"updated":"2026-11-27T10:00:00Z"}`,
	`{"a":"}","b":"\"}","c":"\\","d":{"e":[1,{"f":"]"}]},"ü":"ß","<":"&"}`, `{"a":null,"b":true,"c":-1.5e3,"d":[],"e":{}}`,
	`{"a" : 1}`, `{ "a":1}`, `{"a":1 ,"b":2}`, `{"a":[1, 2]}`, `{"a\u0062":1}`, `{"a":1}{}`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{"a":1`, `[]`, `"x"`, ``, `{"a":"`, `{"":0}`, `{"a":1,"a":2}`,
}

// FuzzDocuments holds that documents are read and written as encoding/json does it.
func FuzzDocuments(f *testing.F) {
	for _, doc := range documents {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var want map[string]json.RawMessage
		wrong := json.Unmarshal(doc, &want)
		got, err := ReadFields(doc)
		if wrong != nil {
			return // what is in a value is not looked at
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is read as %q, %v, want %q", doc, got, err, want)
		}
		compact, err := json.Marshal(want) // as all are that are stored
		if err != nil {
			t.Fatal(err)
		}
		if got, err = ReadFields(compact); err != nil {
			t.Fatal(err)
		}
		if again := WriteFields(got); !bytes.Equal(again, compact) {
			t.Fatalf("%q is written as %q", compact, again)
		}
		var stamps map[string]crm.HLC
		if json.Unmarshal(doc, &stamps) != nil {
			return
		}
		read, err := ReadStamps(doc)
		if err != nil || !reflect.DeepEqual(read, stamps) {
			t.Fatalf("%q are read as %v, %v, want %v", doc, read, err, stamps)
		}
		if compact, err = json.Marshal(stamps); err != nil || !bytes.Equal(WriteStamps(read), compact) {
			t.Fatalf("%q are written as %q, %v", compact, WriteStamps(read), err)
		}
	})
}

func TestAFieldIsReadAsJSONIs(t *testing.T) {
	for _, value := range []string{`""`, `"a"`, `"Meier & Söhne"`, `"\u003c\n"`, `"`, `"a`, `1`, `null`, `["a"]`, `"a\\"`, "\"a\x01\""} {
		r := &Row{Fields: map[string]json.RawMessage{"x": json.RawMessage(value)}}
		var wantText string
		_ = json.Unmarshal([]byte(value), &wantText)
		if got := field[string](r, "x"); got != wantText {
			t.Errorf("%s as a text is %q, want %q", value, got, wantText)
		}
		if got := field[crm.ID](r, "x"); got != crm.ID(wantText) {
			t.Errorf("%s as an id is %q, want %q", value, got, wantText)
		}
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{{`"a"`, `"a"`, true}, {`"a"`, `"b"`, false}, {`"a"`, `"\u0061"`, true}, {`1`, `1.0`, true}, {`"1"`, `1`, false}, {`{"a":1,"b":2}`, `{"b":2,"a":1}`, true}, {`null`, ``, true}, {`""`, `null`, false}} {
		if got := same(json.RawMessage(c.a), json.RawMessage(c.b)); got != c.want {
			t.Errorf("%s and %s are the same: %v", c.a, c.b, got)
		}
	}
}
