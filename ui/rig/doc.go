// Package rig gives a test a desktop of its own: a virtual screen with a window
// manager, a session bus with notifications, keyboard and pointer, and pictures of
// what is on it. Nothing of it touches the desktop of the person at the machine.
package rig
