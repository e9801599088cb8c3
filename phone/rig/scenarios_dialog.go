package rig

// Scenarios for SIPp in which a dialog is more than a call and a BYE.

const scenarioFrom = `From: "SIPp" <sip:+493020948812@[local_ip]:[local_port]>;tag=[call_number]
`

const scenarioSDP = `v=0
o=sipp 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 9 RTP/AVP 8 0 101
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
`

// ReliableRinging calls [service], insists on a reliable 180 (RFC 3262), acknowledges it
// with PRACK and gives up.
const ReliableRinging = `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="reliable ringing">
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
` + scenarioFrom + `To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Require: 100rel
Content-Type: application/sdp
Content-Length: [len]

` + scenarioSDP + `]]></send>
<recv response="100" optional="true"/>
<recv response="180"><action>
<ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="1"/>
<ereg regexp="100rel" search_in="hdr" header="Require:" check_it="true" assign_to="2"/>
</action></recv>
<Reference variables="2"/>
<send retrans="500"><![CDATA[
PRACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
` + scenarioFrom + `[last_To:]
Call-ID: [call_id]
CSeq: 2 PRACK
RAck: [$1] 1 INVITE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<send retrans="500"><![CDATA[
CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-5]
` + scenarioFrom + `To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 CANCEL
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<recv response="487"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-8]
` + scenarioFrom + `[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
</scenario>
`

// RefreshedCall calls [service], which answers; refreshes the session by UPDATE
// (RFC 4028, RFC 3311), asks for its offer by a re-INVITE without one, and hangs up.
const RefreshedCall = `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="refreshed call">
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
` + scenarioFrom + `To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Supported: timer
Session-Expires: 1800;refresher=uac
Content-Type: application/sdp
Content-Length: [len]

` + scenarioSDP + `]]></send>
<recv response="100" optional="true"/>
<recv response="180"/>
<recv response="200"><action>
<ereg regexp="1800;refresher=uac" search_in="hdr" header="Session-Expires:" check_it="true" assign_to="1"/>
<ereg regexp="UPDATE" search_in="hdr" header="Allow:" check_it="true" assign_to="2"/>
</action></recv>
<Reference variables="1,2"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
` + scenarioFrom + `[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<send retrans="500"><![CDATA[
UPDATE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
` + scenarioFrom + `[last_To:]
Call-ID: [call_id]
CSeq: 2 UPDATE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Supported: timer
Session-Expires: 1800;refresher=uac
Content-Length: 0

]]></send>
<recv response="200"><action>
<ereg regexp="1800;refresher=uac" search_in="hdr" header="Session-Expires:" check_it="true" assign_to="3"/>
</action></recv>
<Reference variables="3"/>
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
` + scenarioFrom + `[last_To:]
Call-ID: [call_id]
CSeq: 3 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="100" optional="true"/>
<recv response="200"><action>
<ereg regexp="m=audio [1-9]" search_in="body" check_it="true" assign_to="4"/>
</action></recv>
<Reference variables="4"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
` + scenarioFrom + `[last_To:]
Call-ID: [call_id]
CSeq: 3 ACK
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

` + scenarioSDP + `]]></send>
<send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
` + scenarioFrom + `[last_To:]
Call-ID: [call_id]
CSeq: 4 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
`

// LongerSession is called, asks for a longer session with 422 (RFC 4028), answers early
// and reliably, takes the PRACK, answers without a body and is hung up on.
const LongerSession = `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="longer session">
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 422 Session Interval Too Small
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]a
[last_Call-ID:]
[last_CSeq:]
Min-SE: 3600
Content-Length: 0

]]></send>
<recv request="ACK"/>
<recv request="INVITE"><action>
<ereg regexp="3600" search_in="hdr" header="Session-Expires:" check_it="true" assign_to="3"/>
<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="1"/>
<ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="2"/>
</action></recv>
<Reference variables="3"/>
<send><![CDATA[
SIP/2.0 183 Session Progress
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:sipp@[local_ip]:[local_port]>
Require: 100rel
RSeq: 41
Content-Type: application/sdp
Content-Length: [len]

` + scenarioSDP + `]]></send>
<recv request="PRACK"><action>
<ereg regexp="41 [0-9]+ INVITE" search_in="hdr" header="RAck:" check_it="true" assign_to="4"/>
</action></recv>
<Reference variables="4"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
Via:[$1]
[last_From:]
[last_To:]
[last_Call-ID:]
CSeq:[$2]
Contact: <sip:sipp@[local_ip]:[local_port]>
Require: timer
Session-Expires: 3600;refresher=uac
Content-Length: 0

]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
`
