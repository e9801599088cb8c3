package crm

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"testing"
	"time"
)

func TestNewIDsGrowOneByOneAndAreUUIDsOfTheirMoment(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_123)
	for name, random := range map[string]io.Reader{"random": rand.Reader, "the highest counter": bytes.NewReader(bytes.Repeat([]byte{0xff}, 4+6*20_000))} {
		ids, err := NewIDs(20_000, at, random)
		if err != nil || len(ids) != 20_000 {
			t.Fatalf("%s: %d ids, %v", name, len(ids), err)
		}
		for i, id := range ids {
			if parsed, err := ParseID(string(id)); err != nil || parsed != id {
				t.Fatalf("%s: id %q is %q, %v", name, id, parsed, err)
			}
			if raw := id.Bytes(); raw[6]>>4 != 7 || raw[8]>>6 != 2 || !bytes.Equal(raw[:6], ids[0].Bytes()[:6]) {
				t.Fatalf("%s: %s is no UUIDv7 of its moment", name, id)
			}
			if i > 0 && id <= ids[i-1] {
				t.Fatalf("%s: %s comes after %s", name, id, ids[i-1])
			}
		}
		if one, err := NewID(at, rand.Reader); err != nil || one[:13] != ids[0][:13] {
			t.Errorf("%s: %s and %s are of one moment", name, one, ids[0])
		}
	}
	if _, err := NewIDs(2, at, bytes.NewReader(make([]byte, 15))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("too little randomness: %v", err)
	}
}
