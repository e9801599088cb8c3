package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// The colour tokens. Each has a light and a dark value in palette.
const (
	Background   fyne.ThemeColorName = "chrome"  // bars and rail
	Surface      fyne.ThemeColorName = "surface" // where content lies; what windows are cleared with
	Sunk         fyne.ThemeColorName = "sunk"    // footer, player, disabled buttons
	Raised       fyne.ThemeColorName = "raised"  // popups and cards
	Hover        fyne.ThemeColorName = fynetheme.ColorNameHover
	Pressed      fyne.ThemeColorName = fynetheme.ColorNamePressed
	Border       fyne.ThemeColorName = "border"       // hairlines
	Outline      fyne.ThemeColorName = "outline"      // of outlined buttons
	FieldOutline fyne.ThemeColorName = "fieldOutline" // of entries, radios, checks

	Text1    fyne.ThemeColorName = fynetheme.ColorNameForeground
	Text2    fyne.ThemeColorName = "text2"
	Text3    fyne.ThemeColorName = "text3"
	Disabled fyne.ThemeColorName = fynetheme.ColorNameDisabled
	OnFill   fyne.ThemeColorName = "onFill"     // text on accent, answer and danger fills
	OnFill2  fyne.ThemeColorName = "onFillSoft" // key hints there

	Accent      fyne.ThemeColorName = fynetheme.ColorNamePrimary // accent text, links, focus ring
	AccentFill  fyne.ThemeColorName = "accentFill"
	AccentHover fyne.ThemeColorName = "accentHover"
	AccentSoft  fyne.ThemeColorName = "accentSoft"

	AnswerFill  fyne.ThemeColorName = "answerFill"
	AnswerHover fyne.ThemeColorName = "answerHover"
	AnswerText  fyne.ThemeColorName = fynetheme.ColorNameSuccess
	AnswerSoft  fyne.ThemeColorName = "answerSoft"

	DangerFill  fyne.ThemeColorName = "dangerFill"
	DangerHover fyne.ThemeColorName = "dangerHover"
	DangerText  fyne.ThemeColorName = fynetheme.ColorNameError
	DangerSoft  fyne.ThemeColorName = "dangerSoft"

	WarningText fyne.ThemeColorName = fynetheme.ColorNameWarning
	WarningSoft fyne.ThemeColorName = "warningSoft"
	WarningFill fyne.ThemeColorName = "warningFill" // the state line of a held call

	ChartMain   fyne.ThemeColorName = "chartMain"
	ChartMissed fyne.ThemeColorName = "chartMissed"
	ChartPale   fyne.ThemeColorName = "chartPale"

	StageOpen fyne.ThemeColorName = "stageOpen" // the line above a stage of the board whose deals are worked on

	Shadow fyne.ThemeColorName = "popupShadow" // of popups and toasts, with its alpha
	Clear  fyne.ThemeColorName = "clear"       // paints nothing
)

type pair struct{ light, dark uint32 } // 0xRRGGBBAA

var palette = map[fyne.ThemeColorName]pair{
	Background:   {0xF2F3F5FF, 0x111316FF},
	Surface:      {0xFFFFFFFF, 0x181B1FFF},
	Sunk:         {0xF7F8F9FF, 0x14171AFF},
	Raised:       {0xFFFFFFFF, 0x22262CFF},
	Hover:        {0xE9EBEFFF, 0x2B3038FF},
	Pressed:      {0xDDE0E6FF, 0x363C46FF},
	Border:       {0xE0E3E8FF, 0x2B3037FF},
	Outline:      {0xCDD2D9FF, 0x3A414BFF},
	FieldOutline: {0x7F8896FF, 0x6E7886FF},
	Text1:        {0x16191EFF, 0xECEEF1FF},
	Text2:        {0x4A525EFF, 0xB3BAC4FF},
	Text3:        {0x626B78FF, 0x919AA6FF},
	Disabled:     {0x9AA1ACFF, 0x5F6875FF},
	OnFill:       {0xFFFFFFFF, 0xFFFFFFFF},
	OnFill2:      {0xFFFFFFE0, 0xFFFFFFE0},
	Accent:       {0x3347C2FF, 0xA3AFFFFF},
	AccentFill:   {0x3B4FCBFF, 0x4A5CD6FF},
	AccentHover:  {0x2F41B0FF, 0x5668E4FF},
	AccentSoft:   {0xE9ECFBFF, 0x262C4CFF},
	AnswerFill:   {0x1D7B4AFF, 0x1E774AFF},
	AnswerHover:  {0x17663DFF, 0x22814FFF},
	AnswerText:   {0x17693FFF, 0x6FD39BFF},
	AnswerSoft:   {0xE2F3E9FF, 0x173326FF},
	DangerFill:   {0xBF3329FF, 0xB8372EFF},
	DangerHover:  {0xA02A21FF, 0xC8423AFF},
	DangerText:   {0xB3261EFF, 0xFF9A90FF},
	DangerSoft:   {0xFBE9E7FF, 0x3E1E1CFF},
	WarningText:  {0x7D5000FF, 0xEBBE63FF},
	WarningSoft:  {0xFBF0D6FF, 0x392D14FF},
	WarningFill:  {0xC98A12FF, 0xD9A036FF},
	ChartMain:    {0x3B4FCBFF, 0x6676EAFF},
	ChartMissed:  {0xD9685EFF, 0xF2988FFF},
	ChartPale:    {0xC9CED8FF, 0x3C434DFF},
	StageOpen:    {0x7E8CE0FF, 0x48529AFF},
	Shadow:       {0x00000026, 0x00000080},
	Clear:        {0x00000000, 0x00000000},
}

// fyneNames are the colours that Fyne's own widgets ask for, by our tokens.
// Entries draw neither box nor border: kit.Field does. Windows are cleared with the
// surface, which then need not be painted: without a graphics card that is most of the
// work.
var fyneNames = map[fyne.ThemeColorName]fyne.ThemeColorName{
	fynetheme.ColorNameBackground:          Surface,
	fynetheme.ColorNameButton:              Surface,
	fynetheme.ColorNameDisabledButton:      Sunk,
	fynetheme.ColorNameFocus:               AccentSoft,
	fynetheme.ColorNameForegroundOnError:   OnFill,
	fynetheme.ColorNameForegroundOnPrimary: Surface, // Fyne fills with Accent, which is light in the dark
	fynetheme.ColorNameForegroundOnSuccess: OnFill,
	fynetheme.ColorNameForegroundOnWarning: OnFill,
	fynetheme.ColorNameHeaderBackground:    Sunk,
	fynetheme.ColorNameHyperlink:           Accent,
	fynetheme.ColorNameInputBackground:     Clear,
	fynetheme.ColorNameInputBorder:         Clear,
	fynetheme.ColorNameMenuBackground:      Raised,
	fynetheme.ColorNameOverlayBackground:   Raised,
	fynetheme.ColorNamePlaceHolder:         Text3,
	fynetheme.ColorNameScrollBar:           FieldOutline,
	fynetheme.ColorNameScrollBarBackground: Clear,
	fynetheme.ColorNameSelection:           AccentSoft,
	fynetheme.ColorNameSeparator:           Border,
	fynetheme.ColorNameShadow:              Clear, // scrollers at rest have none
}

func rgba(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 24), G: uint8(v >> 16), B: uint8(v >> 8), A: uint8(v)}
}

// strong has the tokens that differ where contrasts are strong: no grey text, fields and
// buttons with an edge that is seen, and hairlines that divide.
var strong = map[fyne.ThemeColorName]pair{
	Border:       {0x8A919CFF, 0x7C8694FF},
	Outline:      {0x4A525EFF, 0xB3BAC4FF},
	FieldOutline: {0x2E343CFF, 0xD5DAE0FF},
	Text1:        {0x000000FF, 0xFFFFFFFF},
	Text2:        {0x16191EFF, 0xECEEF1FF},
	Text3:        {0x2E343CFF, 0xD5DAE0FF},
	Disabled:     {0x626B78FF, 0x919AA6FF},
	OnFill2:      {0xFFFFFFFF, 0xFFFFFFFF},
	Accent:       {0x1E2E96FF, 0xC3CBFFFF},
	AccentFill:   {0x2436A6FF, 0x3546BEFF},
	AccentHover:  {0x1A2A8CFF, 0x3242B6FF},
	AnswerFill:   {0x0F5C35FF, 0x0F5C35FF},
	AnswerHover:  {0x0B4A2AFF, 0x0F6138FF},
	AnswerText:   {0x0B4A2AFF, 0x9BE8BDFF},
	DangerFill:   {0x9B1C14FF, 0x9B1C14FF},
	DangerHover:  {0x7E140DFF, 0xA3221AFF},
	DangerText:   {0x7E140DFF, 0xFFC2BBFF},
	WarningText:  {0x553600FF, 0xFFD98AFF},
	ChartPale:    {0x7F8896FF, 0x7C8694FF},
	StageOpen:    {0x2436A6FF, 0x8C9AFFFF},
}

// Value is the colour of a token in a variant, and whether there is such a token.
func Value(name fyne.ThemeColorName, variant fyne.ThemeVariant) (color.NRGBA, bool) {
	return value(name, variant, nil)
}

// StrongValue is Value where contrasts are strong.
func StrongValue(name fyne.ThemeColorName, variant fyne.ThemeVariant) (color.NRGBA, bool) {
	return value(name, variant, strong)
}

func value(name fyne.ThemeColorName, variant fyne.ThemeVariant, instead map[fyne.ThemeColorName]pair) (color.NRGBA, bool) {
	if to, ok := fyneNames[name]; ok {
		name = to
	}
	p, ok := instead[name]
	if !ok {
		p, ok = palette[name]
	}
	if !ok {
		return color.NRGBA{}, false
	}
	if variant == fynetheme.VariantDark {
		return rgba(p.dark), true
	}
	return rgba(p.light), true
}
