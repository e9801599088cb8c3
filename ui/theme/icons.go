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
)

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
	return fynetheme.NewColoredResource(res, color)
}

// Logo is the program's icon as a picture.
func Logo() fyne.Resource { return fyne.NewStaticResource("leadline.png", assets.Logo) }
