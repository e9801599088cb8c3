package assets_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io/fs"
	"strings"
	"testing"

	"leadline/assets"
)

func TestEveryIconIsAFilledDrawingOnTheGrid(t *testing.T) {
	names := assets.IconNames()
	if len(names) < 50 {
		t.Fatalf("only %d icons are embedded", len(names))
	}
	for _, n := range names {
		b, err := assets.Icon(n)
		if err != nil {
			t.Error(err)
			continue
		}
		var svg struct {
			ViewBox string `xml:"viewBox,attr"`
			Paths   []struct {
				Fill   string `xml:"fill,attr"`
				Stroke string `xml:"stroke,attr"`
			} `xml:"path"`
		}
		if err := xml.Unmarshal(b, &svg); err != nil {
			t.Errorf("%s: %v", n, err)
		}
		if svg.ViewBox != "0 0 24 24" || len(svg.Paths) != 1 || svg.Paths[0].Fill == "none" || svg.Paths[0].Stroke != "" {
			t.Errorf("%s is not one filled path on a grid of 24: %+v", n, svg)
		}
	}
}

func TestAMissingIconSaysWhatToDo(t *testing.T) {
	_, err := assets.Icon("unicorn")
	if err == nil || !strings.Contains(err.Error(), "unicorn") || !strings.Contains(err.Error(), "go generate") {
		t.Errorf("the error is %v", err)
	}
}

func TestFontsAndLogoAreWhole(t *testing.T) {
	for name, f := range map[string][]byte{"regular": assets.InterRegular, "medium": assets.InterMedium, "semibold": assets.InterSemiBold} {
		if len(f) < 100_000 || !bytes.HasPrefix(f, []byte{0, 1, 0, 0}) {
			t.Errorf("Inter %s is no TrueType font: %d bytes", name, len(f))
		}
	}
	logo, err := png.Decode(bytes.NewReader(assets.Logo))
	if err != nil || logo.Bounds().Dx() != 512 || logo.Bounds().Dy() != 512 {
		t.Errorf("the logo: %v", err)
	}
}

func TestGermanIsThere(t *testing.T) {
	files, err := fs.Glob(assets.Translations(), "de/*.json")
	if err != nil || len(files) == 0 {
		t.Errorf("no German translations: %v", err)
	}
}
