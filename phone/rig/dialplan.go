package rig

import "strings"

// dialplan is the PBX's extensions:
//
//	1xx  the endpoint of that name
//	600  echo
//	601  a tone of 1004 Hz
//	602  busy here
//	603  congestion, 503
//	604  does not exist, 404
//	605  rings and is never answered
//	606  early media: 440 Hz for twenty seconds, then busy; never answered
//	607  answers and writes the digits it gets to a file, see Digits
//	608  plays 440 Hz and records what it hears, see Heard
//	609  answers, and hangs up after a second
//	610  rings the group all at once
//	611  declines, 403
func (a *Asterisk) dialplan() string {
	var group []string
	for _, user := range a.opt.Group {
		group = append(group, "PJSIP/"+user)
	}
	if len(group) == 0 {
		for _, e := range a.opt.Endpoints {
			group = append(group, "PJSIP/"+e.User)
		}
	}
	return strings.NewReplacer("$GROUP", strings.Join(group, "&"), "$DIR", a.Dir, "$LINE", a.line(), "$MORE", a.hints()+a.opt.Dialplan).Replace(`
[phones]
exten => _1XX,1,Set(LINE=${IF($["${LINE}"=""]?$LINE:${LINE})})
 same => n,Dial(PJSIP/${EXTEN},120,b(add-line^s^1(${LINE})))
 same => n,Hangup(${HANGUPCAUSE})

exten => 600,1,Answer()
 same => n,Echo()
exten => 601,1,Answer()
 same => n,Milliwatt()
exten => 602,1,Hangup(17)
exten => 603,1,Hangup(34)
exten => 604,1,Hangup(1)
exten => 605,1,Ringing()
 same => n,Wait(300)
exten => 606,1,Progress()
 same => n,Playtones(440)
 same => n,Wait(20)
 same => n,Hangup(17)
exten => 607,1,Answer()
 same => n(again),Read(DIGIT,,1,t,1,60)
 same => n,GotoIf($["${DIGIT}"=""]?again)
 same => n,Set(FILE($DIR/digits,,,al,u)=${DIGIT})
 same => n,Goto(again)
exten => 608,1,Answer()
 same => n,MixMonitor(${IF($["${CALL}"=""]?608:${CALL})}.wav,r(${IF($["${CALL}"=""]?608:${CALL})}-rx.wav))
 same => n,Playtones(440)
 same => n,Wait(300)
exten => 609,1,Answer()
 same => n,Wait(1)
 same => n,Hangup(16)
exten => 610,1,Dial($GROUP,120,b(add-line^s^1($LINE)))
 same => n,Hangup(${HANGUPCAUSE})
exten => 611,1,Hangup(21)
$MORE
; A call that somebody outside makes to an agent.
[incoming]
exten => _X!,1,Set(CALLERID(num)=${CALLER})
 same => n,Set(CALLERID(name)=${CALLERNAME})
 same => n,ExecIf($["${HIDDEN}"="yes"]?Set(CALLERID(pres)=prohib))
 same => n,GotoIf($["${EXTEN}"="610"]?group)
 same => n,Dial(PJSIP/${EXTEN},120,b(add-line^s^1(${LINE})))
 same => n,Hangup(${HANGUPCAUSE})
 same => n(group),Dial($GROUP,120,b(add-line^s^1(${LINE})))
 same => n,Hangup(${HANGUPCAUSE})

; Before the INVITE goes out: say which line was dialled (requirements.md A2).
[add-line]
exten => s,1,Set(PJSIP_HEADER(add,X-Line)=${ARG1})
 same => n,Return()
`)
}
