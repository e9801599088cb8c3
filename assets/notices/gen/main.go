// Command gen gathers the licences of all that is linked into the programs, on each
// system that they are made for, as these licences ask for, into
// assets/notices/libraries.txt. Run it in the project's root after go.mod has changed:
//
//	go run ./assets/notices/gen
//
// It fails on a library without a licence and on one whose licence would bind the
// whole program (GPL, AGPL).
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
)

const file = "assets/notices/libraries.txt"

// systems are what the programs are made for; each links modules that others don't.
var systems = []string{"linux", "windows", "darwin"}

// part is what has a licence of its own within a module: C sources and fonts that come with its packages.
type part struct {
	module, name string
	path         string // of the licence; it is the file's end from the mark on
	from         string
}

var parts = []part{
	{"github.com/go-gl/glfw/v3.4/glfw", "GLFW, in C", "glfw/LICENSE.md", ""},
	{"github.com/gen2brain/malgo", "miniaudio, in C", "miniaudio.h", "This software is available as a choice of the following licenses."},
	{"fyne.io/fyne/v2", "the font Noto Sans, of Fyne", "theme/font/LICENSE.txt", ""},
	{"fyne.io/fyne/v2", "the font Inter, of Fyne", "theme/font/LICENSE_Inter.txt", ""},
	{"fyne.io/fyne/v2", "the font DejaVu Sans Mono for Powerline, of Fyne", "theme/font/LICENSE_DejaVu-Powerline.txt", ""},
}

// others come from no module: what each is, where its licence is, and that licence.
var others = []entry{
	{"SQLite, in C (within github.com/mattn/go-sqlite3)", "The author disclaims copyright to this source code. In place of\na legal notice, here is a blessing:\n\n   May you do good and not evil.\n   May you find forgiveness for yourself and forgive others.\n   May you share freely, never taking more than you give."},
	{"SpeexDSP, in leadline for Linux, which opens the system's", "It is under the BSD licence of Xiph.Org: https://www.speex.org. It is no part of the package."},
	{"the runtime of MinGW-w64, in the programs for Windows",
		"Its parts are in the public domain or under the Zope Public License 2.1, its threads\n(winpthreads) under the MIT and BSD licences; libgcc and libstdc++ are under the GPL 3 with\nthe GCC Runtime Library Exception, which lets them be linked into programs of any licence.\nThe texts: https://www.mingw-w64.org and https://www.gnu.org/licenses/gcc-exception-3.1.html."},
}

// ours are licences of what lies in the project itself.
var ours = map[string]string{
	"Leadline, and the places of telephone numbers from libphonenumber": "LICENSE",
	"the font Inter": "assets/fonts/OFL.txt",
	// Whoever has the sources of Leadline links its server anew with another version: make build/leadline-server.
	"the GNU C Library, in leadline-server for Linux, which is linked statically": "assets/notices/LGPL-2.1.txt",
	"the icons of Lucide": "assets/icons/LICENSE.lucide.txt",
}

type entry struct{ names, text string }

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)

func main() {
	text, err := gather()
	if err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

// gather is the file as it should be.
func gather() ([]byte, error) {
	users := map[string][]string{} // licence text → who is under it
	add := func(name, text string) {
		if !slices.Contains(users[text], name) {
			users[text] = append(users[text], name)
		}
	}
	seen := map[string]bool{}
	for _, system := range systems {
		linked, err := packages(system)
		if err != nil {
			return nil, err
		}
		for _, l := range linked {
			if err := l.licences(seen, add); err != nil {
				return nil, fmt.Errorf("%s: %w", l.module, err)
			}
		}
	}
	for _, o := range others {
		add(o.names, o.text)
	}
	for name, path := range ours {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		add(name, plain(text))
	}
	goes, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("find Go: %w", err)
	}
	goLicence, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goes)), "LICENSE"))
	if err != nil {
		return nil, fmt.Errorf("read Go's licence: %w", err)
	}
	add("Go and its standard library", plain(goLicence))

	var entries []entry
	for text, names := range users {
		sort.Strings(names)
		entries = append(entries, entry{strings.Join(names, "\n"), text})
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].names < entries[j].names })
	var b bytes.Buffer
	b.WriteString("What is part of Leadline on one system or another, and its licences.\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 72), e.names, e.text)
	}
	return b.Bytes(), nil
}

// linkedPackage is a package that is linked in.
type linkedPackage struct{ module, version, root, dir string }

// packages are what the programs for a system are linked of, but for Leadline itself and Go.
func packages(system string) ([]linkedPackage, error) {
	list := exec.Command("go", "list", "-tags", "sqlite_fts5", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", "./cmd/leadline", "./cmd/leadline-server")
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=1")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages for %s: %w", system, err)
	}
	var all []linkedPackage
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 4 {
			all = append(all, linkedPackage{f[0], f[1], f[2], f[3]})
		}
	}
	return all, nil
}

// licences adds that of the package's module, and those of folders on the way down to the package.
func (l linkedPackage) licences(seen map[string]bool, add func(name, text string)) error {
	module := l.module + " " + l.version
	if !seen[module] {
		seen[module] = true
		text, err := licenceOf(l.root)
		if err == nil && text == "" {
			text, err = licenceInReadme(l.root)
		}
		if err != nil {
			return err
		}
		add(module, text)
		for _, p := range parts {
			if p.module == l.module {
				text, err := os.ReadFile(filepath.Join(l.root, filepath.FromSlash(p.path)))
				if err != nil {
					return err
				}
				_, rest, found := strings.Cut(plain(text), p.from)
				if !found {
					return fmt.Errorf("%s has no %q", p.path, p.from)
				}
				add(p.name, strings.TrimSuffix(p.from+rest, "\n*/"))
			}
		}
	}
	for dir := l.dir; dir != l.root; dir = filepath.Dir(dir) {
		if seen[dir] {
			break
		}
		seen[dir] = true
		text, err := licenceOf(dir)
		if err != nil {
			return err
		}
		if text != "" {
			below, err := filepath.Rel(l.root, dir)
			if err != nil {
				return err
			}
			add(module+", "+filepath.ToSlash(below), text)
		}
	}
	return nil
}

// licenceOf is the licence that lies in a folder; "" when none does.
func licenceOf(dir string) (string, error) {
	names, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(names, func(n fs.DirEntry) bool { return !n.IsDir() && licenceFile.MatchString(n.Name()) })
	if i < 0 {
		return "", nil
	}
	text, err := os.ReadFile(filepath.Join(dir, names[i].Name()))
	if err != nil {
		return "", err
	}
	// Of the GNU licences the Lesser one lets what it is linked into have any other.
	first := strings.ToUpper(string(text[:min(len(text), 200)]))
	if strings.Contains(first, "GENERAL PUBLIC LICENSE") && !strings.Contains(first, "LESSER") {
		return "", fmt.Errorf("%s is a GPL: it can't be linked in", names[i].Name())
	}
	return plain(text), nil
}

func plain(text []byte) string {
	return strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))
}

var licenceSection = regexp.MustCompile(`(?ims)^#+ *licen[cs]e *$(.*?)(?:^#|\z)`)

// licenceInReadme is the section of a README on the licence, where there is no file of it.
func licenceInReadme(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		return "", fmt.Errorf("no licence found in %s: %w", dir, err)
	}
	found := licenceSection.FindSubmatch(text)
	if found == nil || strings.Contains(strings.ToUpper(string(found[1])), "GNU ") {
		return "", fmt.Errorf("no licence found in %s", dir)
	}
	return strings.TrimSpace(string(found[1])), nil
}
