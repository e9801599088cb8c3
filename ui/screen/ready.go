package screen

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/go-gl/glfw/v3.4/glfw"
)

// ErrNone is that there is no screen: neither an X server nor a Wayland compositor answers.
var ErrNone = errors.New("there is no screen")

// ErrNoOpenGL is that nothing here draws windows by OpenGL 2.1, as they need.
var ErrNoOpenGL = errors.New("nothing here draws by OpenGL 2.1")

// Ready tries whether windows can be drawn, before the first is made: Fyne would end the program
// without a word. An X server without GLX, as remote desktops have it, is asked by EGL; windows
// that are made later do the same. It is called on the goroutine of the windows.
func Ready() error {
	switch os.Getenv("FYNE_PLATFORM") { // Fyne comes too late to say so
	case "x11":
		glfw.InitHint(glfw.PlatformHint, int(glfw.PlatformX11))
	case "wayland":
		glfw.InitHint(glfw.PlatformHint, int(glfw.PlatformWayland))
	}
	if err := glfw.Init(); err != nil {
		return fmt.Errorf("%w; start it on the desktop, or say by DISPLAY or WAYLAND_DISPLAY where that is: %w", ErrNone, err)
	}
	native := draws()
	if native == nil {
		return nil
	}
	glfw.WindowHint(glfw.ContextCreationAPI, glfw.EGLContextAPI)
	byEGL := draws()
	if byEGL == nil {
		slog.Warn("windows are drawn by EGL", "native", native)
		return nil
	}
	glfw.WindowHint(glfw.ContextCreationAPI, glfw.NativeContextAPI)
	return fmt.Errorf("%w: %w; by EGL: %w", ErrNoOpenGL, native, byEGL)
}

// draws makes a window as Fyne does, which is never shown.
func draws() (err error) {
	defer func() {
		if r := recover(); r != nil { // of GLFW's binding, on errors that it does not expect
			err = fmt.Errorf("%v", r)
		}
	}()
	glfw.WindowHint(glfw.Visible, glfw.False)
	glfw.WindowHint(glfw.ContextVersionMajor, 2)
	glfw.WindowHint(glfw.ContextVersionMinor, 1)
	w, err := glfw.CreateWindow(16, 16, "Leadline", nil, nil)
	if err != nil {
		return err
	}
	if w == nil { // an error of the platform, which the binding has only printed
		return errors.New("no window can be made")
	}
	defer w.Destroy()
	w.MakeContextCurrent()
	glfw.DetachCurrentContext()
	return nil
}
