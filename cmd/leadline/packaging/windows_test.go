package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	phone "leadline/phone/rig"
	ui "leadline/ui/rig"
)

// prng is bcryptprimitives.dll, from which Go takes its random numbers: Wine has it since 9.
const prng = `#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }
`

// windows is a Windows of its own, by Wine.
type windows struct {
	t      *testing.T
	screen *ui.Screen
	home   string
}

func newWindows(t *testing.T) *windows {
	t.Helper()
	phone.Need(t, "wine", "x86_64-w64-mingw32-gcc-posix")
	w := &windows{t: t, screen: ui.StartScreen(t, ""), home: t.TempDir()}
	t.Cleanup(func() { _ = w.command("wineserver", "-k", "-w").Run() })
	run(t, w.command("wine", "wineboot", "-i"))
	dll := w.path(`windows/system32/bcryptprimitives.dll`)
	if _, err := os.Stat(dll); err != nil {
		source := filepath.Join(w.home, "prng.c")
		if err := os.WriteFile(source, []byte(prng), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, exec.Command("x86_64-w64-mingw32-gcc-posix", "-shared", "-o", dll, source, "-ladvapi32"))
	}
	return w
}

// path is where a file of drive C lies.
func (w *windows) path(name string) string { return filepath.Join(w.home, "prefix", "drive_c", name) }

func (w *windows) command(name string, args ...string) *exec.Cmd {
	c := w.screen.Command(name, args...)
	c.Env = append(c.Env, "WINEPREFIX="+filepath.Join(w.home, "prefix"), "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=")
	return c
}

// registry is a value of the agent's registry.
func (w *windows) registry(key, value string) string {
	w.t.Helper()
	which := []string{"/ve"}
	if value != "" {
		which = []string{"/v", value}
	}
	out, _ := w.command("wine", append([]string{"reg", "query", `HKCU\` + key}, which...)...).Output()
	_, data, _ := strings.Cut(string(out), "REG_SZ")
	return strings.TrimSpace(data)
}

// set writes a value of the agent's registry.
func (w *windows) set(key, value, data string) {
	w.t.Helper()
	which := []string{"/ve"}
	if value != "" {
		which = []string{"/v", value}
	}
	run(w.t, w.command("wine", append(append([]string{"reg", "add", `HKCU\` + key}, which...), "/d", data, "/f")...))
}

// renamed are the programs that an update has put aside.
func (w *windows) renamed() []string {
	w.t.Helper()
	found, err := filepath.Glob(w.path("Leadline/*.old"))
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// The installer brings the program, its place in the menu and the links; the program tells its
// version and shows its window; the uninstaller leaves nothing of that (requirements.md H5). Links and the start with the
// session that led to an earlier folder lead to this one. A program that runs is updated and goes on; it is not taken away.
func TestLeadlineIsInstalledAndStartsOnWindows_H5(t *testing.T) {
	dir := os.Getenv(packages)
	if dir == "" {
		t.Skip("make package-windows runs this test")
	}
	found, err := filepath.Glob(filepath.Join(dir, "leadline-*-setup.exe"))
	if err != nil || len(found) != 1 {
		t.Fatalf("in %s are the installers %v, %v", dir, found, err)
	}
	w := newWindows(t)
	const start = `Software\Microsoft\Windows\CurrentVersion\Run`
	w.set(`Software\Classes\tel\shell\open\command`, "", `"C:\Earlier\leadline.exe" "%1"`)
	w.set(`Software\Classes\sips\shell\open\command`, "", `"C:\Other\phone.exe" "%1"`)
	run(t, w.command("wine", found[0], "/S", `/D=C:\Leadline`))
	for _, name := range []string{"leadline", "leadline-server"} {
		if out := run(t, w.command("wine", w.path("Leadline/"+name+".exe"), "version")); !strings.Contains(out, name+" ") {
			t.Errorf("the version of %s is %q", name, out)
		}
	}
	opens := `"C:\Leadline\leadline.exe" "%1"`
	for scheme, want := range map[string]string{"tel": opens, "sip": opens, "sips": `"C:\Other\phone.exe" "%1"`, "callto": opens} {
		if got := w.registry(`Software\Classes\`+scheme+`\shell\open\command`, ""); got != want {
			t.Errorf("%s: links are opened by %q instead of %q", scheme, got, want)
		}
		if got := w.registry(`Software\Leadline\Capabilities\URLAssociations`, scheme); got != "Leadline.Link" {
			t.Errorf("%s: Windows is offered %q", scheme, got)
		}
	}
	if got := w.registry(start, "Leadline"); got != "" {
		t.Errorf("it starts with the session without being asked to: %q", got)
	}
	phone.Start(t, "leadline", w.command("wine", w.path("Leadline/leadline.exe")))
	phone.Eventually(t, time.Minute, "the window of Leadline", func() (bool, string) { return w.screen.Window("Leadline") != "", "" })

	w.set(start, "Leadline", `"C:\Earlier\leadline.exe"`)
	run(t, w.command("wine", found[0], "/S", `/D=C:\Leadline`))
	if old := w.renamed(); len(old) != 1 || w.screen.Window("Leadline") == "" {
		t.Errorf("the update put %v aside; the window that was there is %q", old, w.screen.Window("Leadline"))
	}
	if got := w.registry(start, "Leadline"); got != `"C:\Leadline\leadline.exe"` {
		t.Errorf("the session starts %q", got)
	}
	run(t, w.command("wineserver", "-k", "-w"))
	phone.Start(t, "leadline", w.command("wine", w.path("Leadline/leadline.exe")))
	phone.Eventually(t, time.Minute, "the window of the update", func() (bool, string) { return w.screen.Window("Leadline") != "", "" })
	uninstall := func() *exec.Cmd { return w.command("wine", w.path("Leadline/uninstall.exe"), "/S", `_?=C:\Leadline`) }
	if out, err := uninstall().CombinedOutput(); err == nil || w.registry(`Software\Classes\tel\shell\open\command`, "") != opens {
		t.Errorf("it was taken away while it ran: %s", out)
	}
	run(t, w.command("wineserver", "-k", "-w"))
	run(t, uninstall())
	if got := w.registry(`Software\Classes\tel\shell\open\command`, ""); got != "" {
		t.Errorf("links are still opened by %q", got)
	}
	if _, err := os.Stat(w.path("Leadline/leadline.exe")); err == nil || len(w.renamed()) > 0 {
		t.Errorf("the program is still there: %v; put aside are %v", err == nil, w.renamed())
	}
}
