package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"leadline/ui/desk"
)

// fakeDesk writes down what the windows wish, and shows what a test gives it.
type fakeDesk struct {
	mu     sync.Mutex
	wishes []string
	forms  []desk.Form // of ChangeForm
	snap   desk.Snapshot
	subs   []func(desk.Snapshot)
	onWish func(wish string)
}

func (f *fakeDesk) wish(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	f.mu.Lock()
	f.wishes = append(f.wishes, s)
	on := f.onWish
	f.mu.Unlock()
	if on != nil {
		on(s)
	}
}

// took returns the wishes since the last time.
func (f *fakeDesk) took() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.wishes
	f.wishes = nil
	return w
}

func (f *fakeDesk) publish(s desk.Snapshot) {
	f.mu.Lock()
	f.snap = s
	subs := slices.Clone(f.subs)
	f.mu.Unlock()
	for _, sub := range subs {
		sub(s)
	}
}

func (f *fakeDesk) Answer(id desk.CallID)                { f.wish("answer %s", id) }
func (f *fakeDesk) Decline(id desk.CallID)               { f.wish("decline %s", id) }
func (f *fakeDesk) HangUp(id desk.CallID)                { f.wish("hang up %s", id) }
func (f *fakeDesk) Mute(id desk.CallID, on bool)         { f.wish("mute %s %v", id, on) }
func (f *fakeDesk) Hold(id desk.CallID, on bool)         { f.wish("hold %s %v", id, on) }
func (f *fakeDesk) SendOn(id desk.CallID, to string)     { f.wish("send on %s %s", id, to) }
func (f *fakeDesk) Transfer(id desk.CallID, to string)   { f.wish("transfer %s %s", id, to) }
func (f *fakeDesk) Merge(id, with desk.CallID)           { f.wish("merge %s %s", id, with) }
func (f *fakeDesk) RecordCall(id desk.CallID, on bool)   { f.wish("record %s %v", id, on) }
func (f *fakeDesk) Part(id desk.CallID)                  { f.wish("part %s", id) }
func (f *fakeDesk) Join(id, with desk.CallID)            { f.wish("join %s %s", id, with) }
func (f *fakeDesk) Digits(id desk.CallID, digits string) { f.wish("digits %s %s", id, digits) }
func (f *fakeDesk) Note(id desk.CallID, text string)     { f.wish("note %s %s", id, text) }
func (f *fakeDesk) Choose(id desk.CallID, ref desk.Ref) {
	f.wish("choose %s %s %s", id, ref.Kind, ref.ID)
}
func (f *fakeDesk) FollowUp(id desk.CallID, due time.Time, owner string) {
	f.wish("%s", strings.TrimSpace(fmt.Sprintf("follow up %s %s %s", id, due.Format("2006-01-02 15:04"), owner)))
}
func (f *fakeDesk) Result(id desk.CallID, result string)    { f.wish("result %s %s", id, result) }
func (f *fakeDesk) FindToLink(id desk.CallID, words string) { f.wish("find %s %s", id, words) }
func (f *fakeDesk) LinkTo(id desk.CallID, ref desk.Ref) {
	f.wish("link %s %s %s", id, ref.Kind, ref.ID)
}
func (f *fakeDesk) CloseCall(id desk.CallID)                      { f.wish("close %s", id) }
func (f *fakeDesk) Dial(target, account string)                   { f.wish("dial %s %s", target, account) }
func (f *fakeDesk) CallOver(line string)                          { f.wish("call over %s", line) }
func (f *fakeDesk) OpenForm(id desk.CallID, kind desk.RecordKind) { f.wish("form %s %s", id, kind) }
func (f *fakeDesk) SaveForm(id desk.CallID)                       { f.wish("save %s", id) }
func (f *fakeDesk) CancelForm(id desk.CallID)                     { f.wish("cancel %s", id) }
func (f *fakeDesk) Away()                                         { f.wish("away") }
func (f *fakeDesk) Available()                                    { f.wish("available") }
func (f *fakeDesk) DoNotDisturb(until time.Time)                  { f.wish("quiet %s", until.Format("15:04")) }
func (f *fakeDesk) PickUp(account, extension string)              { f.wish("pick up %s %s", account, extension) }
func (f *fakeDesk) ForwardAll(target string)                      { f.wish("forward %s", target) }
func (f *fakeDesk) MaySendOn(context.Context, string) error       { return nil }
func (f *fakeDesk) Notices(func(desk.Notice))                     {}

func (f *fakeDesk) ChangeForm(id desk.CallID, form desk.Form) {
	f.mu.Lock()
	f.forms = append(f.forms, form)
	f.mu.Unlock()
	f.wish("change %s %s|%s|%s|%s|%s", id, form.FirstName, form.LastName, form.Company, form.Source, form.Responsible)
}

func (f *fakeDesk) Snapshot() desk.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *fakeDesk) Subscribe(sub func(desk.Snapshot)) (stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subs = append(f.subs, sub)
	return func() {}
}

func (f *fakeDesk) Except(id desk.CallID)                         { f.wish("except %s", id) }
func (f *fakeDesk) AnswerException(id desk.CallID, yes bool)      { f.wish("exception %s %v", id, yes) }
func (f *fakeDesk) AddExceptions(context.Context, []string) error { return errFake }
func (f *fakeDesk) TraceOf(context.Context, []string) (desk.Trace, error) {
	return desk.Trace{}, errFake
}

var errFake = errors.New("the fake desk has no records")

func (f *fakeDesk) List(context.Context, desk.Query) (desk.Page, error) { return desk.Page{}, errFake }
func (f *fakeDesk) Count(context.Context, desk.Query) (int, error)      { return 0, errFake }
func (f *fakeDesk) Record(context.Context, desk.Ref, int) (desk.Record, error) {
	return desk.Record{}, errFake
}
func (f *fakeDesk) Search(context.Context, string, int) ([]desk.Row, error) { return nil, errFake }
