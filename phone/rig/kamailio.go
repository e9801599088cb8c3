package rig

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// KamailioOptions say what kind of proxy a test wants.
type KamailioOptions struct {
	Endpoints []Endpoint // only User and Password count
	Expiry    int        // seconds granted whatever is asked for; 0: what is asked for
	MinExpiry int        // less is answered with 423; 0: nothing is
	Media     *RTPEngine // the sound of all calls goes through it; nil: telephones send it to each other
	Edge      bool       // no registrar: passes everything on to where it says, and stays in the way by Path and Record-Route
	// Trunk is more of its configuration, with a route[TRUNK] that takes calls from who is none of Endpoints; "": they are
	// asked for a password, as everybody is.
	Trunk string
}

// Kamailio is a running registrar and proxy: it asks for a digest at REGISTER and
// INVITE, keeps contacts in memory, forks to all of them and stays in the dialog
// by Record-Route.
type Kamailio struct {
	Port int
	Dir  string

	t       testing.TB
	process *Process
}

// StartKamailio starts a proxy and returns when it answers.
func StartKamailio(t testing.TB, opt KamailioOptions) *Kamailio {
	t.Helper()
	Need(t, "kamailio", "kamcmd")
	k := &Kamailio{Port: FreePort(t), Dir: folder(t), t: t}
	k.configure(opt)
	k.Start()
	return k
}

// Addr is where it takes SIP over UDP and TCP: "127.0.0.1:port".
func (k *Kamailio) Addr() string { return Loopback(k.Port) }

// Start starts it again on the same port after Stop or Kill; it has forgotten all
// contacts then.
func (k *Kamailio) Start() {
	k.t.Helper()
	k.process = Start(k.t, "kamailio", command("kamailio",
		"-DD", "-E", "-f", filepath.Join(k.Dir, "kamailio.cfg"), "-Y", k.Dir, "-w", k.Dir, "-m", "32", "-M", "8"))
	k.process.guard(k.t)
	Eventually(k.t, 30*time.Second, "kamailio answers", func() (bool, string) {
		out, err := k.rpc("core.version")
		return err == nil, out
	})
}

func (k *Kamailio) Stop()   { k.process.Stop() }
func (k *Kamailio) Kill()   { k.process.Kill() }
func (k *Kamailio) Freeze() { k.process.Freeze() }
func (k *Kamailio) Thaw()   { k.process.Thaw() }

// Process is the running program.
func (k *Kamailio) Process() *Process { return k.process }

func (k *Kamailio) rpc(args ...string) (string, error) {
	path, err := program("kamcmd")
	if err != nil {
		return "", err
	}
	return Ask(exec.Command(path, append([]string{"-s", "unix:" + k.Dir + "/ctl"}, args...)...))
}

// Contacts are the contact URIs registered for a user now.
func (k *Kamailio) Contacts(user string) []string {
	k.t.Helper()
	// "s:" keeps kamcmd from sending 101 as a number. 404 when there are none.
	out, _ := k.rpc("ul.lookup", "location", "s:"+user)
	var uris []string
	for _, m := range kamailioContact.FindAllStringSubmatch(out, -1) {
		uris = append(uris, m[1])
	}
	return uris
}

var kamailioContact = regexp.MustCompile(`(?m)^\s*Address: (\S+)`)

// Registered waits until the user has n contacts.
func (k *Kamailio) Registered(user string, n int, within time.Duration) {
	k.t.Helper()
	Eventually(k.t, within, fmt.Sprintf("%s has %d contacts", user, n), func() (bool, string) {
		c := k.Contacts(user)
		return len(c) == n, fmt.Sprint(c)
	})
}

func (k *Kamailio) configure(opt KamailioOptions) {
	users := ""
	for _, e := range opt.Endpoints {
		users += fmt.Sprintf("\t$sht(password=>%s) = \"%s\";\n", e.User, e.Password)
	}
	expiry := ""
	if opt.Expiry > 0 {
		expiry += fmt.Sprintf("modparam(\"registrar\", \"default_expires\", %[1]d)\nmodparam(\"registrar\", \"max_expires\", %[1]d)\n", opt.Expiry)
	}
	min := 0
	if opt.MinExpiry > 0 {
		min = opt.MinExpiry
	}
	route := registrarRoute
	if opt.Edge {
		route = edgeRoute
	}
	if opt.Media != nil {
		route = opt.Media.through(route)
	}
	write(k.t, filepath.Join(k.Dir, "kamailio.cfg"), strings.NewReplacer(
		"$ADDR", k.Addr(), "$DIR", k.Dir, "$USERS", users, "$EXPIRY", expiry, "$MIN", fmt.Sprint(min), "$TRUNK", fromTrunk(opt.Trunk),
	).Replace(kamailioConfig+route)+opt.Trunk)
}

// fromTrunk leads to route[TRUNK], where there is one.
func fromTrunk(config string) string {
	if config == "" {
		return ""
	}
	return `if (is_method("INVITE") && $sht(password=>$fU) == $null) { record_route(); route(TRUNK); exit; }`
}

const kamailioConfig = `#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=2
tcp_children=2
socket_workers=1
listen=udp:$ADDR
listen=tcp:$ADDR
auto_aliases=no
dns=no

loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "ctl.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "sanity.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "path.so"
loadmodule "htable.so"
loadmodule "auth.so"

modparam("ctl", "binrpc", "unix:$DIR/ctl")
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "timer_interval", 1)
modparam("registrar", "append_branches", 1)
modparam("registrar", "min_expires", 0)
modparam("registrar", "gruu_enabled", 0)
modparam("rr", "append_fromtag", 1)
modparam("tm", "fr_timer", 30000)
modparam("htable", "htable", "password=>size=8;")
$EXPIRY
`

const registrarRoute = `
event_route[htable:mod-init] {
$USERS}

request_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (is_method("OPTIONS") && uri == myself) { sl_send_reply("200", "OK"); exit; }
	if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
	if (has_totag()) {
		if (loose_route()) { t_relay(); exit; }
		if (is_method("ACK") && t_check_trans()) { t_relay(); }
		else if (!is_method("ACK")) { sl_send_reply("404", "Not Here"); }
		exit;
	}
	t_check_trans();
	$TRUNK
	if (is_method("REGISTER|INVITE|MESSAGE|SUBSCRIBE")) {
		if ($au == $null || !pv_auth_check("127.0.0.1", "$sht(password=>$au)", "0", "0")) {
			if (is_method("REGISTER")) { www_challenge("127.0.0.1", "1"); } else { proxy_challenge("127.0.0.1", "1"); }
			exit;
		}
		consume_credentials();
	}
	if (is_method("REGISTER")) {
		$var(asked) = $(hdr(Expires){s.int});
		if ($var(asked) > 0 && $var(asked) < $MIN) {
			append_to_reply("Min-Expires: $MIN\r\n");
			sl_send_reply("423", "Interval Too Brief");
			exit;
		}
		if (!save("location")) { sl_reply_error(); }
		exit;
	}
	record_route();
	if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
	if (!t_relay()) { sl_reply_error(); }
}
`

const edgeRoute = `
request_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
	if (has_totag()) {
		if (loose_route()) { t_relay(); exit; }
		if (is_method("ACK") && t_check_trans()) { t_relay(); }
		exit;
	}
	t_check_trans();
	loose_route();
	if (is_method("REGISTER")) { add_path(); } else { record_route(); }
	if (!t_relay()) { sl_reply_error(); }
}
`
