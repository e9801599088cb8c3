package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

const (
	one crm.ID = "018f3b1e-0000-7000-8000-000000000001"
	two crm.ID = "018f3b1e-0000-7000-8000-000000000002"
)

var messages = []any{
	&wire.Hello{Client: one, Schemas: []int{1}, Last: wire.Ack{Seq: 7, ID: two}, Epoch: 1, Cursor: 1 << 40, View: "v",
		Sent: time.Date(2026, 11, 25, 12, 0, 0, 123456789, time.UTC)},
	&wire.Welcome{Now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), WorkspaceKey: []byte{1, 2, 3}, Branches: []wire.Branch{{Epoch: 2, Parent: 1, ForkRev: 9}},
		Snapshot: &wire.Manifest{Name: "a", SHA256: []byte{9}}, Accounts: []wire.Account{{Name: "Office", Address: "sip:101@example.org"}}},
	&wire.Push{Client: one, Epoch: 3, Commands: []wire.Command{{Seq: 8, ID: two, Name: "contact.create/1", Args: json.RawMessage(`{"id":"x","last_name":"Müller"}`), At: 1 << 60}}},
	&wire.Page{Epoch: 1, Rows: []wire.Row{{Entity: wire.Lead, ID: one, Rev: 4, Data: json.RawMessage(`{"a":1}`)}, {Entity: wire.Call, ID: two, Rev: 5, Deleted: true}},
		Rev: 5, Ack: &wire.Ack{Seq: 8, ID: two}, Refused: []wire.Result{{ID: two, Status: wire.Rejected, Code: wire.RejectGone, Reason: crm.Say("Gone.")}}},
	&wire.Hint{Epoch: 1, Rev: 5, Presence: []wire.Presence{{User: one, State: wire.Talking}}},
	&wire.Problem{Code: wire.TooMany, Message: "slow down", Retry: time.Second},
}

func TestMessagesAreReadAsTheyWereWritten(t *testing.T) {
	for _, as := range []string{wire.TypeCBOR, wire.TypeJSON} {
		for _, m := range messages {
			data, err := wire.Encode(as, m)
			if err != nil {
				t.Fatal(err)
			}
			again := reflect.New(reflect.TypeOf(m).Elem()).Interface()
			if err := wire.Decode(as, data, again); err != nil {
				t.Fatalf("%s %T: %v", as, m, err)
			}
			if !reflect.DeepEqual(m, again) {
				t.Errorf("%s: wrote %+v, read %+v", as, m, again)
			}
		}
	}
}

func TestWhatIsTooDeepOrTooWideOrNotAMessageIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name, as string
		data     []byte
	}{
		{"nothing", wire.TypeCBOR, nil},
		{"nothing", wire.TypeJSON, nil},
		{"two messages", wire.TypeJSON, []byte(`{}{}`)},
		{"two messages", wire.TypeCBOR, []byte{0xa0, 0xa0}},
		{"deep JSON", wire.TypeJSON, []byte(`{"rows":` + strings.Repeat("[", 100000))},
		{"deep CBOR", wire.TypeCBOR, bytes.Repeat([]byte{0x81}, 100000)},
		{"an array of 2^32", wire.TypeCBOR, []byte{0xa1, 0x64, 'r', 'o', 'w', 's', 0x9a, 0xff, 0xff, 0xff, 0xff}},
		{"a map of 2^32", wire.TypeCBOR, []byte{0xba, 0xff, 0xff, 0xff, 0xff}},
		{"a text of 2^62", wire.TypeCBOR, []byte{0x7b, 0x40, 0, 0, 0, 0, 0, 0, 0}},
		{"the same key twice", wire.TypeCBOR, []byte{0xa2, 0x63, 'r', 'e', 'v', 1, 0x63, 'r', 'e', 'v', 2}},
		{"a tag", wire.TypeCBOR, []byte{0xc2, 0x41, 1}},
		{"an endless map", wire.TypeCBOR, []byte{0xbf, 0xff}},
		{"another type", wire.TypeJSON, []byte(`{"rev":"x"}`)},
	} {
		var page wire.Page
		var problem wire.Problem
		if err := wire.Decode(tt.as, tt.data, &page); !errors.As(err, &problem) || problem.Code != wire.Malformed {
			t.Errorf("%s, %s: %v", tt.name, tt.as, err)
		}
	}
}

func TestFieldsOfALaterVersionArePassedOver(t *testing.T) {
	data, err := wire.Encode(wire.TypeCBOR, map[string]any{"rev": 3, "later": []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	var page wire.Page
	if err := wire.Decode(wire.TypeCBOR, data, &page); err != nil || page.Rev != 3 {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestADocumentIsOneObject(t *testing.T) {
	for _, doc := range []string{"", " ", "null", "[]", "1", strings.Repeat(`{"a":`, 1000)} {
		if wire.CheckDocument(json.RawMessage(doc)) == nil {
			t.Errorf("%q passes", doc)
		}
	}
	if err := wire.CheckDocument(json.RawMessage(` {"a":"[[[[\"{{{"}`)); err != nil {
		t.Error(err)
	}
}

func TestAProblemHasItsStatus(t *testing.T) {
	for code, status := range map[wire.Code]int{wire.Malformed: 400, wire.Revoked: 401, wire.Gap: 409, wire.TooOld: 410, wire.Upgrade: 426, "later": 500} {
		if got := (wire.Problem{Code: code}).Status(); got != status {
			t.Errorf("%s: %d", code, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range messages {
		for _, as := range []string{wire.TypeCBOR, wire.TypeJSON} {
			data, err := wire.Encode(as, m)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(as == wire.TypeJSON, data)
		}
	}
	f.Fuzz(func(t *testing.T, asJSON bool, data []byte) {
		as := wire.TypeCBOR
		if asJSON {
			as = wire.TypeJSON
		}
		for _, m := range messages {
			into := reflect.New(reflect.TypeOf(m).Elem()).Interface()
			if wire.Decode(as, data, into) != nil {
				continue
			}
			if again, err := wire.Encode(as, into); err == nil {
				if err := wire.Decode(as, again, reflect.New(reflect.TypeOf(m).Elem()).Interface()); err != nil {
					t.Fatalf("read %+v, and cannot read what is written of it: %v", into, err)
				}
			}
		}
	})
}
