package ui

import (
	"encoding/json"
	"log/slog"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"leadline/ui/text"
)

// toolkitWords is what Fyne says in its own dialogs and menus, by its keys. It speaks the system's language
// by itself, whichever the program speaks.
var toolkitWords = map[string]text.Key{
	"Cancel": text.Key("Cancel"), "Copy": text.Key("Copy"), "Create Folder": text.Key("Make the folder"), "Cut": text.Key("Cut"),
	"Enter filename": text.Key("File name"), "Error": text.Key("Error"), "Favourites": text.Key("Places"), "File": text.Key("File"), "Folder": text.Key("Folder"),
	"New Folder": text.Key("New folder"), "No": text.Key("No"), "OK": text.Key("OK"), "Open": text.Key("Open|record"), "Paste": text.Key("Paste"),
	"Quit": text.Key("Quit|program"), "Redo": text.Key("Redo"), "Save": text.Key("Save"), "Select all": text.Key("Select all"),
	"Show Hidden Files": text.Key("Show hidden files"), "Undo": text.Key("Undo"), "Yes": text.Key("Yes"), "file.name": text.Key("Name"),
	"file.parent": text.Key("Up|folder"),
}

// sayInToolkit has Fyne say its words in the language of the program.
func sayInToolkit() {
	words := make(map[string]string, len(toolkitWords))
	for key, word := range toolkitWords {
		words[key] = text.T(word)
	}
	file, err := json.Marshal(words)
	if err != nil {
		slog.Error("put Fyne's words into the program's language", "error", err)
		return
	}
	// It takes what the system speaks, and English where it does not speak that.
	for _, spoken := range []string{lang.SystemLocale().LanguageString(), "en"} {
		if err := lang.AddTranslationsForLocale(file, fyne.Locale(spoken)); err != nil {
			slog.Warn("put Fyne's words into the program's language", "language", spoken, "error", err)
		}
	}
}
