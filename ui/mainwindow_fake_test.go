package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/hotkey"
)

// mainNow is a Monday morning.
var mainNow = time.Date(2026, 11, 23, 10, 44, 0, 0, time.UTC)

// mainDesk is a desk that answers from what the test puts into it.
type mainDesk struct {
	Desk // wishes that a test doesn't expect are a nil call

	mu      sync.Mutex
	snap    desk.Snapshot
	lists   map[desk.List][]desk.Row
	records map[desk.Ref]desk.Record
	found   map[string][]desk.Row
	fail    error
	trace   desk.Trace // of every number
	dialled []string
	did     []string
	watch   func(desk.Snapshot)
	notice  func(desk.Notice)
	asked   []desk.Query
	said    func(string)              // not nil: hears of wishes
	sendOn  func(target string) error // nil: calls may go on to everybody
}

func (d *mainDesk) Snapshot() desk.Snapshot {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.snap
}

func (d *mainDesk) Subscribe(f func(desk.Snapshot)) func() {
	d.watch = f
	return func() { d.watch = func(desk.Snapshot) {} }
}

func (d *mainDesk) Notices(f func(desk.Notice)) { d.notice = f }

func (d *mainDesk) Dial(target, _ string) {
	d.dialled = append(d.dialled, target)
	if d.said != nil {
		d.said("dial " + target)
	}
}
func (d *mainDesk) HangUp(id desk.CallID)  { d.did = append(d.did, "hang up "+string(id)) }
func (d *mainDesk) Decline(id desk.CallID) { d.did = append(d.did, "decline "+string(id)) }
func (d *mainDesk) Mute(id desk.CallID, on bool) {
	d.did = append(d.did, fmt.Sprintf("mute %s %v", id, on))
}

func (d *mainDesk) List(_ context.Context, q desk.Query) (desk.Page, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, q)
	if d.fail != nil {
		return desk.Page{}, d.fail
	}
	all := d.lists[q.List]
	if q.List == desk.MissedList && q.Filter == "done" {
		all = d.lists["done"]
	}
	if q.Text != "" {
		var fit []desk.Row
		for _, r := range all {
			if strings.Contains(strings.ToLower(r.Title), strings.ToLower(q.Text)) {
				fit = append(fit, r)
			}
		}
		all = fit
	}
	p := desk.Page{Total: len(all)}
	if q.Offset < len(all) {
		p.Rows = all[q.Offset:min(len(all), q.Offset+q.Limit)]
	}
	return p, nil
}

func (d *mainDesk) Count(ctx context.Context, q desk.Query) (int, error) {
	q.Limit = 1
	p, err := d.List(ctx, q)
	return p.Total, err
}

// questions is how often a list was asked for.
func (d *mainDesk) questions() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.asked)
}

func (d *mainDesk) Record(_ context.Context, ref desk.Ref, _ int) (desk.Record, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r, ok := d.records[ref]; ok {
		return r, nil
	}
	return desk.Record{}, errors.New("no such record")
}

func (d *mainDesk) Search(_ context.Context, s string, _ int) ([]desk.Row, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return nil, d.fail
	}
	return d.found[s], nil
}

func (d *mainDesk) TraceOf(context.Context, []string) (desk.Trace, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trace, d.fail
}

func (d *mainDesk) AddExceptions(_ context.Context, numbers []string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.did = append(d.did, "except "+strings.Join(numbers, " "))
	return d.fail
}

// mainSettings are settings in memory.
type mainSettings struct {
	shared   Shared
	signIns  SignIns
	software OtherSoftware
	mainSound
	mu        sync.Mutex
	accounts  []AccountSettings
	audio     AudioChoice
	plain     bool // can't enhance
	look      Look
	sight     Sight
	hotkeys   map[hotkey.Action]string
	test      func(AccountSettings) error
	check     func(AccountSettings) []TestFailure
	saveErr   error
	saved     [][]AccountSettings
	recording RecordingChoice
	calls     CallChoice
	notices   NoticeChoice
	player    *mainPlayer
	copied    string
	starts    bool
	toTray    bool
	mayNot    bool // delete recordings
}

func (s *mainSettings) Accounts() []AccountSettings { return s.accounts }
func (s *mainSettings) CheckAccount(a AccountSettings) []TestFailure {
	if s.check == nil {
		return nil
	}
	return s.check(a)
}
func (s *mainSettings) TestAccount(_ context.Context, a AccountSettings) error {
	if s.test == nil {
		return nil
	}
	return s.test(a)
}
func (s *mainSettings) SaveAccounts(a []AccountSettings) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.saveErr != nil {
		return s.saveErr
	}
	s.saved = append(s.saved, a)
	s.accounts = a
	return nil
}
func (s *mainSettings) AudioDevices() ([]string, []string) {
	return []string{"Jabra Evolve2 65", "Built-in Audio Analog Stereo"}, []string{"Jabra Evolve2 65", "Built-in Audio Analog Stereo"}
}
func (s *mainSettings) CanEnhance() bool              { return !s.plain }
func (s *mainSettings) AudioChoice() AudioChoice      { return s.audio }
func (s *mainSettings) SaveAudio(c AudioChoice) error { s.audio = c; return nil }

// mainSound is a sound card that a test plays.
type mainSound struct {
	mu            sync.Mutex
	mic, speaker  float64
	open, ringing int
	told          func(Rehearsal)
}

func (s *mainSound) ListenToLevels() func() {
	s.count(&s.open, +1)
	return func() { s.count(&s.open, -1) }
}
func (s *mainSound) SoundLevels() (float64, float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mic, s.speaker
}
func (s *mainSound) Rehearse(told func(Rehearsal)) func() {
	s.told = told
	return func() { s.told = nil }
}
func (s *mainSound) TryRinger() func() {
	s.count(&s.ringing, +1)
	return func() { s.count(&s.ringing, -1) }
}
func (s *mainSound) count(n *int, by int) { s.mu.Lock(); *n += by; s.mu.Unlock() }
func (s *mainSound) now(n *int) int       { s.mu.Lock(); defer s.mu.Unlock(); return *n }

func (s *mainSettings) CallReport() (string, error) {
	return "how the last calls went", s.saveErr
}
func (s *mainSettings) Recording() RecordingChoice { return s.recording }
func (s *mainSettings) SaveRecording(c RecordingChoice) error {
	if s.saveErr != nil {
		return s.saveErr
	}
	s.recording = c
	return nil
}
func (s *mainSettings) CallChoice() CallChoice { return s.calls }
func (s *mainSettings) SaveCalls(c CallChoice) error {
	if s.saveErr == nil {
		s.calls = c
	}
	return s.saveErr
}
func (s *mainSettings) NoticeChoice() NoticeChoice { return s.notices }
func (s *mainSettings) SaveNotices(c NoticeChoice) error {
	if s.saveErr == nil {
		s.notices = c
	}
	return s.saveErr
}
func (s *mainSettings) MayDeleteRecordings() bool { return !s.mayNot }
func (s *mainSettings) OpenRecording(_ context.Context, r desk.Recorded) (RecordingPlayer, error) {
	if r.Name == "gone.flac" {
		return nil, errors.New("no such file")
	}
	return s.player, nil
}
func (s *mainSettings) RecordingLength(_ context.Context, r desk.Recorded) (time.Duration, error) {
	if r.Name == "gone.flac" {
		return 0, errors.New("no such file")
	}
	return s.player.Shape().Length, nil
}
func (s *mainSettings) CopyRecording(_ context.Context, r desk.Recorded, to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.copied = r.Name + " " + to
	return s.saveErr
}

// mainPlayer is a player that a test winds.
type mainPlayer struct {
	mu    sync.Mutex
	shape RecordingShape
	state RecordingState
	did   []string
}

func (p *mainPlayer) does(what string, playing bool, at time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.did = append(p.did, what)
	p.state.Playing, p.state.At = playing, at
}
func (p *mainPlayer) now(s RecordingState)  { p.mu.Lock(); p.state = s; p.mu.Unlock() }
func (p *mainPlayer) Shape() RecordingShape { return p.shape }
func (p *mainPlayer) Play()                 { p.does("play", true, p.State().At) }
func (p *mainPlayer) Pause()                { p.does("pause", false, p.State().At) }
func (p *mainPlayer) Seek(to time.Duration) {
	p.does("seek "+to.String(), p.State().Playing, to)
	p.mu.Lock()
	p.state.Over = false
	p.mu.Unlock()
}
func (p *mainPlayer) State() RecordingState { p.mu.Lock(); defer p.mu.Unlock(); return p.state }
func (p *mainPlayer) Close()                { p.does("close", false, 0) }
func (p *mainPlayer) took() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := strings.Join(p.did, ", ")
	p.did = nil
	return all
}
func (s *mainSettings) StartsWithSession() (on, can bool) { return s.starts, !s.plain }
func (s *mainSettings) StartWithSession(on bool) error {
	if s.saveErr != nil {
		return s.saveErr
	}
	s.starts = on
	return nil
}
func (s *mainSettings) ClosesToTray() bool { return s.toTray }
func (s *mainSettings) CloseToTray(on bool) error {
	if s.saveErr == nil {
		s.toTray = on
	}
	return s.saveErr
}
func (s *mainSettings) Look() Look                        { return s.look }
func (s *mainSettings) SaveLook(l Look) error             { s.look = l; return nil }
func (s *mainSettings) Hotkeys() map[hotkey.Action]string { return s.hotkeys }
func (s *mainSettings) SaveHotkeys(k map[hotkey.Action]string) error {
	if s.saveErr == nil {
		s.hotkeys = k
	}
	return s.saveErr
}
func (s *mainSettings) Sight() Sight { return s.sight }
func (s *mainSettings) SaveSight(v Sight) error {
	if s.saveErr != nil {
		return s.saveErr
	}
	s.sight = v
	return nil
}

func at(day, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, time.UTC)
	if err != nil {
		panic(err)
	}
	return t
}

var oneAccount = []AccountSettings{{Was: "Office", Name: "Office", Address: "sip:101@pbx.example.org", Transport: "udp", PasswordKept: true}}

// fullDesk is the desk of the pictures in look.
func fullDesk() *mainDesk {
	lead := func(id string) desk.Ref { return desk.Ref{Kind: desk.Lead, ID: id} }
	row := func(id, title, sub string, t time.Time, status, tone string) desk.Row {
		return desk.Row{Ref: lead(id), Title: title, Sub: sub, At: t, Status: desk.Text{Key: status}, Tone: tone, Dial: "+49221987654"}
	}
	leads := []desk.Row{
		row("1", "Groß & Söhne KG", "Jörg Groß · 0221 987 65 43", at("2026-11-23", "10:38"), "New", "new"),
		row("2", "Unknown caller", "0176 1234 5678 · Berlin line", at("2026-11-23", "10:12"), "New", "new"),
		row("3", "Bäckerei Süßmilch", "Käthe Süßmilch · 089 4521 77", at("2026-11-23", "09:55"), "In progress", "open"),
		row("4", "Donaudampfschifffahrtsgesellschaft Österreich mbH & Co. KG", "Franz Xaver Höllerer-Wöhrmann", at("2026-11-20", "12:00"), "In progress", "open"),
		row("5", "Autohaus Böttcher", "Sven Böttcher · 0341 22 90-0", at("2026-11-20", "11:00"), "In progress", "open"),
		row("6", "Praxis Dr. Nguyễn", "Thi Lan Nguyễn · 030 771 20 8", at("2026-11-19", "11:00"), "Processed", "done"),
		row("7", "Łukasz Wójcik", "+48 22 555 18 40", at("2026-11-18", "11:00"), "In progress", "open"),
		row("8", "Kälte-Klima Jürgens", "Heike Jürgens · 040 3388 12", at("2026-11-17", "11:00"), "Processed", "done"),
		row("9", "Stadtwerke Würzburg", "Purchasing · 0931 36-1260", at("2026-11-16", "11:00"), "New", "new"),
		row("10", "Hôtel Méditerranée", "+33 4 93 12 44 00", at("2026-11-13", "11:00"), "Processed", "done"),
	}
	leads[1].Unread = true
	missed := []desk.Row{
		{Ref: lead("1"), Call: "m1", Title: "Jürgen Müller-Lüdenscheidt", Sub: "Meier GmbH · 030 2094 8812", At: at("2026-11-23", "09:12"), Attempts: 2, Line: "Zentrale", Length: 21 * time.Second, Dial: "+493020948812", Tone: "missed"},
		{Call: "m2", Title: "0176 1234 5678", Sub: "Mobilfunk Deutschland", At: at("2026-11-23", "08:47"), Attempts: 1, Line: "Werkstatt", Length: 64 * time.Second, Dial: "+4917612345678", Tone: "missed"},
		{Ref: lead("3"), Call: "m3", Title: "Käthe Süßmilch", Sub: "Bäckerei Süßmilch · 089 4521 77", At: at("2026-11-23", "08:30"), Attempts: 3, Line: "Rechnungsstelle", Length: 48 * time.Second, Dial: "+4989452177", Tone: "missed", Calling: "Petra Weiß"},
	}
	done := []desk.Row{
		{Call: "d1", Title: "Sven Böttcher", Sub: "Autohaus Böttcher · 0341 22 90-0", ClosedBy: "Anna Krüger", At: at("2026-11-23", "10:05")},
		{Call: "d2", Title: "Heike Jürgens", Sub: "Kälte-Klima Jürgens · 040 3388 12", ClosedBy: "Petra Weiß", At: at("2026-11-23", "09:41")},
		{Call: "d3", Title: "Łukasz Wójcik", Sub: "+48 22 555 18 40", ClosedBy: "Anna Krüger", At: at("2026-11-20", "09:20")},
	}
	calls := []desk.Row{
		{Ref: lead("1"), Call: "c1", Title: "Groß & Söhne KG", Sub: "0221 987 65 43", At: at("2026-11-23", "10:37"), Status: desk.Text{Key: "Incoming"}, Tone: "in", Length: 408 * time.Second, Dial: "+49221987654"},
		{Call: "c2", Title: "0176 1234 5678", Sub: "Mobilfunk Deutschland", At: at("2026-11-23", "08:47"), Status: desk.Text{Key: "Missed"}, Tone: "missed", Dial: "+4917612345678", Unread: true, Line: "Berlin line"},
		{Call: "c3", At: at("2026-11-20", "08:47"), Status: desk.Text{Key: "Missed"}, Tone: "missed"},
	}
	rec := desk.Record{
		Ref: lead("1"), Title: "Groß & Söhne KG", Sub: "Jörg Groß", Origin: desk.Text{Key: "created today 10:38 by call"},
		Stage: 0, Stages: []string{"New", "In progress", "Processed", "Converted"}, Dial: "+49221987654",
		Facts: []desk.Fact{
			{Label: desk.Text{Key: "Mobile"}, Value: "0221 987 65 43", Dial: "+49221987654"},
			{Label: desk.Text{Key: "E-mail"}, Value: "einkauf@gross-soehne.de"},
			{Label: desk.Text{Key: "Contact"}, Value: "Jörg Groß"},
			{Label: desk.Text{Key: "Responsible"}, Value: "Anna Krüger"},
			{Label: desk.Text{Key: "Source"}, Value: "Call"},
			{Label: desk.Text{Key: "Line"}, Value: "Head office · 030 5557-100"},
		},
		Timeline: []desk.Event{
			{Kind: desk.EventCall, At: at("2026-11-23", "10:37"), Incoming: true, Outcome: desk.Answered, Length: 408 * time.Second, Who: "Anna Krüger", Body: "Needs 40 brackets by 15 January, wants the price per 100. Call back Thursday after 2 pm."},
			{Kind: desk.EventCreated, At: at("2026-11-23", "10:37"), Title: desk.Text{Key: "Lead created by the call"}, Body: "Line “Head office” creates leads for incoming calls; earlier lead lost on 3 Sep 2025."},
			{Kind: desk.EventCall, At: at("2026-11-23", "10:31"), Incoming: true, Outcome: desk.Missed, Length: 34 * time.Second},
			{Kind: desk.EventNote, At: at("2025-09-03", "10:31"), Title: desk.Text{Key: "Earlier lead lost: delivery too late"}, Who: "Petra Weiß"},
		},
	}
	return &mainDesk{
		snap: desk.Snapshot{
			Accounts: []desk.Account{
				{Name: "Office", User: "101", State: desk.Registered},
				{Name: "Mobile trunk", State: desk.Retrying, Why: desk.Text{Key: "The PBX does not answer"}, Since: at("2026-11-23", "10:12"), Detail: "408 Request Timeout"},
			},
			Calls:  []desk.Call{{ID: "7", State: desk.Talking, Answered: mainNow.Add(-271 * time.Second), Party: desk.Party{Number: "0221 987 65 43"}, Card: desk.Card{Known: true, Name: "Jörg Groß"}}},
			Missed: 3, Due: 5, Leads: 12,
		},
		lists:   map[desk.List][]desk.Row{desk.LeadList: leads, desk.MissedList: missed, "done": done, desk.CallList: calls},
		records: map[desk.Ref]desk.Record{lead("1"): rec},
		found: map[string][]desk.Row{"0221 98": {
			{Ref: lead("1"), Title: "Groß & Söhne KG", Sub: "Jörg Groß · 0221 987 65 43", Dial: "+49221987654"},
			{Ref: desk.Ref{Kind: desk.Contact, ID: "2"}, Title: "Ümit Çelik", Sub: "Çelik Fenster GmbH · 0221 980 11", Dial: "+4922198011"},
			{Ref: desk.Ref{Kind: desk.Company, ID: "3"}, Title: "Rheinische Kühlhäuser AG", Sub: "0221 9845-0", Dial: "+4922198450"},
		}},
	}
}

// mainImporter knows what is in a file by its name.
type mainImporter struct {
	unindexed int
	held      *atomic.Int64 // counts the imports that wait for their end
}

func (i mainImporter) Unindexed() int { return i.unindexed }

func (i mainImporter) Import(ctx context.Context, file string, o ImportOptions) (ImportReport, error) {
	r := ImportReport{
		Format: desk.Text{Key: "CSV of {program}", Args: map[string]string{"program": "Outlook"}}, Ignored: []string{"Fax-Kennung", "Hobby"},
		Rows: 12000, Contacts: 11204, Companies: 312, Skipped: 794, Refusals: 2, Strangers: []ImportStranger{{"Petra Weiß", 1203}},
		First:   []ImportPerson{{"Käthe Süßmilch", "Bäckerei Süßmilch", "089 452177", "kaethe@suessmilch.example"}, {"Łukasz Wójcik", "", "+48 22 555 18 40", ""}},
		Refused: []ImportRefusal{{Line: 17, Why: desk.Text{Key: "the phone number {number} is none", Args: map[string]string{"number": "“auf Anfrage”"}}}, {Line: 4031, Why: desk.Text{Key: "no name, no company, no number and no e-mail"}}},
	}
	switch {
	case strings.HasSuffix(file, "misfits.csv"):
		return ImportReport{Format: r.Format, Rows: 2, Contacts: 2, Misfits: 60,
			Misfitted: []ImportRefusal{{Line: 23, Why: desk.Text{Key: "{column}: “{value}” is no telephone number", Args: map[string]string{"column": "Telefon privat", "value": "12"}}}}}, nil
	case strings.HasSuffix(file, "dos.csv"):
		r.Letters = cmp.Or(o.Letters, LettersOfWindows)
		if r.Letters != LettersOfDOS {
			r.First[0].Name = "K„the Sá\u0081milch"
		}
		return r, nil
	case strings.HasSuffix(file, "bad.csv"):
		return ImportReport{}, errors.New("line 3: no number")
	case strings.HasSuffix(file, "long.csv") && !o.Preview:
		o.Progress(5000)
		i.held.Add(1)
		defer i.held.Add(-1)
		<-ctx.Done()
		return ImportReport{Contacts: 5000, Rows: 5000}, ctx.Err()
	}
	r.Columns = []ImportColumn{{"Vorname", "first", "Käthe"}, {"Nachname", "last", "Süßmilch"}, {"Telefon geschäftlich", "phone:work", "089 452177"},
		{"Ort geschäftlich", "city:other", "München"}, {"Fax-Kennung", "", ""}, {"Hobby", o.Columns["Hobby"], "Schach"}}
	r.Own = []string{"Hobby and sport"}
	if strings.HasSuffix(file, "list.csv") && len(o.Columns) == 0 {
		r = ImportReport{Columns: []ImportColumn{{"Kd.", "", "Meier"}, {"Durchwahl", "", "030 1234567"}}, Unknown: true}
		return r, errors.New("no column is known")
	}
	if o.Columns["Hobby"] != "" {
		r.Ignored = []string{"Fax-Kennung"}
	}
	if !o.Preview {
		r.Unindexed = 11516
	}
	if o.Duplicates == DuplicatesUpdate {
		r.Updated, r.Skipped = r.Skipped, 0
	}
	return r, nil
}

func (mainImporter) Refused(_ context.Context, _, to string, _ ImportOptions) (int, error) {
	if strings.HasPrefix(to, "/full/") {
		return 0, errors.New("the disk is full")
	}
	return 2, nil
}

func (mainImporter) Export(context.Context, string, ExportFormat) (int, error) { return 1204, nil }

func (mainImporter) ExportRecord(_ context.Context, r crm.Ref, file string) error {
	return os.WriteFile(file, []byte(r.ID), 0o600)
}
