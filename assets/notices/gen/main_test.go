package main

import (
	"slices"
	"strings"
	"testing"

	"leadline/assets/notices"
)

// Every module that the programs are linked of on any system has its licence in the file, and no other has: it has to be
// made anew when go.mod has changed.
func TestTheFileHasTheLicencesOfWhatIsLinked(t *testing.T) {
	t.Chdir("../../..")
	want := map[string]bool{}
	for _, system := range systems {
		linked, err := packages(system)
		if err != nil {
			t.Fatal(err)
		}
		if len(linked) < 50 {
			t.Errorf("for %s only %d packages are linked", system, len(linked))
		}
		for _, l := range linked {
			want[l.module+" "+l.version] = true
		}
	}
	has := notices.Names()
	for module := range want {
		if !slices.Contains(has, module) {
			t.Errorf("%s is linked, and its licence is missing: go run ./assets/notices/gen", module)
		}
	}
	for _, name := range has {
		module, _, _ := strings.Cut(name, ",")
		if path, version, ok := strings.Cut(module, " "); ok && strings.HasPrefix(version, "v") && strings.Contains(path, "/") && !want[module] {
			t.Errorf("%s is not linked any more: go run ./assets/notices/gen", module)
		}
	}
}
