package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

func TestACallKnowsItsRecordingsAndHowItSounded_H3(t *testing.T) {
	s := seeded(t)
	c, _ := begin(t, s, crm.Incoming, DemoKnown, lineOf(t, s, crm.Suggest))
	var told []Changed
	defer s.OnChange(func(ch Changed) { told = append(told, ch) })()
	files := []string{"2026-11-23 12-00-07 +49301.flac", "2026-11-23 12-04-00 +49301.flac"}
	ok(t, s.SaveRecordings(ctx, c.ID, files[:1]))
	ok(t, s.SaveRecordings(ctx, c.ID, files))
	quality := crm.SoundQuality{Codec: "G722", Time: 90 * time.Second, Received: 4500, Lost: 9, Loss: 0.002, MOS: 4.1, Worst: 3.2, Troubles: []string{"nothing-heard"}}
	ok(t, s.SaveQuality(ctx, c.ID, quality))

	got := must(s.Call(ctx, c.ID))(t)
	if !reflect.DeepEqual(got.Call.Recordings, files) || !reflect.DeepEqual(got.Call.Quality, &quality) {
		t.Errorf("recordings %q, quality %+v", got.Call.Recordings, got.Call.Quality)
	}
	rec := must(s.Record(ctx, c.Refs[0]))(t)
	if !reflect.DeepEqual(rec.Timeline[0].Recordings, files) {
		t.Errorf("the timeline tells of recordings %q", rec.Timeline[0].Recordings)
	}
	if len(told) != 3 || len(told[2].Calls) != 1 || len(told[2].Refs) != len(c.Refs) {
		t.Errorf("told %+v", told)
	}
	if err := s.SaveRecordings(ctx, s.NewID(), files); !errors.Is(err, ErrNotFound) {
		t.Errorf("recordings of no call: %v", err)
	}
}

func TestACallKnowsItsWayHere_A2(t *testing.T) {
	s := seeded(t)
	way := []crm.Diversion{{From: crm.Party{Kind: crm.Internal, Short: "200", Display: "Reception"}, Reason: "no-answer"}}
	c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(DemoKnown, "DE"), Diverted: way})
	ok(t, err)
	if got := must(s.Call(ctx, c.ID))(t); !reflect.DeepEqual(got.Call.Diverted, way) {
		t.Errorf("the call says %+v", got.Call.Diverted)
	}
	if rec := must(s.Record(ctx, c.Refs[0]))(t); !reflect.DeepEqual(rec.Timeline[0].Diverted, way) {
		t.Errorf("the timeline says %+v", rec.Timeline[0].Diverted)
	}
	// What the server has of it comes back whole.
	row := wire.RowID{Entity: wire.Call, ID: c.ID}
	data := must(s.Rows(ctx))(t)[row]
	ok(t, s.ApplyRows(ctx, []wire.Row{{Entity: row.Entity, ID: row.ID, Rev: 1, Data: data}}))
	if got := must(s.Call(ctx, c.ID))(t); !reflect.DeepEqual(got.Call.Diverted, way) {
		t.Errorf("after a pull the call says %+v", got.Call.Diverted)
	}
}

// TestAFileOfTheFirstVersionIsBroughtUpToDate opens a file as the first version made it.
func TestAFileOfTheFirstVersionIsBroughtUpToDate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	db, err := sql.Open("sqlite3", path)
	ok(t, err)
	for _, statement := range []string{
		migrations[0],
		"INSERT INTO call(id, incoming, peer, party, account, line_name, queue, began, outcome, detail, note, result, agent_name)" +
			" VALUES(x'0190A0A0A0A070008000000000000001', 1, '', '{}', 'Office', '', '', 1, 2, '', 'was here', '', '')",
		"PRAGMA user_version = 1",
	} {
		_, err := db.ExecContext(context.Background(), statement)
		ok(t, err)
	}
	ok(t, db.Close())
	s := openAt(t, path)
	id := must(crm.IDFromBytes([]byte{0x01, 0x90, 0xa0, 0xa0, 0xa0, 0xa0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}))(t)
	if got := must(s.Call(ctx, id))(t); got.Call.Note != "was here" || got.Call.Recordings != nil || got.Call.Quality != nil {
		t.Errorf("%+v", got.Call)
	}
	ok(t, s.SaveRecordings(ctx, id, []string{"a.flac"}))
}

// I4: whoever keeps the files learns which recordings a call may not have any more, until they are removed.
func TestI4TheFilesOfErasedRecordingsAreNamed(t *testing.T) {
	s := seeded(t)
	c, _ := begin(t, s, crm.Incoming, DemoKnown, lineOf(t, s, crm.Suggest))
	gone := func(want ...string) {
		t.Helper()
		if got := must(s.RecordingsGone(ctx))(t); !slices.Equal(got, want) {
			t.Errorf("gone are %q, want %q", got, want)
		}
	}
	ok(t, s.SaveRecordings(ctx, c.ID, []string{"a.flac"}))
	ok(t, s.SaveRecordings(ctx, c.ID, []string{"a.flac", "b.flac"})) // one more: none is gone
	ok(t, s.SaveNote(ctx, c.ID, "a note"))
	gone()
	ok(t, s.SaveRecordings(ctx, c.ID, []string{"b.flac"}))
	gone("a.flac")
	ok(t, s.SaveRecordings(ctx, c.ID, nil))
	gone("a.flac", "b.flac")
	ok(t, s.ForgetRecordings(ctx, []string{"a.flac"}))
	gone("b.flac")
	ok(t, s.SaveRecordings(ctx, c.ID, []string{"b.flac"})) // taken back
	gone()
	wholeFile(t, s)
}

// The server has learned that a colleague took a call that rang here, too: it waits for nobody any more.
func TestACallThatWasAnsweredElsewhereIsOffTheMissedOnes_H6(t *testing.T) {
	s := seeded(t)
	c, _ := begin(t, s, crm.Incoming, "030 5550199", lineOf(t, s, crm.Suggest))
	before := must(s.MissedCount(ctx))(t)
	ok(t, s.EndCall(ctx, c.ID, c.Began.Add(8*time.Second), crm.Missed, ""))
	if n := must(s.MissedCount(ctx))(t); n != before+1 {
		t.Fatalf("%d wait, %d before: nothing is tried", n, before)
	}
	row := wire.RowID{Entity: wire.Call, ID: c.ID}
	var call crm.Call
	ok(t, json.Unmarshal(must(s.Rows(ctx))(t)[row], &call))
	call.Outcome = crm.AnsweredElsewhere
	data := must(json.Marshal(call))(t)
	ok(t, s.ApplyRows(ctx, []wire.Row{{Entity: row.Entity, ID: row.ID, Rev: 1, Data: data}}))
	if n := must(s.MissedCount(ctx))(t); n != before {
		t.Errorf("%d wait, want %d", n, before)
	}
	if got := must(s.Call(ctx, c.ID))(t); got.Call.Outcome != crm.AnsweredElsewhere {
		t.Errorf("the call was %v", got.Call.Outcome)
	}
	wholeFile(t, s)
}
