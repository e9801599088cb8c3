package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// With AsteriskOptions.Lamps there are also:
//
//	*8 and an extension  picks up the call that rings there
//	613                  sends the text "Call Meier" to endpoint 101
//
// Each endpoint has a hint and a mailbox, and may subscribe to both.
const lampModules = `res_pjsip_outbound_publish res_pjsip_exten_state res_pjsip_dialog_info_body_generator res_pjsip_pidf_body_generator
res_pjsip_mwi res_pjsip_mwi_body_generator res_pjsip_messaging app_voicemail app_directed_pickup`

func (a *Asterisk) configureLamps() {
	write(a.t, a.etc("modules.conf"), "[modules]\nautoload=no\n"+loads(modules+" "+lampModules))
	var boxes strings.Builder
	for _, e := range a.opt.Endpoints {
		fmt.Fprintf(&boxes, "%s => 1234,%s\n", e.User, e.Name)
	}
	write(a.t, a.etc("voicemail.conf"), "[general]\nformat = wav\npollmailboxes = yes\npollfreq = 1\n[default]\n%s", boxes.String())
}

func (a *Asterisk) watches() string {
	if !a.opt.Lamps {
		return "allow_subscribe = no"
	}
	return "allow_subscribe = yes\nsubscribe_context = phones\nmessage_context = phones\nnotify_early_inuse_ringing = yes"
}

func (a *Asterisk) mailbox(e Endpoint) string {
	if !a.opt.Lamps {
		return ""
	}
	return "\nmailboxes = " + e.User + "@default\n"
}

func (a *Asterisk) hints() string {
	if !a.opt.Lamps {
		return ""
	}
	var b strings.Builder
	for _, e := range a.opt.Endpoints {
		fmt.Fprintf(&b, "exten => %s,hint,PJSIP/%[1]s\n", e.User)
	}
	return b.String() + `exten => _*8XXX,1,PickupChan(PJSIP/${EXTEN:2})
 same => n,Hangup()
exten => 613,1,Answer()
 same => n,Set(MESSAGE(body)=Call Meier)
 same => n,MessageSend(pjsip:101,sip:102@127.0.0.1)
 same => n,Hangup()
`
}

// LeaveMessages puts n voice messages into a user's mailbox, in the place of those that
// are there.
func (a *Asterisk) LeaveMessages(user string, n int) {
	a.t.Helper()
	inbox := filepath.Join(a.Dir, "spool/voicemail/default", user, "INBOX")
	if err := os.RemoveAll(inbox); err != nil {
		a.t.Fatal(err)
	}
	if err := os.MkdirAll(inbox, 0o700); err != nil {
		a.t.Fatal(err)
	}
	for i := range n {
		write(a.t, filepath.Join(inbox, fmt.Sprintf("msg%04d.txt", i)), "[message]\norigmailbox=%s\n", user)
	}
}
