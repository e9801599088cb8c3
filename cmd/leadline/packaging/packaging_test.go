package packaging

import (
	"context"
	"debug/elf"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	phone "leadline/phone/rig"
	"leadline/ui/door/client"
	ui "leadline/ui/rig"
)

// packages is where the packages are; make package sets it.
const packages = "LEADLINE_PACKAGES"

// nobody is who has no rights, where the test itself is root.
const nobody = 65534

// installed is a root of its own with the packages of a name in it.
func installed(t *testing.T, name string) (root string) {
	t.Helper()
	dir := os.Getenv(packages)
	if dir == "" {
		t.Skip("make package runs this test")
	}
	found, err := filepath.Glob(filepath.Join(dir, name+"_*.deb"))
	if err != nil || len(found) != 1 {
		t.Fatalf("in %s are the packages %v, %v", dir, found, err)
	}
	if root, err = os.MkdirTemp("", "root"); err != nil { // the test's own folder is closed to others
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"info", "updates", "triggers"} {
		if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg", d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, exec.Command("dpkg", "--root="+root, "--log=/dev/null", "--force-not-root", "--force-depends", "--force-script-chrootless", "--install", found[0]))
	depends := run(t, exec.Command("dpkg-deb", "--field", found[0], "Depends"))
	for _, group := range strings.FieldsFunc(depends, func(r rune) bool { return r == ',' }) {
		var wanted []string
		for _, one := range strings.Split(group, "|") {
			p, _, _ := strings.Cut(strings.TrimSpace(one), " ")
			wanted = append(wanted, p)
		}
		out, _ := exec.Command("dpkg-query", append([]string{"-W", "-f", "${db:Status-Status} "}, wanted...)...).Output()
		if !strings.Contains(string(out), "installed") {
			t.Errorf("it depends on %v, of which nothing is here", wanted)
		}
	}
	return root
}

func run(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", c, err, out)
	}
	return strings.TrimSpace(string(out))
}

// agent has a command run by a user without rights, at home in home.
func agent(t *testing.T, home string, env []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	if os.Getuid() == 0 {
		id := strconv.Itoa(nobody)
		args = append([]string{"--reuid=" + id, "--regid=" + id, "--clear-groups", "--no-new-privs", name}, args...)
		name = "setpriv"
	}
	c := exec.Command(name, args...)
	c.Env = append(env, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"), "XDG_DATA_HOME="+filepath.Join(home, ".local/share"),
		"XDG_CACHE_HOME="+filepath.Join(home, ".cache"), "XDG_RUNTIME_DIR="+home)
	c.Dir = home
	return c
}

// newHome is a home of the agent's; its path is short, for the door's socket.
func newHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	owned(t, home)
	return home
}

func owned(t *testing.T, path string) {
	t.Helper()
	if os.Getuid() == 0 {
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
}

// The window comes up, and a tel: link that is opened elsewhere reaches the program that
// runs (requirements.md H5).
func TestLeadlineStartsFromItsPackageAndTakesLinks_H5(t *testing.T) {
	root := installed(t, "leadline")
	phone.Need(t, "desktop-file-validate", "update-desktop-database", "xdg-mime", "xdg-open")
	entry := filepath.Join(root, "usr/share/applications/org.leadline.Leadline.desktop")
	if out := run(t, exec.Command("desktop-file-validate", entry)); out != "" {
		t.Errorf("the desktop's entry: %s", out)
	}
	for _, size := range []int{16, 22, 24, 32, 48, 64, 128, 256, 512} {
		folder := fmt.Sprintf("usr/share/icons/hicolor/%dx%d/apps", size, size)
		icon, err := os.Open(filepath.Join(root, folder, "org.leadline.Leadline.png"))
		if err != nil {
			t.Error(err)
			continue
		}
		if c, err := png.DecodeConfig(icon); err != nil || c.Width != size || c.Height != size {
			t.Errorf("in %s is an icon of %d × %d, %v", folder, c.Width, c.Height, err)
		}
		icon.Close()
	}
	run(t, exec.Command("update-desktop-database", filepath.Dir(entry))) // a trigger of dpkg's does it on a desktop

	screen, home := ui.StartScreen(t, ""), newHome(t)
	// The bus is the test's own user's: the agent has none.
	env := []string{"DISPLAY=" + screen.Display, "LIBGL_ALWAYS_SOFTWARE=1", "XDG_SESSION_TYPE=x11", "LC_ALL=C.UTF-8",
		"PATH=" + filepath.Join(root, "usr/bin") + ":" + os.Getenv("PATH"), "XDG_DATA_DIRS=" + filepath.Join(root, "usr/share")}
	command := func(name string, args ...string) *exec.Cmd { return agent(t, home, env, name, args...) }

	config := filepath.Join(home, ".config/leadline/leadline.toml")
	for dir := filepath.Dir(config); dir != home; dir = filepath.Dir(dir) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		owned(t, dir)
	}
	text := "[ui]\nlanguage = \"en\"\nregion = \"DE\"\n[[account]]\naddress = \"sip:101@127.0.0.1:9\"\npassword = \"x\"\nbind = \"127.0.0.1:0\"\n[audio]\nmicrophone = \"null\"\nspeaker = \"null\"\nringer = \"null\"\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	owned(t, config)
	binary := filepath.Join(root, "usr/bin/leadline")
	if out := run(t, command(binary, "version")); !strings.HasPrefix(out, "leadline ") {
		t.Errorf("its version is %q", out)
	}

	socket := filepath.Join(home, "door")
	phone.Start(t, "leadline", command(binary, "-automation", socket))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	door, err := client.DialContext(ctx, socket)
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	if err := door.WaitFor(ctx, "main", "Search, or dial a number", 30*time.Second); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"tel", "sip", "sips", "callto"} {
		if got := run(t, command("xdg-mime", "query", "default", "x-scheme-handler/"+scheme)); got != filepath.Base(entry) {
			t.Errorf("%s: links are opened by %q", scheme, got)
		}
	}
	run(t, command("xdg-open", "tel:+49305557100"))
	if err := door.Wait(ctx, "main", "+49305557100", 30*time.Second); err != nil {
		tree, _ := door.Do(ctx, map[string]any{"do": "tree", "window": "main"})
		t.Fatalf("the link did not arrive: %v\n%v", err, tree)
	}
}

// onlyDejaVu is a configuration of fontconfig: the fonts that nearly every system has, and no others.
const onlyDejaVu = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>`

// A first start needs nothing of a session: no bus, no sound server, no folder for what is running, no language, no fonts. A home that nobody can
// write to is told of, in a dialog and where errors are written.
func TestAFirstStartNeedsNothingOfTheSession(t *testing.T) {
	root := installed(t, "leadline")
	phone.Need(t, "xmessage")
	binary := filepath.Join(root, "usr/bin/leadline")
	screen := ui.StartScreen(t, "")
	start := func(t *testing.T, home string, args []string, more ...string) *phone.Process {
		c := agent(t, home, []string{"DISPLAY=" + screen.Display, "LIBGL_ALWAYS_SOFTWARE=1", "PATH=/usr/bin:/bin"}, binary, args...)
		c.Env = append(slices.DeleteFunc(c.Env, func(v string) bool { return strings.HasPrefix(v, "XDG_") }), more...)
		return phone.Start(t, "leadline", c)
	}
	fonts := filepath.Join(newHome(t), "fonts.conf")
	if err := os.WriteFile(fonts, []byte(onlyDejaVu), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		folder string // below the home
		env    []string
		shows  string
	}{
		"in no language":            {"", []string{"LANG=C"}, "Connect the account that your PBX has for you."},
		"in German":                 {"", []string{"LANG=de_DE.UTF-8"}, "Verbinden Sie das Konto"},
		"in a home of any letters":  {"Zuhause von Jürgen Groß", nil, "Connect the account that your PBX has for you."},
		"with few fonts":            {"", []string{"FONTCONFIG_FILE=" + fonts}, "Connect the account that your PBX has for you."},
		"in a language nobody has":  {"", []string{"LANG=xx_YY"}, "Connect the account that your PBX has for you."},
		"with a bus that is silent": {"", []string{"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent"}, "Connect the account that your PBX has for you."},
	} {
		t.Run(name, func(t *testing.T) {
			home := newHome(t)
			socket := filepath.Join(home, "door")
			if c.folder != "" {
				home = filepath.Join(home, c.folder)
				if err := os.Mkdir(home, 0o700); err != nil {
					t.Fatal(err)
				}
				owned(t, home)
			}
			start(t, home, []string{"-automation", socket}, c.env...)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			door, err := client.DialContext(ctx, socket)
			if err != nil {
				t.Fatal(err)
			}
			defer door.Close()
			if err := door.Wait(ctx, "main", c.shows, 30*time.Second); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(home, ".local/share/leadline/leadline.db")); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("in a home that cannot be written to", func(t *testing.T) {
		home := newHome(t)
		if err := os.Chmod(home, 0o555); err != nil {
			t.Fatal(err)
		}
		p := start(t, home, nil, "LANG=de_DE.UTF-8")
		phone.Eventually(t, 30*time.Second, "a dialog", func() (bool, string) { return screen.Window("Leadline kann nicht starten") != "", "" })
		p.Says(t, "permission denied", 10*time.Second) // while the dialog is there
	})
}

// What a package brings beside the program, and that nothing of it is left when it is removed.
func TestThePackagesBringTheirPapersAndGoWithoutATrace(t *testing.T) {
	for _, name := range []string{"leadline", "leadline-server"} {
		t.Run(name, func(t *testing.T) {
			root := installed(t, name)
			dpkg := func(args ...string) string {
				return run(t, exec.Command("dpkg", append([]string{"--root=" + root, "--log=/dev/null", "--force-not-root", "--force-script-chrootless"}, args...)...))
			}
			papers := filepath.Join(root, "usr/share/doc", name)
			for file, want := range map[string]string{"copyright": "SIL OPEN FONT LICENSE", "libraries.txt": "miniaudio", "NOTICE.md": "Lucide"} {
				if text, err := os.ReadFile(filepath.Join(papers, file)); err != nil || !strings.Contains(string(text), want) {
					t.Errorf("%s lacks %q: %v", file, want, err)
				}
			}
			version := run(t, exec.Command("dpkg-query", "--admindir="+filepath.Join(root, "var/lib/dpkg"), "-W", "-f", "${Version}", name))
			if changes := run(t, exec.Command("gzip", "-dc", filepath.Join(papers, "changelog.gz"))); !strings.HasPrefix(changes, "leadline ("+version+")") {
				t.Errorf("the changes of %s begin with %.80q", version, changes)
			}
			manual := run(t, exec.Command("gzip", "-dc", filepath.Join(root, "usr/share/man/man1", name+".1.gz")))
			usage := run(t, exec.Command(filepath.Join(root, "usr/bin", name), "-help"))
			for _, line := range strings.Split(usage, "\n") {
				if fields := strings.Fields(line); len(fields) > 1 && fields[0] == name {
					command := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(line), name), " [-config FILE]"))
					if command, _, _ = strings.Cut(command, " "); command[0] != '[' && !strings.Contains(manual, command) {
						t.Errorf("the manual lacks %q", command)
					}
				}
			}
			if out := dpkg("--verify", name); out != "" {
				t.Errorf("what is installed is not what was packed:\n%s", out)
			}
			dpkg("--purge", name)
			err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() && !strings.HasPrefix(path, filepath.Join(root, "var/lib/dpkg")) {
					t.Errorf("%s is left", path)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheServerStartsFromItsPackage(t *testing.T) {
	root, home := installed(t, "leadline-server"), newHome(t)
	binary := filepath.Join(root, "usr/bin/leadline-server")
	command := func(args ...string) *exec.Cmd { return agent(t, home, os.Environ(), binary, args...) }
	if out := run(t, command("version")); !strings.HasPrefix(out, "leadline-server ") {
		t.Errorf("its version is %q", out)
	}
	program, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	if needs, err := program.ImportedLibraries(); err != nil || len(needs) > 0 {
		t.Errorf("it needs %v of the system, %v", needs, err)
	}
	unit, err := os.ReadFile(filepath.Join(root, "usr/lib/systemd/system/leadline-server.service"))
	if err != nil || !strings.Contains(string(unit), "ExecStart=/usr/bin/leadline-server serve") {
		t.Errorf("its unit: %v\n%s", err, unit)
	}
	database := fmt.Sprintf("sqlite:%s", filepath.Join(home, "server.db"))
	server := phone.Start(t, "leadline-server", command("serve", "-listen", "127.0.0.1:0", "-database", database))
	server.Says(t, "127.0.0.1:", 30*time.Second)
}
