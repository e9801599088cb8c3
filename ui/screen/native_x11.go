//go:build linux || freebsd || netbsd || openbsd

package screen

/*
#cgo linux LDFLAGS: -lX11
#cgo freebsd netbsd openbsd pkg-config: x11
#include <X11/Xlib.h>
#include <X11/Xatom.h>

static int swallow(Display *d, XErrorEvent *e) { (void)d; (void)e; return 0; }

// A window can be gone between two calls; Xlib's own handler would end the program.
static void ll_user_time_zero(void *display, unsigned long win) {
	Display *d = display;
	long zero = 0;
	XErrorHandler old = XSetErrorHandler(swallow);
	XChangeProperty(d, win, XInternAtom(d, "_NET_WM_USER_TIME", False), XA_CARDINAL, 32,
		PropModeReplace, (unsigned char *)&zero, 1);
	XSync(d, False);
	XSetErrorHandler(old);
}

static void ll_map(void *display, unsigned long win) {
	Display *d = display;
	XErrorHandler old = XSetErrorHandler(swallow);
	XMapWindow(d, win);
	XFlush(d);
	XSetErrorHandler(old);
}

static void ll_raise(void *display, unsigned long win) {
	Display *d = display;
	XErrorHandler old = XSetErrorHandler(swallow);
	XRaiseWindow(d, win);
	XSync(d, False);
	XSetErrorHandler(old);
}

static int ll_content(void *display, unsigned long win, int *x, int *y, int *w, int *h) {
	Display *d = display;
	XWindowAttributes a;
	Window child;
	XErrorHandler old = XSetErrorHandler(swallow);
	int ok = XGetWindowAttributes(d, win, &a) &&
		XTranslateCoordinates(d, win, a.root, 0, 0, x, y, &child);
	XSync(d, False);
	XSetErrorHandler(old);
	if (!ok) return 0;
	*w = a.width;
	*h = a.height;
	return 1;
}

static int ll_pointer_inside(void *display, unsigned long win) {
	Display *d = display;
	XWindowAttributes a;
	Window root, child;
	int rx, ry, x, y;
	unsigned int mask;
	XErrorHandler old = XSetErrorHandler(swallow);
	int ok = XGetWindowAttributes(d, win, &a) &&
		XQueryPointer(d, win, &root, &child, &rx, &ry, &x, &y, &mask);
	XSync(d, False);
	XSetErrorHandler(old);
	return ok && a.map_state == IsViewable && x >= 0 && y >= 0 && x < a.width && y < a.height;
}

static int ll_connection(void *display) { return ConnectionNumber((Display *)display); }
static int ll_pending(void *display) { return XPending((Display *)display); }
*/
import "C"

import (
	"image"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// withX calls f with GLFW's connection to the X server and the window's number,
// when there are such.
func withX(w fyne.Window, f func(display unsafe.Pointer, win C.ulong)) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(context any) {
		if x, ok := context.(driver.X11WindowContext); ok && x.WindowHandle != 0 {
			f(unsafe.Pointer(glfw.GetX11Display()), C.ulong(x.WindowHandle))
		}
	})
}

// unfocused says that nobody asked for the window just now: "_NET_WM_USER_TIME of
// zero on a newly mapped window requests that it not be initially focused" (EWMH).
func unfocused(w fyne.Window) {
	withX(w, func(display unsafe.Pointer, win C.ulong) { C.ll_user_time_zero(display, win) })
}

func announce(w fyne.Window) {
	withX(w, func(display unsafe.Pointer, win C.ulong) { C.ll_map(display, win) })
}

func raise(w fyne.Window) {
	withX(w, func(display unsafe.Pointer, win C.ulong) { C.ll_raise(display, win) })
}

func content(w fyne.Window) (r image.Rectangle) {
	withX(w, func(display unsafe.Pointer, win C.ulong) {
		var x, y, width, height C.int
		if C.ll_content(display, win, &x, &y, &width, &height) != 0 {
			r = image.Rect(int(x), int(y), int(x+width), int(y+height))
		}
	})
	return r
}

func pointerInside(w fyne.Window) (in bool) {
	withX(w, func(display unsafe.Pointer, win C.ulong) { in = C.ll_pointer_inside(display, win) != 0 })
	return in
}

func openEvents() *Events {
	if glfw.GetPlatform() != glfw.PlatformX11 {
		return nil
	}
	return eventsOf(int(C.ll_connection(unsafe.Pointer(glfw.GetX11Display()))))
}

func pending() bool { return C.ll_pending(unsafe.Pointer(glfw.GetX11Display())) > 0 }
