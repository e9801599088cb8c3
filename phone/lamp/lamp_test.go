package lamp

import (
	"reflect"
	"strings"
	"testing"
)

func TestMessageSummaries(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want Summary
		bad  bool
	}{
		"RFC 3842 §5.4": {body: "Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 4/8 (1/2)\r\n",
			want: Summary{Waiting: true, Account: "sip:alice@vmail.example.com", Voice: Count{4, 8, 1, 2}}},
		"none":              {body: "Messages-Waiting: no\r\nVoice-Message: 0/3\r\n", want: Summary{Voice: Count{Old: 3}}},
		"lines end in LF":   {body: "messages-waiting:YES\nvoice-message:1/0\n", want: Summary{Waiting: true, Voice: Count{New: 1}}},
		"no numbers":        {body: "Messages-Waiting: yes\r\n", want: Summary{Waiting: true}},
		"nonsense numbers":  {body: "Messages-Waiting: yes\r\nVoice-Message: -3/99999999999999999999 (x)\r\n", want: Summary{Waiting: true}},
		"message headers":   {body: "Messages-Waiting: yes\r\n\r\nVoice-Message: 7/7\r\n", want: Summary{Waiting: true}},
		"empty":             {bad: true},
		"something else":    {body: "<xml/>", bad: true},
		"neither yes or no": {body: "Messages-Waiting: maybe\r\n", bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseSummary([]byte(tt.body))
			if got != tt.want || (err != nil) != tt.bad {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// document is dialog information of one dialog.
func dialogInfo(version, state, dialogs string) string {
	return `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="` + version +
		`" state="` + state + `" entity="sip:102@pbx.example.org">` + dialogs + `</dialog-info>`
}

const (
	ringing = `<dialog id="a" call-id="c1@pbx" local-tag="l" remote-tag="r" direction="recipient"><state>early</state>` +
		`<remote><identity display="Erika Meier">sip:+493020948812@pbx.example.org</identity></remote></dialog>`
	talking = `<dialog id="a"><state>confirmed</state></dialog>`
	over    = `<dialog id="a"><state event="remote-bye">terminated</state></dialog>`
)

func TestDialogInformation(t *testing.T) {
	got, err := ParseDialogInfo([]byte(dialogInfo("3", "full", ringing)))
	want := Info{Entity: "sip:102@pbx.example.org", Version: 3, Full: true, Dialogs: []Dialog{{
		ID: "a", CallID: "c1@pbx", LocalTag: "l", RemoteTag: "r", Incoming: true, Direction: true, State: Early,
		Remote: Identity{"sip:+493020948812@pbx.example.org", "Erika Meier"},
	}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, body := range map[string]string{
		"empty": "", "no XML": "hello", "another document": "<presence/>", "cut off": dialogInfo("1", "full", "")[:60],
		"version": dialogInfo("x", "full", ""),
	} {
		if _, err := ParseDialogInfo([]byte(body)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	// What could break out of a header stays out.
	evil, err := ParseDialogInfo([]byte(dialogInfo("1", "full", `<dialog id="a" call-id="x&#13;&#10;Evil: yes"><state>early</state></dialog>`)))
	if err != nil || evil.Dialogs[0].CallID != "" {
		t.Errorf("%+v, %v", evil, err)
	}
	many, err := ParseDialogInfo([]byte(dialogInfo("1", "full", strings.Repeat(ringing, 10*maxDialogs))))
	if err != nil || len(many.Dialogs) != maxDialogs {
		t.Errorf("%d dialogs, %v", len(many.Dialogs), err)
	}
}

func TestWatchFollowsWholeAndPartialDocuments(t *testing.T) {
	var w Watch
	apply := func(version, state, dialogs string) bool {
		t.Helper()
		info, err := ParseDialogInfo([]byte(dialogInfo(version, state, dialogs)))
		if err != nil {
			t.Fatal(err)
		}
		return w.Apply(info)
	}
	is := func(what string, rings, talks bool) {
		t.Helper()
		if _, r := w.Ringing(); r != rings || w.Talking() != talks {
			t.Errorf("%s: ringing %v, talking %v", what, r, w.Talking())
		}
	}
	if !apply("5", "partial", ringing) || w.Known() {
		t.Error("a partial document comes first: the whole is missing")
	}
	apply("0", "full", "")
	is("idle", false, false)
	apply("1", "partial", ringing)
	is("it rings", true, false)
	apply("2", "partial", talking)
	is("answered", false, true)
	apply("1", "partial", ringing)
	is("an old document", false, true)
	if !apply("4", "partial", over) {
		t.Error("version 3 is missing and nobody notices")
	}
	is("as before", false, true)
	apply("5", "full", `<dialog id="b" direction="initiator"><state>trying</state></dialog>`)
	is("dials", false, true)
	apply("6", "partial", `<dialog id="b"><state>terminated</state></dialog>`)
	is("idle again", false, false)
	apply("0", "full", `<dialog id="102"><state>early</state></dialog>`) // as Asterisk says it
	is("a PBX that doesn't count", true, false)
}

func FuzzMessageSummary(f *testing.F) {
	f.Add([]byte("Messages-Waiting: yes\r\nMessage-Account: sip:a@b\r\nVoice-Message: 2/8 (0/2)\r\n\r\nTo: <x>\r\n"))
	f.Add([]byte("Messages-Waiting:no"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := ParseSummary(body)
		if err != nil && s != (Summary{}) {
			t.Error("an error with a value")
		}
		for _, n := range []int{s.Voice.New, s.Voice.Old, s.Voice.UrgentNew, s.Voice.UrgentOld} {
			if n < 0 || n > maxMessages {
				t.Errorf("%+v", s)
			}
		}
	})
}

func FuzzDialogInfo(f *testing.F) {
	for _, dialogs := range []string{"", ringing, talking, over} {
		f.Add([]byte(dialogInfo("1", "full", dialogs)))
		f.Add([]byte(dialogInfo("2", "partial", dialogs)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		info, err := ParseDialogInfo(body)
		if err != nil {
			return
		}
		var w Watch
		w.Apply(Info{Full: true})
		w.Apply(info)
		d, _ := w.Ringing()
		w.Talking()
		if strings.ContainsAny(d.CallID+d.LocalTag+d.RemoteTag, "\r\n;, ") {
			t.Errorf("%+v", d)
		}
	})
}
