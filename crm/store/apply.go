package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"leadline/crm"
)

// Changed says what a transaction changed. It is crm's, so that the desk can hear of
// changes without linking SQLite.
type Changed = crm.Changed

// tx is one change of the file under way. It goes by the writing connection and
// its prepared statements, without sql.Tx, which would prepare them anew each
// time. No context reaches it: a change that began is finished, and then it is acknowledged.
type tx struct {
	s       *Store
	changed Changed
	// committed is called once the change is in the file, while nobody else writes.
	committed []func()
	// fromServer is set while a row is written that the server has: its rules were held there.
	fromServer bool
	queued     bool // something waits in the outbox that did not before
	alone      bool // nothing is pending, and nothing is left of a former client id: rows of the server's need no more looking for that
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.s.writes.get(query)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
}

func (t *tx) row(query string, args ...any) *sql.Row {
	stmt, err := t.s.writes.get(query)
	if err != nil {
		return t.s.writer.QueryRowContext(context.Background(), query, args...) // gives the same error where it is looked for
	}
	return stmt.QueryRow(args...)
}

func (t *tx) store() *Store { return t.s }

func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	stmt, err := t.s.writes.get(query)
	if err != nil {
		return nil, err
	}
	r, err := stmt.Exec(args...)
	return r, explain(err)
}

// insert is exec for the rid of the row it made.
func (t *tx) insert(query string, args ...any) (int64, error) {
	r, err := t.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// Apply applies one command and writes it to the outbox, in one transaction. The
// same command twice (by its ID) is applied once.
func (s *Store) Apply(ctx context.Context, c crm.Command) error {
	return s.write(ctx, func(t *tx) error { return t.apply(c) })
}

// Do is Apply for changes made here and now, all in one transaction.
func (s *Store) Do(ctx context.Context, changes ...crm.Change) error {
	return s.write(ctx, func(t *tx) error { return t.do(changes...) })
}

// write runs f in the one transaction there is, and tells the listeners after it.
// What it wrote is on the disk when it returns nil; when it returns an error,
// nothing of it is.
func (s *Store) write(ctx context.Context, f func(*tx) error) (err error) {
	return s.writeBy(ctx, s.commit, f)
}

// writeBy is write by another way to commit.
func (s *Store) writeBy(ctx context.Context, commit func(func(*tx) error) (Changed, error), f func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	changed, err := commit(f)
	if err != nil {
		s.damage.notice(err)
		return err
	}
	s.told.Add(1)
	s.tell(changed)
	return nil
}

func (s *Store) commit(f func(*tx) error) (Changed, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.relax(false); err != nil {
		return Changed{}, err
	}
	return s.commitLocked(f)
}

// relax has commits wait for the disk no more, or again. Who waits has everything on the disk that came before, too.
func (s *Store) relax(relaxed bool) error {
	if s.relaxed == relaxed {
		return nil
	}
	how := synchronous
	if relaxed {
		how = "synchronous=NORMAL"
	}
	if err := s.pragmas(how); err != nil {
		return err
	}
	s.relaxed = relaxed
	return nil
}

// commitRelaxed is commit without waiting for the disk.
func (s *Store) commitRelaxed(f func(*tx) error) (c Changed, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.relax(true); err != nil {
		return c, err
	}
	return s.commitLocked(f)
}

// commitLocked is commit for who has the lock already.
func (s *Store) commitLocked(f func(*tx) error) (c Changed, err error) {
	before := s.hlc
	t := &tx{s: s}
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return c, fmt.Errorf("begin to save: %w", err)
	}
	done := false
	defer func() {
		if !done { // an error, or a panic that passes through
			s.hlc = before
			// After some errors (a full disk) SQLite has rolled back by itself.
			_, _ = t.exec("ROLLBACK")
		}
	}()
	if err := f(t); err != nil {
		return c, err
	}
	if _, err := t.exec("COMMIT"); err != nil {
		return c, fmt.Errorf("save: %w", err)
	}
	done = true
	for _, f := range t.committed {
		f()
	}
	s.recent.current.Store(false)
	if t.queued {
		s.signalQueued()
	}
	if s.checkpointer != nil { // nil while the file is being opened
		s.checkpointer.wrote()
	}
	return t.changed, nil
}

// do applies changes made here, by whoever works here.
func (t *tx) do(changes ...crm.Change) error {
	for _, change := range changes {
		signed, err := t.signed(change)
		if err != nil {
			return err
		}
		if err := t.doAsIs(signed); err != nil {
			return err
		}
	}
	return nil
}

// doAsIs is do for changes that say who makes them.
func (t *tx) doAsIs(changes ...crm.Change) error {
	for _, change := range changes {
		change, err := t.asPatch(change)
		if err != nil {
			return err
		}
		if u, ok := change.(crm.UpdateRecord); ok && u.Empty() {
			continue
		}
		c, err := t.command(change)
		if err != nil {
			return err
		}
		if err := t.applyNew(c); err != nil {
			return err
		}
	}
	return nil
}

// command is a change made here and now.
func (t *tx) command(change crm.Change) (crm.Command, error) {
	id, err := t.s.makeID()
	t.s.hlc = t.s.hlc.Next(t.s.now().Add(t.s.offset))
	return crm.Command{ID: id, At: t.s.hlc, Change: change}, err
}

// signed is a change with who makes it: whoever works here, unless it says another.
func (t *tx) signed(change crm.Change) (crm.Change, error) {
	switch change.(type) {
	case crm.CreateContact, crm.UpdateContact, crm.CreateCompany, crm.UpdateCompany,
		crm.CreateLead, crm.UpdateLead, crm.CreateDeal, crm.UpdateDeal, crm.UpdateRecord, crm.ImportContacts:
	default:
		return change, nil
	}
	user, err := me(t)
	if err != nil || user.ID == "" {
		return change, err
	}
	made := func(madeBy, changedBy *crm.ID) {
		*madeBy, *changedBy = cmp.Or(*madeBy, user.ID), cmp.Or(*changedBy, user.ID)
	}
	switch do := change.(type) {
	case crm.CreateContact:
		made(&do.MadeBy, &do.ChangedBy)
		return do, nil
	case crm.UpdateContact:
		do.ChangedBy = user.ID
		return do, nil
	case crm.CreateCompany:
		made(&do.MadeBy, &do.ChangedBy)
		return do, nil
	case crm.UpdateCompany:
		do.ChangedBy = user.ID
		return do, nil
	case crm.CreateLead:
		made(&do.MadeBy, &do.ChangedBy)
		return do, nil
	case crm.UpdateLead:
		do.ChangedBy = user.ID
		return do, nil
	case crm.CreateDeal:
		made(&do.MadeBy, &do.ChangedBy)
		return do, nil
	case crm.UpdateDeal:
		do.ChangedBy = user.ID
		return do, nil
	case crm.UpdateRecord:
		return do.SignedBy(user.ID), nil
	case crm.ImportContacts:
		do.By = user.ID
		return do, nil
	}
	return change, nil
}

// apply applies a command unless it is in the outbox already.
func (t *tx) apply(c crm.Command) error {
	var seen int
	err := t.row("SELECT (SELECT count(*) FROM outbox WHERE uuid = ?1) + (SELECT count(*) FROM journal WHERE uuid = ?1)", c.ID.Bytes()).Scan(&seen)
	if err != nil || seen > 0 {
		return explain(err)
	}
	return t.applyNew(c)
}

func (t *tx) applyNew(c crm.Command) error {
	args, err := json.Marshal(c.Change)
	if err != nil {
		return fmt.Errorf("write the arguments of command %s: %w", c.Change.CommandName(), err)
	}
	return t.applyWritten(c, string(args), func() error { return t.perform(c) })
}

// applyWritten is applyNew for a command whose arguments are written already.
func (t *tx) applyWritten(c crm.Command, args string, perform func() error) error {
	name, v, ok := strings.Cut(c.Change.CommandName(), "/")
	version, err := strconv.Atoi(v)
	if !ok || err != nil {
		return fmt.Errorf("command %q has no version", c.Change.CommandName())
	}
	rows, err := t.keepShadows(c.Change)
	if err != nil {
		return err
	}
	if err := perform(); err != nil {
		return fmt.Errorf("%s: %w", c.Change.CommandName(), err)
	}
	t.s.hlc = max(t.s.hlc, c.At)
	seq, err := t.queue(c, name, version, args)
	if err != nil {
		return err
	}
	return t.pend(seq, rows)
}

// queue writes the command's row of the outbox, and gives its sequence number. A note is saved at each pause of
// the typing; while the last one still waits, and so nobody has seen it, the new one takes its place.
func (t *tx) queue(c crm.Command, name string, version int, args string) (seq int64, err error) {
	t.queued = true
	var subject any
	if note, ok := c.Change.(crm.SaveNote); ok {
		subject = note.Call.Bytes()
		err := t.row("UPDATE outbox SET uuid = ?, args = ?, hlc = ? WHERE subject = ? AND state = 0 RETURNING seq",
			c.ID.Bytes(), args, int64(c.At), subject).Scan(&seq)
		if !errors.Is(err, sql.ErrNoRows) {
			return seq, explain(err)
		}
	}
	return t.insert("INSERT INTO outbox(uuid, cmd, version, args, hlc, subject) VALUES(?, ?, ?, ?, ?, ?)",
		c.ID.Bytes(), name, version, args, int64(c.At), subject)
}

// perform changes the tables as the command says.
func (t *tx) perform(c crm.Command) error {
	at := c.At.Time()
	switch do := c.Change.(type) {
	case crm.CreateContact:
		return errors.Join(t.standsForItself(crm.Ref{Kind: crm.KindContact, ID: do.ID}), t.saveContact(do.Contact, at, true))
	case crm.UpdateContact:
		return t.saveContact(do.Contact, at, false)
	case crm.CreateCompany:
		return errors.Join(t.standsForItself(crm.Ref{Kind: crm.KindCompany, ID: do.ID}), t.saveCompany(do.Company, at, true))
	case crm.UpdateCompany:
		return t.saveCompany(do.Company, at, false)
	case crm.CreateLead:
		return errors.Join(t.standsForItself(crm.Ref{Kind: crm.KindLead, ID: do.ID}), t.saveLead(do.Lead, at, true))
	case crm.UpdateLead:
		return t.saveLead(do.Lead, at, false)
	case crm.CreateDeal:
		return t.saveDeal(do.Deal, at, true)
	case crm.UpdateDeal:
		return t.saveDeal(do.Deal, at, false)
	case crm.SaveUser:
		return t.changeUser(do.User)
	case crm.TelephonesChanged:
		return nil // their programs hear of it from the server
	case crm.SaveLine:
		return t.saveLine(do.Line)
	case crm.BeginCall:
		return t.beginCall(do.Call)
	case crm.UpdateCall:
		return t.updateCall(do)
	case crm.EndCall:
		return t.endCall(do)
	case crm.SaveNote:
		return t.saveNote(do)
	case crm.SaveRecordings:
		return t.saveRecordings(do)
	case crm.RecordingUploaded:
		return t.recordingUploaded(do)
	case crm.RemoveRecordings:
		return t.removeRecordings(do)
	case crm.SaveQuality:
		return t.saveQuality(do)
	case crm.LinkCall:
		return t.linkCall(do)
	case crm.ImportContacts:
		return t.importContacts(do, at)
	}
	return t.work(c.Change, at)
}

// work is perform for what becomes of records.
func (t *tx) work(c crm.Change, at time.Time) error {
	switch do := c.(type) {
	case crm.UpdateRecord:
		return t.updateRecord(do, at)
	case crm.EnsureLead:
		return t.ensureLead(do, at)
	case crm.ConvertLead:
		return t.convertLead(do, at)
	case crm.MergeRecords:
		return t.mergeRecords(do, at)
	case crm.RemoveRecord:
		return t.removeRecord(do)
	case crm.Assign:
		return t.assign(do, at)
	case crm.SetLeadStatus:
		return t.setLeadStatus(do, at)
	case crm.SetDealStage:
		return t.setDealStage(do, at)
	case crm.SaveRecordNote:
		return t.saveRecordNote(do.Note)
	case crm.SaveFollowUp:
		return t.saveFollowUp(do.FollowUp)
	}
	return t.setUp(c)
}

// setUp is perform for what an administrator sets up.
func (t *tx) setUp(c crm.Change) error {
	switch do := c.(type) {
	case crm.SaveWorkspace:
		return t.saveWorkspace(do.Workspace)
	case crm.SaveQueue:
		return t.saveSetup(crm.SetupQueue, do.ID, do.Name, do.Queue)
	case crm.SavePipeline:
		return t.savePipeline(do.Pipeline)
	case crm.SaveRole:
		return t.saveSetup(crm.SetupRole, do.ID, do.Name, do.Role)
	case crm.SaveField:
		return t.saveSetup(crm.SetupField, do.ID, do.Name, do.Field)
	case crm.RemoveSetup:
		return t.removeSetup(do)
	case crm.AddEntries:
		return t.addEntries(do.Entries)
	case crm.RemoveEntries:
		return t.removeEntries(do.IDs)
	}
	return fmt.Errorf("this version cannot do it")
}

func (t *tx) touch(r crm.Ref) { t.changed.Refs = append(t.changed.Refs, r) }

// OnChange calls f after each transaction, on the goroutine that made it; f must
// be quick and must not change the store. The returned function ends it.
func (s *Store) OnChange(f func(Changed)) (stop func()) {
	s.listening.Lock()
	defer s.listening.Unlock()
	s.nextID++
	id := s.nextID
	s.listeners[id] = f
	return func() {
		s.listening.Lock()
		defer s.listening.Unlock()
		delete(s.listeners, id)
	}
}

func (s *Store) tell(c Changed) {
	if !c.Lists && len(c.Refs) == 0 && len(c.Calls) == 0 {
		return
	}
	s.listening.Lock()
	listeners := make([]func(Changed), 0, len(s.listeners))
	for _, f := range s.listeners {
		listeners = append(listeners, f)
	}
	s.listening.Unlock()
	for _, f := range listeners {
		f(c)
	}
}
