package store

import (
	"fmt"
	"testing"
	"time"

	"leadline/crm"
)

// Everything that happened can be read, in its order and once, however much there is.
func TestATimelineIsReadPageByPage(t *testing.T) {
	s := open(t)
	c := crm.Contact{ID: s.NewID(), LastName: "Groß", Numbers: []crm.Number{num("030 1234567", crm.LabelWork)}}
	ref := crm.Ref{Kind: crm.KindContact, ID: c.ID}
	const calls, notes = 140, 290
	happened := []crm.Change{crm.CreateContact{Contact: c}}
	for n := range calls {
		happened = append(happened, crm.BeginCall{Call: crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse("030 1234567", "DE"),
			Began: noon.Add(time.Duration(n) * 2 * time.Minute), Refs: []crm.Ref{ref}}})
	}
	for n := range notes { // two of each moment, that of a call
		at := noon.Add(time.Duration(n/2) * 2 * time.Minute)
		happened = append(happened, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: ref, At: at, Text: fmt.Sprint("note ", n)}})
	}
	ok(t, s.Do(ctx, happened...))
	seen := map[string]int{}
	var last crm.Event
	skip := 0
	for {
		r := must(s.RecordFrom(ctx, ref, skip))(t)
		for i, e := range r.Timeline {
			if skip+i > 0 && e.At.After(last.At) {
				t.Fatalf("event %d is later than the one before it: %v, %v", skip+i, e.At, last.At)
			}
			last = e
			seen[fmt.Sprint(e.Kind, e.Call, e.Note)]++
		}
		skip += len(r.Timeline)
		if !r.Earlier {
			break
		}
		if len(r.Timeline) != crm.TimelinePage {
			t.Fatalf("a page has %d events", len(r.Timeline))
		}
	}
	if skip != calls+notes+1 || len(seen) != skip {
		t.Errorf("%d events were read, %d different ones, of %d", skip, len(seen), calls+notes+1)
	}
	if r := must(s.RecordFrom(ctx, ref, skip))(t); len(r.Timeline) != 0 || r.Earlier {
		t.Errorf("beyond the last event there are %d", len(r.Timeline))
	}
}
