// Package hotkey takes keys wherever the keyboard is, also while another program has it: answer,
// hang up, mute. X11 and Windows let programs have such keys; under Wayland only the
// desktop's own settings give them out.
package hotkey
