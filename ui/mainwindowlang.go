package ui

import "fyne.io/fyne/v2/lang"

// systemLanguage is the language that the desktop is set to: "de-DE".
func systemLanguage() string { return string(lang.SystemLocale()) }
