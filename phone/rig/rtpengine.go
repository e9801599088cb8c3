package rig

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// RTPEngine is a running media proxy, which Kamailio puts between the telephones of a call.
type RTPEngine struct {
	Addr string // where it takes the NG protocol

	process *Process
}

// StartRTPEngine starts one and returns when it takes commands.
func StartRTPEngine(t testing.TB) *RTPEngine {
	t.Helper()
	Need(t, "rtpengine")
	r := &RTPEngine{Addr: Loopback(FreePort(t))}
	first := FreePorts(t, 40)
	r.process = Start(t, "rtpengine", command("rtpengine", "--foreground", "--log-stderr", "--log-level=6", "--table=-1",
		"--interface=127.0.0.1", "--listen-ng="+r.Addr, "--port-min="+strconv.Itoa(first), "--port-max="+strconv.Itoa(first+39),
		"--pidfile="+folder(t)+"/pid", "--config-file=none"))
	r.process.Says(t, "Startup complete", 30*time.Second)
	return r
}

// Calls is how many calls it has carried so far.
func (r *RTPEngine) Calls() int { return strings.Count(r.process.Output(), "Creating new call") }

// through lets a proxy's script send the sound of each call through it.
func (r *RTPEngine) through(script string) string {
	script = strings.ReplaceAll(script, "t_relay()", "route(MEDIA)")
	return "loadmodule \"rtpengine.so\"\nmodparam(\"rtpengine\", \"rtpengine_sock\", \"udp:" + r.Addr + "\")\n" + script + `
route[MEDIA] {
	if (is_method("INVITE|ACK|BYE|CANCEL|UPDATE")) { rtpengine_manage("replace-origin replace-session-connection"); }
	t_on_reply("MEDIA");
	if (!t_relay()) { return -1; }
	return 1;
}
onreply_route[MEDIA] {
	if (has_body("application/sdp")) { rtpengine_manage("replace-origin replace-session-connection"); }
}
`
}
