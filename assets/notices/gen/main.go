// Command gen gathers the licences of all libraries that are linked into the
// program, as they ask for, into assets/notices/libraries.txt. Run it in the
// project's root after go.mod has changed:
//
//	go run ./assets/notices/gen
//
// It fails on a library without a licence and on one whose licence would bind the
// whole program (GPL, AGPL).
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

const file = "assets/notices/libraries.txt"

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run() error {
	list := exec.Command("go", "list", "-tags", "sqlite_fts5", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("list the modules: %w", err)
	}
	users := map[string][]string{} // licence text → the modules under it
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		module, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || seen[module] {
			continue
		}
		seen[module] = true
		text, err := licenceOf(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", module, err)
		}
		users[text] = append(users[text], module)
	}
	type entry struct{ names, text string }
	var entries []entry
	for text, modules := range users {
		sort.Strings(modules)
		entries = append(entries, entry{strings.Join(modules, "\n"), text})
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].names < entries[j].names })
	var b bytes.Buffer
	b.WriteString("Libraries that are part of Leadline, and their licences.\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 72), e.names, e.text)
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

func licenceOf(dir string) (string, error) {
	names, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, n := range names {
		if n.IsDir() || !licenceFile.MatchString(n.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, n.Name()))
		if err != nil {
			return "", err
		}
		first := strings.ToUpper(string(text[:min(len(text), 200)]))
		if strings.Contains(first, "GENERAL PUBLIC LICENSE") && !strings.Contains(first, "LESSER") {
			return "", fmt.Errorf("%s is a GPL: it can't be linked in", n.Name())
		}
		return strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")), nil
	}
	if text := licenceInReadme(dir); text != "" {
		return text, nil
	}
	return "", fmt.Errorf("no licence found in %s", dir)
}

var licenceSection = regexp.MustCompile(`(?ims)^#+ *licen[cs]e *$(.*?)(?:^#|\z)`)

// licenceInReadme is the section of a README on the licence, where there is no file of it.
func licenceInReadme(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		return ""
	}
	found := licenceSection.FindSubmatch(text)
	if found == nil || strings.Contains(strings.ToUpper(string(found[1])), "GNU ") {
		return ""
	}
	return strings.TrimSpace(string(found[1]))
}
