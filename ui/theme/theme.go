package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"leadline/assets"
)

// Mode says where the variant comes from.
type Mode int

const (
	System Mode = iota // as the desktop is set
	Light              // light, whatever the desktop says
	Dark               // dark, whatever the desktop says
)

var (
	regular  = fyne.NewStaticResource("Inter-Regular.ttf", assets.InterRegular)
	medium   = fyne.NewStaticResource("Inter-Medium.ttf", assets.InterMedium)
	semiBold = fyne.NewStaticResource("Inter-SemiBold.ttf", assets.InterSemiBold)
)

// Theme is Leadline's fyne.Theme. It is a value without state: to change the
// mode, hand a new one to Settings().SetTheme.
type Theme struct {
	mode   Mode
	strong bool
}

var _ fyne.Theme = (*Theme)(nil)

// New returns the theme in the given mode.
func New(mode Mode) *Theme { return &Theme{mode: mode} }

// InContrast is the theme with strong contrasts, or without them.
func (t *Theme) InContrast(strong bool) *Theme { return &Theme{mode: t.mode, strong: strong} }

// Strong tells whether contrasts are strong.
func (t *Theme) Strong() bool { return t.strong }

// Mode returns the mode the theme was made with.
func (t *Theme) Mode() Mode { return t.mode }

// Color returns a token's colour; names that neither we nor Fyne's map know
// fall back to Fyne's default theme.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	variant = t.variant(variant)
	value := Value
	if t.strong {
		value = StrongValue
	}
	if c, ok := value(name, variant); ok {
		if c.A == 0 {
			return color.Transparent // Fyne paints nothing then, of another colour without alpha each pixel
		}
		return c
	}
	return fynetheme.DefaultTheme().Color(name, variant)
}

func (t *Theme) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.mode {
	case Light:
		return fynetheme.VariantLight
	case Dark:
		return fynetheme.VariantDark
	}
	return system
}

// Font returns a cut of Inter: Bold is SemiBold, Italic is Medium. Monospace
// and symbols stay Fyne's. Scripts that Inter lacks are Fyne's to find.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if style.Monospace || style.Symbol {
		return fynetheme.DefaultTheme().Font(style)
	}
	return Cut(style)
}

// Cut is the cut of Inter for a style: Bold is SemiBold, Italic is Medium.
func Cut(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Bold:
		return semiBold
	case style.Italic:
		return medium
	}
	return regular
}

// Icon returns Fyne's own icons: ours are drawn by kit and asked for with Icon below.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fynetheme.DefaultTheme().Icon(name)
}

// Size returns look.md's sizes in Fyne's units (pixels at scale 1).
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return 13
	case fynetheme.SizeNameCaptionText:
		return 11
	case fynetheme.SizeNameHeadingText:
		return 18
	case fynetheme.SizeNameSubHeadingText:
		return 15
	case fynetheme.SizeNamePadding:
		return 4
	case fynetheme.SizeNameInnerPadding:
		return 7
	case fynetheme.SizeNameInputBorder, fynetheme.SizeNameSeparatorThickness:
		return 1
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameButtonRadius, fynetheme.SizeNameSelectionRadius:
		return 6
	case fynetheme.SizeNameCardRadius:
		return 8
	case fynetheme.SizeNamePopupRadius, fynetheme.SizeNameDialogRadius, fynetheme.SizeNameMenuRadius:
		return 10
	case fynetheme.SizeNameInlineIcon:
		return 16
	case fynetheme.SizeNameScrollBar:
		return 10
	case fynetheme.SizeNameScrollBarSmall, fynetheme.SizeNameScrollBarRadius:
		return 4
	}
	return fynetheme.DefaultTheme().Size(name)
}

// Color is a token's colour in the theme and variant of the running program.
func Color(name fyne.ThemeColorName) color.Color {
	s := fyne.CurrentApp().Settings()
	return s.Theme().Color(name, s.ThemeVariant())
}

// IsDark says whether the dark colours are shown.
func IsDark() bool {
	s := fyne.CurrentApp().Settings()
	if t, ok := s.Theme().(*Theme); ok {
		return t.variant(s.ThemeVariant()) == fynetheme.VariantDark
	}
	return s.ThemeVariant() == fynetheme.VariantDark
}
