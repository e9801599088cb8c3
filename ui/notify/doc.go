// Package notify shows desktop notifications, with buttons where the desktop has
// them: over D-Bus on Linux and the BSDs, as toasts on Windows, elsewhere as plain
// messages.
//
// Titles and bodies carry what strangers chose to call themselves, so nothing here
// may read them as markup, as a script or as an option of a command.
package notify
