package theme

import (
	"sync"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"leadline/assets"
)

// IconName names an icon of assets/icons.
type IconName string

var (
	iconsMu sync.Mutex
	icons   = map[IconName]fyne.Resource{}
	colored = map[coloredIcon][]byte{} // icons in the colours that they have been drawn in
)

type coloredIcon struct {
	name       string
	r, g, b, a uint32
}

// Icon returns an icon in a token's colour; it follows the theme. It panics for
// a name that is not embedded: that is a mistake of the program, and a test
// asks for all of them.
func Icon(name IconName, color fyne.ThemeColorName) fyne.Resource {
	iconsMu.Lock()
	defer iconsMu.Unlock()
	res, ok := icons[name]
	if !ok {
		svg, err := assets.Icon(string(name))
		if err != nil {
			panic("theme: " + err.Error())
		}
		res = fyne.NewStaticResource(string(name)+".svg", svg)
		icons[name] = res
	}
	return icon{fynetheme.NewColoredResource(res, color)}
}

// icon is an icon that is coloured once for each colour. Fyne takes its SVG apart each time its content is asked for, which
// made a list of search results with their icons cost more than all the rest of it.
type icon struct{ source *fynetheme.ThemedResource }

func (i icon) Name() string { return i.source.Name() }

// Content is the SVG in the colour that the theme has for it now. From any goroutine.
func (i icon) Content() []byte {
	key := coloredIcon{name: i.source.Name()}
	key.r, key.g, key.b, key.a = fynetheme.Color(i.source.ThemeColorName()).RGBA()
	iconsMu.Lock()
	defer iconsMu.Unlock()
	svg, ok := colored[key]
	if !ok {
		svg = i.source.Content()
		colored[key] = svg
	}
	return svg
}

// Logo is the program's icon as a picture.
func Logo() fyne.Resource { return fyne.NewStaticResource("leadline.png", assets.Logo) }
