// Package tray puts an icon with a menu where the desktop keeps those of programs that
// run in the background: over D-Bus on Linux and the BSDs (StatusNotifierItem), in the
// notification area of Windows, in the menu bar of macOS.
//
// Many Linux desktops have no such place. There tells, and a program must not hide its
// last window behind an icon that nobody sees.
package tray
