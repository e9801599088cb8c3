package notices_test

import (
	"strings"
	"testing"

	"leadline/assets/notices"
)

func TestALicenceIsFoundByTheNameOfWhatHasIt(t *testing.T) {
	for name, want := range map[string]string{
		"github.com/pion/rtp":           "MIT License",
		"github.com/klauspost/compress": "Snappy-Go Authors", // of a part of it
		"golang.org/x/sys":              "Google",
		"SQLite":                        "May you do good",
		"GLFW":                          "Marcus Geelnard",
		"miniaudio":                     "David Reid",
		"the font Inter":                "SIL OPEN FONT LICENSE",
		"the icons of Lucide":           "Cole Bemis",
		"Go":                            "The Go Authors",
		"the GNU C Library":             "Lesser General Public License",
		"Leadline":                      "Apache License",
		"github.com/danieljoos/wincred": "MIT", // linked on Windows only
	} {
		if got := notices.Of(name); !strings.Contains(got, want) || !strings.Contains(got, name) {
			t.Errorf("of %s: %d bytes without %q", name, len(got), want)
		}
	}
	if got := notices.Of("github.com/pion/rt"); got != "" {
		t.Errorf("half a name has a licence: %.80q", got)
	}
	if names := notices.Names(); len(names) < 80 {
		t.Errorf("only %d names: %q", len(names), names)
	}
}
