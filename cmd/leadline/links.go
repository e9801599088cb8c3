package main

import (
	"fmt"
	"strings"
)

// onlyLinks are the arguments that are links to dial (requirements.md H5); others
// are mistakes.
func onlyLinks(args []string) ([]string, error) {
	for _, a := range args {
		if !isLink(a) {
			return nil, fmt.Errorf("%q is neither a command nor a tel:, sip: or callto: link", a)
		}
	}
	return args, nil
}

func isLink(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || rest == "" {
		return false
	}
	switch strings.ToLower(scheme) {
	case "tel", "sip", "sips", "callto":
		return true
	}
	return false
}
