package recordings

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/wire"
)

// What is wrong with the files is said of each, whatever it is; what is only on its way, or was removed, is not wrong.
func TestDamagedAndMissingRecordingsAreNamed(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ids, calls := map[string]crm.ID{}, map[string]crm.ID{}
		for _, what := range []string{"good", "missing", "cut off", "changed", "another's", "removed"} {
			calls[what] = o.call()
			ids[what] = o.bring(calls[what], sound())
		}
		if _, err := o.Begin(ctx, o.as(o.anna), upload(o.call(), sound())); err != nil {
			t.Fatal(err)
		}
		file := func(what string) string { return o.path(o.workspace, ids[what]) }
		expect := func(sizesOnly bool, want ...string) {
			t.Helper()
			broken, count, err := o.Verify(ctx, sizesOnly)
			if err != nil || count != len(ids) {
				t.Fatalf("%d looked at of %d, %v", count, len(ids), err)
			}
			var named []string
			for what, id := range ids {
				if slices.ContainsFunc(broken, func(s string) bool { return strings.Contains(s, string(id)) }) {
					named = append(named, what)
				}
			}
			slices.Sort(named)
			if !slices.Equal(named, want) || len(broken) != len(want) {
				t.Errorf("sizes only %t: %q, want %q", sizesOnly, broken, want)
			}
		}
		expect(false)
		edit := func(what string, change func([]byte) []byte) {
			t.Helper()
			b, err := os.ReadFile(file(what))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file(what), change(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Remove(file("missing")); err != nil {
			t.Fatal(err)
		}
		edit("cut off", func(b []byte) []byte { return b[:len(b)-1] })
		edit("changed", func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		edit("another's", func([]byte) []byte { b, _ := os.ReadFile(file("good")); return b })
		expect(true, "cut off", "missing")
		expect(false, "another's", "changed", "cut off", "missing")
		for _, what := range []string{"removed", "missing"} {
			o.must(crm.RemoveRecordings{Call: calls[what], Recordings: []crm.ID{ids[what]}})
			delete(ids, what)
		}
		expect(false, "another's", "changed", "cut off")
	})
}

func TestRecordingsAreCounted(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		b := sound()
		o.bring(o.call(), b)
		o.bring(o.call(), b)
		if _, err := o.Begin(ctx, o.as(o.anna), upload(o.call(), b)); err != nil {
			t.Fatal(err)
		}
		if got, err := o.Stock(ctx); err != nil || got != (Stock{Kept: 2, Arriving: 1, Bytes: int64(2 * len(b))}) {
			t.Errorf("%+v, %v", got, err)
		}
		_, err := o.Begin(ctx, o.as(o.ben), upload(o.call(), b)) // who may not is no failure
		o.refused(wire.NotFound, err)
		if n := o.Failed(); n != 0 {
			t.Errorf("%d failures, of nothing", n)
		}
		at, err := o.Begin(ctx, o.as(o.anna), upload(o.call(), b))
		if err == nil {
			_, err = o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(sound()))
		}
		o.refused(wire.Damaged, err)
		o.Quota = 1
		_, err = o.Begin(ctx, o.as(o.anna), upload(o.call(), b))
		o.refused(wire.Full, err)
		if n := o.Failed(); n != 2 {
			t.Errorf("%d failures, want the damaged one and the one without space", n)
		}
	})
}
