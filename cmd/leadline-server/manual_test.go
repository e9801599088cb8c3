package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every flag, and every variable of the environment, that -help tells of is in the manual.
func TestTheManualHasEveryFlag(t *testing.T) {
	roff, err := os.ReadFile("../../assets/package/leadline-server.1")
	if err != nil {
		t.Fatal(err)
	}
	manual := strings.ReplaceAll(string(roff), `\-`, "-")
	for _, command := range []string{"serve", "user add", "user list", "user password", "user disable", "user enable", "key add", "key list", "key revoke",
		"webhook add", "webhook list", "webhook remove", "backup", "restore", "verify", "erase"} {
		var help bytes.Buffer
		if err := run(t.Context(), append(strings.Fields(command), "-help"), nil, &help, &help); err != nil {
			t.Errorf("%s -help: %v", command, err)
		}
		told := regexp.MustCompile(`(?m)^  (-[\w-]+)`).FindAllStringSubmatch(help.String(), -1)
		if len(told) == 0 {
			t.Errorf("%s -help tells of no flags: %s", command, &help)
		}
		for _, flag := range told {
			if !regexp.MustCompile(flag[1] + `\b[^-]`).MatchString(manual) {
				t.Errorf("%s %s is not in the manual", command, flag[1])
			}
		}
		for _, variable := range regexp.MustCompile(`LEADLINE_\w+`).FindAllString(help.String(), -1) {
			if !strings.Contains(manual, variable) {
				t.Errorf("%s is not in the manual", variable)
			}
		}
	}
}
