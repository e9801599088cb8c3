// Package theme is how Leadline looks: colours, sizes, fonts and icons, as
// Fyne asks for them.
//
// Colours are tokens (Surface, Text2, DangerFill …) with one value for light
// and one for dark; nothing else in ui writes a colour value down. Fyne knows
// two further styles of a font beside the regular one: Bold returns Inter
// SemiBold here and Italic, which Leadline never uses as such, Inter Medium.
package theme
