package rig

import (
	"fmt"
	"strings"
)

func (a *Asterisk) configure() {
	write(a.t, a.etc("asterisk.conf"), `[directories]
astetcdir => %[1]s/etc
astmoddir => %[2]s
astvarlibdir => %[1]s/lib
astdbdir => %[1]s/db
astkeydir => %[1]s/lib
astdatadir => %[3]s
astagidir => %[1]s/lib
astspooldir => %[1]s/spool
astrundir => %[1]s/run
astlogdir => %[1]s/log
astsbindir => /nonexistent
[options]
nocolor = yes
documentation_language = en_US
systemname = rig
live_dangerously = yes
`, a.Dir, a.bin.modules, a.bin.data)

	write(a.t, a.etc("modules.conf"), "[modules]\nautoload=no\n"+loads(modules+" "+a.opt.Modules))
	if a.opt.Lamps {
		a.configureLamps()
	}
	write(a.t, a.etc("logger.conf"), "[general]\n[logfiles]\nconsole => notice,warning,error,verbose\n")
	write(a.t, a.etc("rtp.conf"), "[general]\nrtpstart=%d\nrtpend=%d\nicesupport=no\nstrictrtp=yes\n", a.rtp, a.rtp+2*a.opt.Calls-1)
	write(a.t, a.etc("pjproject.conf"), "[startup]\nlog_level=2\n")
	write(a.t, a.etc("pjsip.conf"), a.pjsip())
	write(a.t, a.etc("extensions.conf"), a.dialplan())
	// Asterisk complains about each file that it looks for and doesn't find.
	for _, name := range []string{"cdr.conf", "cel.conf", "features.conf", "udptl.conf", "stasis.conf", "indications.conf",
		"musiconhold.conf", "manager.conf", "http.conf", "acl.conf", "ccss.conf", "codecs.conf", "dnsmgr.conf", "dsp.conf"} {
		write(a.t, a.etc(name), fileOf[name])
	}
}

var fileOf = map[string]string{
	"indications.conf": "[general]\ncountry=de\n[de]\ndescription=Germany\nringcadence=1000,4000\nring=425/1000,0/4000\nbusy=425/480,0/480\ncongestion=425/240,0/240\ndial=425\n",
	"manager.conf":     "[general]\nenabled=no\n",
	"http.conf":        "[general]\nenabled=no\n",
	"cdr.conf":         "[general]\nenable=no\n",
}

// modules are those that a small PBX needs; all of them take four times as long
// to start.
const modules = `res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject
res_pjsip res_pjsip_session res_pjsip_pubsub res_pjsip_registrar res_pjsip_authenticator_digest res_pjsip_acl
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_anonymous
res_pjsip_caller_id res_pjsip_diversion res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_header_funcs
res_pjsip_nat res_pjsip_refer res_pjsip_rfc3326 res_pjsip_sdp_rtp res_pjsip_logger res_pjsip_path
res_pjsip_dlg_options res_pjsip_outbound_authenticator_digest
chan_pjsip func_pjsip_aor func_pjsip_contact func_pjsip_endpoint res_rtp_asterisk res_srtp
bridge_simple bridge_native_rtp bridge_softmix bridge_holding bridge_builtin_features
codec_ulaw codec_alaw codec_a_mu codec_g722 codec_gsm codec_resample codec_opus_open_source
format_wav format_pcm format_gsm format_sln res_format_attr_opus
app_dial app_echo app_playback app_playtones app_milliwatt app_read app_mixmonitor app_senddtmf app_stack app_verbose
app_exec app_userevent app_transfer res_musiconhold
func_callerid func_channel func_strings func_logic func_env func_hangupcause func_global func_dialplan func_timeout
pbx_config pbx_spool res_clioriginate res_mutestream`

func loads(modules string) string {
	var b strings.Builder
	for m := range strings.FieldsSeq(modules) {
		fmt.Fprintf(&b, "load = %s.so\n", m)
	}
	return b.String()
}

func (a *Asterisk) pjsip() string {
	var b strings.Builder
	fmt.Fprintf(&b, `[global]
type = global
user_agent = Asterisk (rig)
endpoint_identifier_order = username,ip,anonymous
[udp]
type = transport
protocol = udp
bind = %[1]s
[tcp]
type = transport
protocol = tcp
bind = %[1]s
`, a.Addr())
	if a.opt.Certificate != "" {
		fmt.Fprintf(&b, "[tls]\ntype = transport\nprotocol = tls\nbind = %s\ncert_file = %s\npriv_key_file = %s\nmethod = tlsv1_2\n",
			a.TLSAddr(), a.opt.Certificate, a.opt.Key)
	}
	if a.opt.ClientCA != "" {
		fmt.Fprintf(&b, "ca_list_file = %s\nverify_client = yes\nrequire_client_cert = yes\n", a.opt.ClientCA)
	}
	for _, e := range a.opt.Endpoints {
		codecs := e.Codecs
		if len(codecs) == 0 {
			codecs = []string{"alaw", "ulaw"}
		}
		contacts := e.Contacts
		if contacts == 0 {
			contacts = 5
		}
		expiry := ""
		if a.opt.Expiry > 0 {
			expiry = fmt.Sprintf("minimum_expiration = 1\nmaximum_expiration = %[1]d\ndefault_expiration = %[1]d\n", a.opt.Expiry)
		}
		fmt.Fprintf(&b, `
[%[1]s]
type = endpoint
context = phones
disallow = all
allow = %[2]s
auth = %[1]s
aors = %[1]s
callerid = "%[3]s" <%[1]s>
direct_media = no
rtp_symmetric = yes
force_rport = yes
rewrite_contact = no
media_address = 127.0.0.1
bind_rtp_to_media_address = yes
send_pai = yes
trust_id_outbound = yes
%[9]s%[7]s
[%[1]s]
type = auth
auth_type = userpass
username = %[1]s
password = %[4]s
[%[1]s]
type = aor
max_contacts = %[5]d
remove_existing = yes
support_path = yes
%[6]s%[8]s`, e.User, strings.Join(codecs, ","), e.Name, e.Password, contacts, expiry, a.watches(), a.mailbox(e), e.encryption())
	}
	return b.String() + "\n" + a.opt.PJSIP
}

// encryption is how an endpoint's sound must be encrypted.
func (e Endpoint) encryption() string {
	switch e.Encryption {
	case "sdes":
		return "media_encryption = sdes\n"
	case "dtls":
		return "media_encryption = dtls\ndtls_auto_generate_cert = yes\ndtls_verify = fingerprint\ndtls_setup = actpass\n"
	}
	return ""
}
