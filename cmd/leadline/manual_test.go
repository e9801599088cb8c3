package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every flag that the help tells of is in the manual.
func TestTheManualHasEveryFlag(t *testing.T) {
	roff, err := os.ReadFile("../../assets/package/leadline.1")
	if err != nil {
		t.Fatal(err)
	}
	manual := strings.ReplaceAll(string(roff), `\-`, "-")
	for _, help := range []string{usage, importUsage, exportUsage} {
		told := regexp.MustCompile(`(?m)[[ ](-[a-z]+)`).FindAllStringSubmatch(help, -1)
		if len(told) == 0 {
			t.Errorf("it tells of no flags: %s", help)
		}
		for _, flag := range told {
			if !regexp.MustCompile(flag[1] + `\b[^-]`).MatchString(manual) {
				t.Errorf("%s is not in the manual", flag[1])
			}
		}
	}
}
