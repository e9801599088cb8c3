package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The unit for systemd starts what there is, may have the ports of HTTPS and ACME, and has no password in the list of processes.
func TestTheUnitForSystemdStartsTheServer(t *testing.T) {
	text, err := os.ReadFile("../../assets/server/leadline-server.service")
	if err != nil {
		t.Fatal(err)
	}
	unit := string(text)
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/leadline-server (serve.*)$`).FindStringSubmatch(unit)
	if start == nil {
		t.Fatalf("it starts nothing: %s", unit)
	}
	if strings.Contains(start[1], "-database") {
		t.Errorf("whoever lists processes sees the database's password: %s", start[1])
	}
	var help bytes.Buffer
	arguments := append(strings.Fields(strings.ReplaceAll(start[1], "$LEADLINE_SERVER", "")), "-help")
	if err := run(t.Context(), arguments, nil, &help, &help); err != nil {
		t.Errorf("%v: %v", arguments, err)
	}
	for _, variable := range regexp.MustCompile(`LEADLINE_\w+`).FindAllString(unit, -1) {
		if variable != "LEADLINE_SERVER" && !strings.Contains(help.String(), variable) {
			t.Errorf("%s is nothing that the server reads", variable)
		}
	}
	for _, line := range []string{"AmbientCapabilities=CAP_NET_BIND_SERVICE", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE", "DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "Restart=on-failure", "StartLimitIntervalSec=0", "SystemCallFilter=@system-service", "SystemCallErrorNumber=EPERM", "MemoryDenyWriteExecute=yes", "Wants=network-online.target time-sync.target"} {
		if !strings.Contains(unit, "\n"+line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
	folder := regexp.MustCompile(`(?m)^StateDirectory=(\S+)$`).FindStringSubmatch(unit)
	if folder == nil || !strings.Contains(unit, "\nEnvironment=LEADLINE_DATABASE=sqlite:/var/lib/"+folder[1]+"/") {
		t.Errorf("the database is not in its folder: %v", folder)
	}
}
