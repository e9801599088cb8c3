// Package assets carries the files that the program shows: fonts, icons and
// translations, all embedded, so that the binary needs nothing beside it.
//
// It knows neither Fyne nor the rest of Leadline; ui/theme makes resources of
// fonts and icons, ui/text reads the translations. Sounds are in assets/sounds.
// Work of others has its licence beside it; NOTICE.md lists it.
package assets

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
)

// InterRegular, InterMedium and InterSemiBold are the three cuts of Inter
// (SIL Open Font License 1.1, fonts/OFL.txt) as TrueType.
var (
	//go:embed fonts/Inter-Regular.ttf
	InterRegular []byte
	//go:embed fonts/Inter-Medium.ttf
	InterMedium []byte
	//go:embed fonts/Inter-SemiBold.ttf
	InterSemiBold []byte
)

// Logo is the program's icon, 512 × 512 PNG.
//
//go:embed Icon.png
var Logo []byte

//go:embed icons/*.svg
var icons embed.FS

//go:embed translations
var translations embed.FS

// Icon returns the SVG called name, without ".svg": one colour, fills only,
// on a grid of 24. The error names the missing icon.
func Icon(name string) ([]byte, error) {
	b, err := icons.ReadFile(path.Join("icons", name+".svg"))
	if err != nil {
		return nil, fmt.Errorf("icon %q is not embedded: add it to assets/icons/gen and run go generate there: %w", name, err)
	}
	return b, nil
}

// IconNames lists all icons, sorted.
func IconNames() []string {
	entries, err := icons.ReadDir("icons")
	if err != nil {
		panic("assets: the embedded icons cannot be listed: " + err.Error())
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name()[:len(e.Name())-len(".svg")])
	}
	return names
}

// Translations is the tree of translation files, one folder for each language
// ("de/call.json"). Package ui/text says what is in them.
func Translations() fs.FS {
	sub, err := fs.Sub(translations, "translations")
	if err != nil {
		panic("assets: the embedded translations cannot be opened: " + err.Error())
	}
	return sub
}
