package store

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"leadline/crm"
)

// A call that begins writes few pages, since an agent waits for it: what only lists are ordered by is written later.
func TestACallThatBeginsWritesFewPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	ok(t, s.SeedDemo(ctx, noon))
	s.checkpointer.end() // the log is to be looked at
	s.checkpointer = nil
	line := lineOf(t, s, crm.Auto)
	for what, c := range map[string]struct {
		number string
		most   int
	}{
		"somebody with a deal": {DemoKnown, 13}, "nobody who is known": {"030 555 0001", 30},
	} {
		before := framesOf(t, path)
		begin(t, s, crm.Incoming, c.number, line)
		if n := framesOf(t, path) - before; n > c.most {
			t.Errorf("%s: %d pages, at most %d", what, n, c.most)
		}
	}
}

// framesOf is how many pages the log of a file has: https://sqlite.org/fileformat2.html#walformat.
func framesOf(t *testing.T, path string) (n int) {
	t.Helper()
	log, err := os.ReadFile(path + "-wal")
	ok(t, err)
	page := int(binary.BigEndian.Uint32(log[8:]))
	salts := string(log[16:24])
	for at := 32; at+24 <= len(log) && string(log[at+8:at+16]) == salts; at += 24 + page {
		n++
	}
	return n
}

// A deal comes to the front of the list when its call is answered, or over.
func TestADealOfACallComesToTheFront(t *testing.T) {
	for what, then := range map[string]func(*Store, crm.ID) error{
		"answered": func(s *Store, id crm.ID) error { return s.AnswerCall(ctx, id, noon.Add(time.Hour)) },
		"over":     func(s *Store, id crm.ID) error { return s.EndCall(ctx, id, noon.Add(time.Hour), crm.Missed, "") },
		"moved":    func(s *Store, id crm.ID) error { return nil },
	} {
		s := seeded(t)
		customer := contactWith(t, s, "Ida", "Weiß", "030 555 0009", "", "")
		deal := crm.Deal{ID: s.NewID(), Title: "Boiler", Contact: customer.ID, Created: noon.Add(-1000 * time.Hour), Updated: noon.Add(-1000 * time.Hour)}
		ok(t, s.Do(ctx, crm.CreateDeal{Deal: deal}))
		first := func() string {
			t.Helper()
			return must(s.Deals(ctx, crm.Query{Limit: 1}))(t).Rows[0].Name
		}
		if first() == deal.Title {
			t.Fatal("it is at the front already")
		}
		number := "030 555 0009"
		if what == "moved" {
			number = "030 555 0010"
		}
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(number, "DE"), Began: noon.Add(time.Hour)})
		ok(t, err)
		ok(t, then(s, c.ID))
		if what == "moved" {
			ok(t, s.EndCall(ctx, c.ID, noon.Add(2*time.Hour), crm.Missed, ""))
			ok(t, s.LinkCall(ctx, c.ID, customer))
		}
		if first() != deal.Title {
			t.Errorf("the call is %s, at the front is %s", what, first())
		}
	}
}
