package notify

import (
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"git.sr.ht/~jackmordaunt/go-toast/wintoast"
)

// toast is Windows' notification service.
//
// The library's ready-made Push isn't used: when COM fails it puts the text into a
// PowerShell script, in double quotes, where a caller named $(…) would be run; and
// its template lets "]]>" end the text. Here the XML is ours and the way is COM only.
type toast struct {
	app     string
	pressed func(tag, key string)
	once    sync.Once
	fault   error
}

// Open returns the notifications of this desktop. app is the program's name;
// pressed gets the tag and the key of a button, on a goroutine of Windows.
func Open(app string, pressed func(tag, key string)) Desktop {
	return &toast{app: app, pressed: pressed}
}

func (t *toast) ready() error {
	t.once.Do(func() {
		t.fault = wintoast.SetAppData(wintoast.AppData{AppID: t.app})
		wintoast.SetActivationCallback(func(_, args string, _ []wintoast.UserData) {
			defer func() {
				if r := recover(); r != nil {
					slog.Error("fault at a notification button", "fault", r)
				}
			}()
			if key, tag, ok := strings.Cut(args, ":"); ok {
				t.pressed(tag, key)
			}
		})
	})
	return t.fault
}

// Show implements Desktop.
func (t *toast) Show(n Notification) error {
	if err := t.ready(); err != nil {
		return fmt.Errorf("register %s for notifications: %w", t.app, err)
	}
	text, err := xml.Marshal(toastXML(n))
	if err != nil {
		return fmt.Errorf("write a notification: %w", err)
	}
	if err := wintoast.Push(string(text)); err != nil {
		return fmt.Errorf("show a notification: %w", err)
	}
	return nil
}

// Close implements Desktop. Toasts of calls go by themselves after some seconds;
// the library can't take them away, and a button pressed too late is a wish for a
// call that is gone, which does nothing.
func (t *toast) Close(string) {}

// Shut implements Desktop.
func (t *toast) Shut() {}

type toastDoc struct {
	XMLName  xml.Name      `xml:"toast"`
	Kind     string        `xml:"activationType,attr"`
	Launch   string        `xml:"launch,attr"`
	Duration string        `xml:"duration,attr"`
	Binding  toastBinding  `xml:"visual>binding"`
	Audio    toastAudio    `xml:"audio"` // the ringer is ours
	Actions  []toastAction `xml:"actions>action"`
}

type toastBinding struct {
	Template string   `xml:"template,attr"`
	Text     []string `xml:"text"`
}

type toastAudio struct {
	Silent bool `xml:"silent,attr"`
}

type toastAction struct {
	Kind    string `xml:"activationType,attr"`
	Content string `xml:"content,attr"`
	Args    string `xml:"arguments,attr"`
}

func toastXML(n Notification) toastDoc {
	doc := toastDoc{
		Kind: "foreground", Launch: Default + ":" + n.Tag, Duration: "short",
		Binding: toastBinding{Template: "ToastGeneric", Text: []string{plain(n.Title), plain(n.Body)}},
		Audio:   toastAudio{Silent: true},
	}
	if n.Urgent {
		doc.Duration = "long"
	}
	for _, a := range n.Actions {
		if a.Key != Default {
			doc.Actions = append(doc.Actions, toastAction{"foreground", a.Label, a.Key + ":" + n.Tag})
		}
	}
	return doc
}
