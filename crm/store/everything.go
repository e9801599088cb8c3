package store

import (
	"context"
	"database/sql"
	"errors"

	"leadline/crm"
)

// Everything calls f with the commands that make all that is in the file, in an
// order in which they can be applied: what an administrator set up, records, calls, notes, follow-ups. What
// changes meanwhile may be among it or not.
func (s *Store) Everything(ctx context.Context, f func(crm.Change) error) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	give := func(change crm.Change) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return f(change)
	}
	for _, part := range []func(querier, func(crm.Change) error) error{s.everySetup, everyRecord, everyActivity} {
		if err := part(r, give); err != nil {
			return err
		}
	}
	return nil
}

// eachOf reads the rows of a question one by one and gives each as a change.
func eachOf[V any](q querier, query string, give func(crm.Change) error, scan func(*sql.Rows) (V, error), change func(V) crm.Change) error {
	return each(q, query, nil, func(rows *sql.Rows) error {
		v, err := scan(rows)
		if err != nil {
			return err
		}
		return give(change(v))
	})
}

func scanJSON[V any](rows *sql.Rows) (v V, err error) {
	err = rows.Scan(jsonColumn{&v})
	return v, err
}

func (s *Store) everySetup(q querier, give func(crm.Change) error) error {
	setup := func(kind crm.SetupKind) string {
		return "SELECT data FROM setup WHERE kind = '" + string(kind) + "' ORDER BY id"
	}
	err := eachOf(q, "SELECT "+userColumns+" FROM user u ORDER BY u.rid", give,
		func(rows *sql.Rows) (crm.User, error) { return scanUser(rows) }, func(u crm.User) crm.Change { return crm.SaveUser{User: u} })
	if err == nil {
		err = eachOf(q, setup(setupWorkspace), give, scanJSON[crm.Workspace], func(w crm.Workspace) crm.Change { return crm.SaveWorkspace{Workspace: w} })
	}
	if err == nil {
		err = eachOf(q, setup(crm.SetupRole), give, scanJSON[crm.Role], func(r crm.Role) crm.Change { return crm.SaveRole{Role: r} })
	}
	if err == nil {
		err = eachOf(q, setup(crm.SetupQueue), give, scanJSON[crm.Queue], func(g crm.Queue) crm.Change { return crm.SaveQueue{Queue: g} })
	}
	if err == nil {
		err = eachOf(q, setup(crm.SetupPipeline), give, scanJSON[crm.Pipeline], func(p crm.Pipeline) crm.Change { return crm.SavePipeline{Pipeline: p} })
	}
	if err == nil {
		err = eachOf(q, setup(crm.SetupField), give, scanJSON[crm.Field], func(f crm.Field) crm.Change { return crm.SaveField{Field: f} })
	}
	if err == nil {
		err = eachOf(q, "SELECT "+lineColumns+" FROM line l ORDER BY l.rid", give,
			func(rows *sql.Rows) (crm.Line, error) { return scanLine(rows) }, func(l crm.Line) crm.Change { return crm.SaveLine{Line: l} })
	}
	if err == nil {
		err = eachOf(q, "SELECT data FROM entry ORDER BY list, key", give, scanJSON[crm.Entry],
			func(e crm.Entry) crm.Change { return crm.AddEntries{Entries: []crm.Entry{e}} })
	}
	return err
}

func everyRecord(q querier, give func(crm.Change) error) error {
	err := eachOf(q, "SELECT "+companyColumns+companyTables+"ORDER BY f.rid", give,
		func(rows *sql.Rows) (companyRow, error) { return scanCompany(rows) }, func(c companyRow) crm.Change { return crm.CreateCompany{Company: c.Company} })
	if err == nil {
		err = eachOf(q, "SELECT "+contactColumns+contactTables+"ORDER BY c.rid", give,
			func(rows *sql.Rows) (contactRow, error) { return scanContact(rows) }, func(c contactRow) crm.Change { return crm.CreateContact{Contact: c.Contact} })
	}
	if err == nil {
		err = eachOf(q, "SELECT "+leadColumns+leadTables+"ORDER BY l.rid", give,
			func(rows *sql.Rows) (leadRow, error) { return scanLead(rows) }, func(l leadRow) crm.Change { return crm.CreateLead{Lead: l.Lead} })
	}
	if err == nil {
		err = eachOf(q, "SELECT "+dealColumns+dealTables+"ORDER BY d.rid", give,
			func(rows *sql.Rows) (dealRow, error) { return scanDeal(rows) }, func(d dealRow) crm.Change { return crm.CreateDeal{Deal: d.Deal} })
	}
	return err
}

func everyActivity(q querier, give func(crm.Change) error) error {
	err := each(q, "SELECT "+callColumns+", c.noted"+callTables+"ORDER BY c.began, c.rid", nil, func(rows *sql.Rows) error {
		var noted sql.NullInt64
		c, err := scanCall(rows, &noted)
		if err == nil {
			c.Refs, err = refsOf(q, c.rid)
		}
		if err != nil {
			return err
		}
		return giveCall(c.Call, noted, give)
	})
	if err == nil {
		err = eachOf(q, "SELECT data FROM note ORDER BY at, rid", give, scanJSON[crm.Note], func(n crm.Note) crm.Change { return crm.SaveRecordNote{Note: n} })
	}
	if err == nil {
		err = eachOf(q, "SELECT data FROM followup ORDER BY due, rid", give, scanJSON[crm.FollowUp], func(f crm.FollowUp) crm.Change { return crm.SaveFollowUp{FollowUp: f} })
	}
	return err
}

// giveCall is a call as the commands that make it: beginning it alone does not set what comes later in its life.
func giveCall(c crm.Call, noted sql.NullInt64, give func(crm.Change) error) error {
	changes := []crm.Change{crm.BeginCall{Call: c}}
	if c.Note != "" && noted.Valid {
		n := crm.SaveNote{Call: c.ID, Text: c.Note}
		_ = unixMilli{&n.At}.Scan(noted.Int64)
		changes = append(changes, n)
	}
	if c.PassedTo != "" {
		changes = append(changes, crm.UpdateCall{ID: c.ID, PassedTo: c.PassedTo})
	}
	if len(c.Recordings) > 0 {
		changes = append(changes, crm.SaveRecordings{Call: c.ID, Files: c.Recordings})
	}
	if c.Quality != nil {
		changes = append(changes, crm.SaveQuality{Call: c.ID, Quality: *c.Quality})
	}
	for _, change := range changes {
		if err := give(change); err != nil {
			return err
		}
	}
	return nil
}

// Restored says what became of commands.
type Restored struct {
	Applied, Skipped    int
	Contacts, Companies int           // among the applied
	Refused             map[int]error // by their place
}

// Restore applies commands that Everything gave, in one transaction. A record or
// call that is there already is left as it is; a command that cannot be applied is refused alone.
// With dry nothing is written: the answer says what is there already.
func (s *Store) Restore(ctx context.Context, changes []crm.Change, dry bool) (r Restored, err error) {
	r.Refused = map[int]error{}
	err = s.write(ctx, func(t *tx) error {
		for i, change := range changes {
			there, err := t.isThere(change)
			if err != nil {
				return err
			}
			if there {
				r.Skipped++
				continue
			}
			if dry {
				r.count(change)
				continue
			}
			refused, err := t.tryDo(change)
			if err != nil {
				return err
			}
			if refused != nil {
				r.Refused[i] = refused
				continue
			}
			r.count(change)
		}
		t.changed = Changed{Lists: !dry}
		return nil
	})
	return r, err
}

func (r *Restored) count(change crm.Change) {
	r.Applied++
	switch change.(type) {
	case crm.CreateContact:
		r.Contacts++
	case crm.CreateCompany:
		r.Companies++
	}
}

// isThere says whether the record or call is there that a change would make.
func (t *tx) isThere(change crm.Change) (bool, error) {
	table, id := "", crm.ID("")
	switch do := change.(type) {
	case crm.CreateContact:
		table, id = "contact", do.Contact.ID
	case crm.CreateCompany:
		table, id = "company", do.Company.ID
	case crm.CreateLead:
		table, id = "lead", do.Lead.ID
	case crm.CreateDeal:
		table, id = "deal", do.Deal.ID
	case crm.BeginCall:
		table, id = "call", do.Call.ID
	default:
		return false, nil
	}
	rid, err := ridOf(t, table, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return rid != 0, err
}

// tryDo does a change, or nothing of it and says why not. err is for what stops everything.
func (t *tx) tryDo(change crm.Change) (refused, err error) {
	return t.trying(func() error { return t.do(change) })
}
