package theme

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"sync"

	"fyne.io/fyne/v2"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"leadline/assets"
)

// IconName names an icon of assets/icons.
type IconName string

var (
	iconsMu sync.Mutex
	icons   = map[IconName]*oksvg.SvgIcon{}
	drawn   = map[drawnIcon]*image.RGBA{} // few: a name comes in some colours and one or two sizes
)

type drawnIcon struct {
	name          IconName
	color         color.RGBA
	width, height int
}

// DrawIcon is an icon in a token's colour as the theme has it now, as large as it can be in the middle of width × height
// pixels; nobody may write to it. Each is drawn once: Fyne's own pictures take an SVG apart for each object that shows it,
// which made the icons cost more than all the rest of a list of search results. It panics for a name that is not embedded:
// that is a mistake of the program, and a test asks for all of them. From any goroutine.
func DrawIcon(name IconName, c fyne.ThemeColorName, width, height int) *image.RGBA {
	key := drawnIcon{name, color.RGBAModel.Convert(Color(c)).(color.RGBA), width, height}
	iconsMu.Lock()
	defer iconsMu.Unlock()
	picture := drawn[key]
	if picture == nil {
		picture = image.NewRGBA(image.Rect(0, 0, width, height))
		draw.DrawMask(picture, picture.Rect, image.NewUniform(key.color), image.Point{}, shape(name, width, height), image.Point{}, draw.Src)
		drawn[key] = picture
	}
	return picture
}

// shape is how much of each pixel an icon covers.
func shape(name IconName, width, height int) image.Image {
	icon := icons[name]
	if icon == nil {
		svg, err := assets.Icon(string(name))
		if err == nil {
			icon, err = oksvg.ReadIconStream(bytes.NewReader(svg))
		}
		if err != nil {
			panic("theme: icon " + string(name) + ": " + err.Error())
		}
		icons[name] = icon
	}
	covers := image.NewRGBA(image.Rect(0, 0, width, height))
	side := min(width, height)
	icon.SetTarget(float64(width-side)/2, float64(height-side)/2, float64(side), float64(side))
	icon.Draw(rasterx.NewDasher(width, height, rasterx.NewScannerGV(width, height, covers, covers.Rect)), 1)
	return covers
}

// Logo is the program's icon as a picture.
func Logo() fyne.Resource { return fyne.NewStaticResource("leadline.png", assets.Logo) }
