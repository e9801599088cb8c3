// Package notices has the licences of all that is linked into the programs; gen makes the file anew after go.mod
// has changed.
package notices

import (
	_ "embed"
	"strings"
)

//go:embed libraries.txt
var libraries string

// rule stands between the licences in the file.
var rule = "\n" + strings.Repeat("=", 72) + "\n"

// Names are all that the file has a licence of: "github.com/pion/rtp v1.10.6", "the font Inter".
func Names() (all []string) {
	for section := range sections {
		names, _, _ := strings.Cut(section, "\n\n")
		all = append(all, strings.Split(names, "\n")...)
	}
	return all
}

// Of are the licences of a module, by its path and with those of its parts, or of something else, by how its name
// begins; "" when the file has none.
func Of(name string) string {
	var texts []string
	for section := range sections {
		names, text, _ := strings.Cut(section, "\n\n")
		for n := range strings.SplitSeq(names, "\n") {
			if rest, ok := strings.CutPrefix(n, name); ok && (rest == "" || strings.ContainsAny(rest[:1], " ,")) {
				texts = append(texts, n+"\n\n"+strings.TrimSpace(text))
				break
			}
		}
	}
	return strings.Join(texts, "\n\n")
}

func sections(yield func(string) bool) {
	_, rest, _ := strings.Cut(libraries, rule)
	for s := range strings.SplitSeq(rest, rule) {
		if !yield(s) {
			return
		}
	}
}
