package lamp

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DialogInfoType is the content type of dialog information.
const DialogInfoType = "application/dialog-info+xml"

// DialogState is where a call of a colleague stands (RFC 4235 §3.7.1).
type DialogState int

const (
	Unknown    DialogState = iota // a state that the RFC does not have
	Trying                        // an INVITE was sent, nothing came back
	Proceeding                    // a provisional answer without a tag
	Early                         // it rings: a provisional answer with a tag
	Confirmed                     // answered
	Terminated                    // ended
)

// String is the state as RFC 4235 names it.
func (s DialogState) String() string {
	return [...]string{"unknown", "trying", "proceeding", "early", "confirmed", "terminated"}[s]
}

// Dialog is one call of a colleague.
type Dialog struct {
	ID                          string
	CallID, LocalTag, RemoteTag string // "" when the PBX keeps them to itself
	Incoming                    bool   // as far as is told
	Direction                   bool   // Incoming is told
	State                       DialogState
	Remote                      Identity // who is at the other end
	Target                      string   // URI where the other end is reached; "" when untold
}

// Identity is somebody in a dialog.
type Identity struct{ URI, Display string }

// Info is one document: all dialogs of an entity, or those that changed.
type Info struct {
	Entity  string
	Version uint32
	Full    bool
	Dialogs []Dialog
}

// maxDialogs is how many calls of a colleague are looked at.
const maxDialogs = 64

type document struct {
	XMLName xml.Name `xml:"dialog-info"`
	Entity  string   `xml:"entity,attr"`
	Version uint32   `xml:"version,attr"`
	State   string   `xml:"state,attr"`
	Dialogs []struct {
		ID        string `xml:"id,attr"`
		CallID    string `xml:"call-id,attr"`
		LocalTag  string `xml:"local-tag,attr"`
		RemoteTag string `xml:"remote-tag,attr"`
		Direction string `xml:"direction,attr"`
		State     string `xml:"state"`
		Remote    struct {
			Identity struct {
				Display string `xml:"display,attr"`
				URI     string `xml:",chardata"`
			} `xml:"identity"`
			Target struct {
				URI string `xml:"uri,attr"`
			} `xml:"target"`
		} `xml:"remote"`
	} `xml:"dialog"`
}

// ParseDialogInfo reads a document of RFC 4235 §4. A dialog without an id is none.
func ParseDialogInfo(body []byte) (Info, error) {
	var d document
	if err := xml.NewDecoder(bytes.NewReader(body)).Decode(&d); err != nil {
		return Info{}, fmt.Errorf("read dialog information: %w", err)
	}
	info := Info{Entity: printable(d.Entity), Version: d.Version, Full: !strings.EqualFold(d.State, "partial")}
	for _, x := range d.Dialogs {
		if x.ID == "" || len(info.Dialogs) == maxDialogs {
			continue
		}
		uri := strings.TrimSpace(x.Remote.Identity.URI)
		if uri == "" {
			uri = x.Remote.Target.URI
		}
		info.Dialogs = append(info.Dialogs, Dialog{
			ID: x.ID, CallID: token(x.CallID), LocalTag: token(x.LocalTag), RemoteTag: token(x.RemoteTag),
			Incoming:  strings.EqualFold(x.Direction, "recipient"),
			Direction: strings.EqualFold(x.Direction, "recipient") || strings.EqualFold(x.Direction, "initiator"),
			State:     parseState(x.State),
			Target:    printable(x.Remote.Target.URI),
			Remote:    Identity{URI: printable(uri), Display: printable(x.Remote.Identity.Display)},
		})
	}
	return info, nil
}

func parseState(text string) DialogState {
	text = strings.ToLower(strings.TrimSpace(text))
	for s := Trying; s <= Terminated; s++ {
		if s.String() == text {
			return s
		}
	}
	return Unknown
}

// token is text that may stand in a header, or nothing.
func token(text string) string {
	if len(text) > 512 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ';' || r == ',' }) {
		return ""
	}
	return text
}

// printable is text without what could garble a screen.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200])
	}
	return text
}
