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

// The installer brings the program, its place in the menu and the links; the program tells its
// version and shows its window; the uninstaller leaves nothing of that (requirements.md H5).
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
	run(t, w.command("wine", found[0], "/S", `/D=C:\Leadline`))
	for _, name := range []string{"leadline", "leadline-server"} {
		if out := run(t, w.command("wine", w.path("Leadline/"+name+".exe"), "version")); !strings.Contains(out, name+" ") {
			t.Errorf("the version of %s is %q", name, out)
		}
	}
	opens := `"C:\Leadline\leadline.exe" "%1"`
	for _, scheme := range []string{"tel", "sip", "sips", "callto"} {
		if got := w.registry(`Software\Classes\`+scheme+`\shell\open\command`, ""); got != opens {
			t.Errorf("%s: links are opened by %q", scheme, got)
		}
		if got := w.registry(`Software\Leadline\Capabilities\URLAssociations`, scheme); got != "Leadline.Link" {
			t.Errorf("%s: Windows is offered %q", scheme, got)
		}
	}
	if got := w.registry(`Software\Microsoft\Windows\CurrentVersion\Run`, "Leadline"); got != "" {
		t.Errorf("it starts with the session without being asked to: %q", got)
	}
	phone.Start(t, "leadline", w.command("wine", w.path("Leadline/leadline.exe")))
	phone.Eventually(t, time.Minute, "the window of Leadline", func() (bool, string) { return w.screen.Window("Leadline") != "", "" })

	run(t, w.command("wineserver", "-k", "-w"))
	run(t, w.command("wine", w.path("Leadline/uninstall.exe"), "/S", `_?=C:\Leadline`))
	if got := w.registry(`Software\Classes\tel\shell\open\command`, ""); got != "" {
		t.Errorf("links are still opened by %q", got)
	}
	if _, err := os.Stat(w.path("Leadline/leadline.exe")); err == nil {
		t.Error("the program is still there")
	}
}
