package theme_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"leadline/assets"
	"leadline/ui/theme"
)

// luminance and contrast are WCAG 2.1's.
func luminance(c color.NRGBA) float64 {
	lin := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func value(t *testing.T, name fyne.ThemeColorName, v fyne.ThemeVariant) color.NRGBA {
	t.Helper()
	c, ok := theme.Value(name, v)
	if !ok {
		t.Fatalf("there is no colour %q", name)
	}
	return c
}

// The figures are look.md's, light and dark.
func TestContrastIsWhatLookMdSays(t *testing.T) {
	for _, c := range []struct {
		what        string
		fg, bg      fyne.ThemeColorName
		light, dark float64
	}{
		{"text 1 on surface", theme.Text1, theme.Surface, 17.6, 14.9},
		{"text 2 on surface", theme.Text2, theme.Surface, 7.9, 8.8},
		{"text 3 on surface", theme.Text3, theme.Surface, 5.4, 6.1},
		{"accent on surface", theme.Accent, theme.Surface, 7.4, 8.3},
		{"danger text on surface", theme.DangerText, theme.Surface, 6.5, 8.5},
		{"warning text on surface", theme.WarningText, theme.Surface, 7.0, 9.9},
		{"text 3 on accent-soft", theme.Text3, theme.AccentSoft, 4.6, 4.8},
		{"white on accent", theme.OnFill, theme.AccentFill, 6.6, 5.5},
		{"white on answer", theme.OnFill, theme.AnswerFill, 5.3, 5.5},
		{"white on danger", theme.OnFill, theme.DangerFill, 5.6, 5.8},
		{"field outline on surface", theme.FieldOutline, theme.Surface, 3.6, 3.9},
	} {
		for v, want := range map[fyne.ThemeVariant]float64{fynetheme.VariantLight: c.light, fynetheme.VariantDark: c.dark} {
			got := contrast(value(t, c.fg, v), value(t, c.bg, v))
			if math.Abs(got-want) > 0.1 {
				t.Errorf("%s, variant %d: %.2f, look.md says %.1f", c.what, v, got, want)
			}
		}
	}
}

// Every text that the widgets put on a fill can be read: 4.5 as WCAG AA asks.
func TestTextsCanBeReadOnTheirFills(t *testing.T) {
	for _, c := range [][2]fyne.ThemeColorName{
		{theme.Text2, theme.Hover}, {theme.Text2, theme.Background}, {theme.Text3, theme.Background}, {theme.Text3, theme.Sunk}, {theme.Text3, theme.Raised},
		{theme.Accent, theme.AccentSoft}, {theme.Accent, theme.Pressed}, {theme.AnswerText, theme.AnswerSoft}, {theme.DangerText, theme.DangerSoft}, {theme.WarningText, theme.WarningSoft},
		{theme.Text2, theme.AccentSoft}, {theme.OnFill, theme.AccentHover}, {theme.OnFill, theme.AnswerHover}, {theme.OnFill, theme.DangerHover},
		{fynetheme.ColorNameForegroundOnPrimary, fynetheme.ColorNamePrimary}, // the button of Fyne's dialogs for files
	} {
		for _, v := range []fyne.ThemeVariant{fynetheme.VariantLight, fynetheme.VariantDark} {
			if got := contrast(value(t, c[0], v), value(t, c[1], v)); got < 4.5 {
				t.Errorf("%s on %s, variant %d: %.2f, want 4.5", c[0], c[1], v, got)
			}
		}
	}
}

// Where contrasts are strong, every text has the 7 that WCAG AAA asks, and what has an edge is seen by
// it: 4.5, and 3 for hairlines.
func TestStrongContrastsAreStrong(t *testing.T) {
	texts := []fyne.ThemeColorName{theme.Text1, theme.Text2, theme.Text3, theme.Accent, theme.AnswerText, theme.DangerText, theme.WarningText}
	grounds := []fyne.ThemeColorName{theme.Surface, theme.Background, theme.Sunk, theme.Raised, theme.Hover, theme.Pressed, theme.AccentSoft}
	type pair struct {
		fg, bg fyne.ThemeColorName
		want   float64
	}
	all := []pair{
		{theme.OnFill, theme.AccentFill, 7}, {theme.OnFill, theme.AccentHover, 7}, {theme.OnFill, theme.AnswerFill, 7}, {theme.OnFill, theme.AnswerHover, 7},
		{theme.OnFill, theme.DangerFill, 7}, {theme.OnFill, theme.DangerHover, 7}, {theme.AnswerText, theme.AnswerSoft, 7}, {theme.DangerText, theme.DangerSoft, 7},
		{theme.WarningText, theme.WarningSoft, 7}, {theme.Disabled, theme.Surface, 4.5}, {theme.Disabled, theme.Sunk, 4.5},
		{theme.FieldOutline, theme.Surface, 4.5}, {theme.Outline, theme.Surface, 4.5}, {theme.Border, theme.Surface, 3},
	}
	for _, text := range texts {
		for _, ground := range grounds {
			all = append(all, pair{text, ground, 7})
		}
	}
	for _, p := range all {
		for _, v := range []fyne.ThemeVariant{fynetheme.VariantLight, fynetheme.VariantDark} {
			fg, _ := theme.StrongValue(p.fg, v)
			bg, ok := theme.StrongValue(p.bg, v)
			if got := contrast(fg, bg); !ok || got < p.want {
				t.Errorf("%s on %s, variant %d: %.2f, want %v", p.fg, p.bg, v, got, p.want)
			}
		}
	}
	if got := theme.New(theme.Light).InContrast(true).Color(theme.Text3, fynetheme.VariantDark); got != (color.NRGBA{0x2E, 0x34, 0x3C, 0xFF}) {
		t.Errorf("the theme in strong contrasts has %v", got)
	}
}

func TestModeForcesOrFollows(t *testing.T) {
	light, dark := value(t, theme.Surface, fynetheme.VariantLight), value(t, theme.Surface, fynetheme.VariantDark)
	for _, c := range []struct {
		mode   theme.Mode
		system fyne.ThemeVariant
		want   color.NRGBA
	}{
		{theme.System, fynetheme.VariantLight, light}, {theme.System, fynetheme.VariantDark, dark},
		{theme.Light, fynetheme.VariantDark, light}, {theme.Dark, fynetheme.VariantLight, dark},
	} {
		if got := theme.New(c.mode).Color(theme.Surface, c.system); got != c.want {
			t.Errorf("mode %d on system %d: %v, want %v", c.mode, c.system, got, c.want)
		}
	}
}

func TestBoldIsSemiBoldAndItalicIsMedium(t *testing.T) {
	th := theme.New(theme.System)
	for _, c := range []struct {
		style fyne.TextStyle
		want  string
	}{{fyne.TextStyle{}, "Inter-Regular.ttf"}, {fyne.TextStyle{Bold: true}, "Inter-SemiBold.ttf"}, {fyne.TextStyle{Italic: true}, "Inter-Medium.ttf"}} {
		if got := th.Font(c.style).Name(); got != c.want {
			t.Errorf("%+v is %s, want %s", c.style, got, c.want)
		}
	}
}

func TestEveryIconDrawsSomething(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	for _, name := range assets.IconNames() {
		covered := 0
		picture := theme.DrawIcon(theme.IconName(name), theme.Text1, 16, 16)
		for i := 3; i < len(picture.Pix); i += 4 {
			if picture.Pix[i] > 127 {
				covered++
			}
		}
		if covered < 8 || covered > 200 {
			t.Errorf("the icon %s covers %d of 256 pixels", name, covered)
		}
	}
}

func TestAnIconIsDrawnOnceInEachColour(t *testing.T) {
	settings := test.NewTempApp(t).Settings()
	settings.SetTheme(theme.New(theme.Light))
	light := theme.DrawIcon("alert", theme.Text1, 16, 16)
	if theme.DrawIcon("alert", theme.Text1, 16, 16) != light {
		t.Error("the same icon in the same colour is drawn again")
	}
	if theme.DrawIcon("alert", theme.Accent, 16, 16) == light {
		t.Error("another colour makes no difference")
	}
	settings.SetTheme(theme.New(theme.Dark))
	if theme.DrawIcon("alert", theme.Text1, 16, 16) == light {
		t.Error("the dark theme has the icon in the light one's colour")
	}
	settings.SetTheme(theme.New(theme.Light))
	if theme.DrawIcon("alert", theme.Text1, 16, 16) != light {
		t.Error("back in the light theme the icon has another colour than before")
	}
}

func TestAnIconLiesInTheMiddleOfItsPlace(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
	alone, wide := theme.DrawIcon("alert", theme.Text1, 16, 16), theme.DrawIcon("alert", theme.Text1, 24, 16)
	for y := range 16 {
		for x := range 24 {
			want := color.RGBA{}
			if x >= 4 && x < 20 {
				want = alone.RGBAAt(x-4, y)
			}
			if got := wide.RGBAAt(x, y); got != want {
				t.Fatalf("pixel %d, %d is %v, want %v", x, y, got, want)
			}
		}
	}
}

// Fyne's painter leaves out what has the very value color.Transparent; any other
// colour without alpha it paints pixel by pixel.
func TestClearIsNothingToPaint(t *testing.T) {
	for _, v := range []fyne.ThemeVariant{fynetheme.VariantLight, fynetheme.VariantDark} {
		if got := theme.New(theme.System).Color(theme.Clear, v); got != color.Transparent {
			t.Errorf("variant %v: %#v", v, got)
		}
	}
}
