package ui

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	licencetexts "leadline/assets/notices"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsAboutView tells the version, and whose work is in the program.
type settingsAboutView struct {
	box  *fyne.Container
	body *fyne.Container // the list, or a licence
	list fyne.CanvasObject
	snap desk.Snapshot
}

func newSettingsAbout(opt MainOptions) *settingsAboutView {
	version := opt.Version
	if version == "" {
		version = "0"
	}
	head := kit.Row(14, newMark(44), kit.Grow(kit.Column(2, kit.NewData("Leadline "+version, kit.Title),
		kit.NewData(runtime.GOOS+"/"+runtime.GOARCH+" · "+runtime.Version(), kit.Secondary))))
	v := &settingsAboutView{body: kit.Stack()}
	licence := kit.NewProse("Leadline is free software under the Apache License 2.0. It contains the work of others; a click shows a licence:", kit.Body)
	var rows []fyne.CanvasObject
	for _, w := range othersWork(opt.Settings.CanEnhance()) {
		rows = append(rows, v.row(w), kit.NewHairline())
	}
	v.list = container.NewVScroll(
		kit.Pad(20, 24, 20, 24, kit.Column(16, head, v.diagnosticsRow(opt), newReportRow(opt), licence, kit.Column(0, rows...))))
	v.show(v.list)
	v.box = kit.Column(0, settingsTitle("About"), kit.Grow(v.body))
	return v
}

// row is a work of others; a click shows its licence.
func (v *settingsAboutView) row(w othersPiece) fyne.CanvasObject {
	row := newPressFocus("item", 6, kit.Sized(0, 28, kit.Row(12, kit.Grow(kit.NewData(w.name, kit.Body).Shrink(60)),
		kit.Sized(150, 0, kit.NewData(w.version, kit.Quiet).Shrink(0)), kit.Sized(130, 0, kit.NewData(w.licence, kit.Secondary).Shrink(0)))),
		func() { v.read(w) })
	row.english = func() string { return w.name }
	return row
}

// read shows a licence in the place of the list.
func (v *settingsAboutView) read(w othersPiece) {
	back := kit.NewButton("Back", kit.Line, func() { v.show(v.list) })
	page := []fyne.CanvasObject{kit.Row(12, back, kit.Grow(kit.NewData(joined(" ", w.name, w.version), kit.Strong).Shrink(60))), kit.Gap(12)}
	for _, line := range licenceLines(licencetexts.Of(cmp.Or(w.notice, w.name))) {
		page = append(page, kit.Sized(0, 18, kit.NewData(line, kit.Secondary.In(theme.Text1)).Shrink(0)))
	}
	v.show(kit.Scroll(kit.Pad(20, 24, 20, 24, kit.Column(0, page...))))
}

// licenceWidth is how many letters of a licence stand in a line.
const licenceWidth = 92

// licenceLines are the lines of a licence, those that are longer than others are broken.
func licenceLines(licence string) (lines []string) {
	for line := range strings.SplitSeq(licence, "\n") {
		for len(line) > licenceWidth {
			at := strings.LastIndexByte(line[:licenceWidth], ' ')
			if at <= 0 {
				break
			}
			lines, line = append(lines, line[:at]), line[at+1:]
		}
		lines = append(lines, line)
	}
	return lines
}

func (v *settingsAboutView) show(o fyne.CanvasObject) {
	v.body.Objects = []fyne.CanvasObject{o}
	v.body.Refresh()
}

// Object is the view.
func (v *settingsAboutView) Object() fyne.CanvasObject { return v.box }

// Enter does nothing.
func (v *settingsAboutView) Enter() {}

// Leave does nothing.
func (v *settingsAboutView) Leave() {}

// Draw keeps the snapshot for the diagnostics.
func (v *settingsAboutView) Draw(s desk.Snapshot) { v.snap = s }

// diagnosticsRow is the button that copies what somebody who helps wants to know.
func (v *settingsAboutView) diagnosticsRow(opt MainOptions) fyne.CanvasObject {
	said := kit.NewProse("Versions, system, accounts and sound, for whoever helps you. Names, numbers and passwords are not in it.", kit.Quiet)
	copied := kit.NewButton("Copy diagnostics", kit.Line, func() {
		opt.App.Clipboard().SetContent(diagnostics(opt, v.snap))
		said.SetText(text.T("Copied."))
	})
	return kit.Column(6, kit.Row(0, copied, kit.Spacer()), said)
}

type othersPiece struct {
	name, version, licence string
	notice                 string // what its licence is found by; "" for name
}

// licences are those of the libraries that are linked in, by module path. A test
// fails on one that is missing here.
var licences = map[string]string{
	"fyne.io/fyne/v2":                     "BSD-3-Clause",
	"fyne.io/systray":                     "Apache-2.0",
	"git.sr.ht/~jackmordaunt/go-toast":    "MIT",
	"git.sr.ht/~jackmordaunt/go-toast/v2": "MIT",
	"github.com/BurntSushi/toml":          "MIT",
	"github.com/FyshOS/fancyfs":           "BSD-3-Clause",
	"github.com/jackc/pgx/v5":             "MIT",
	"github.com/pressly/goose/v3":         "MIT",
	"github.com/jackc/pgpassfile":         "MIT",
	"github.com/jackc/pgservicefile":      "MIT",
	"github.com/jackc/puddle/v2":          "MIT",
	"github.com/mfridman/interpolate":     "MIT",
	"github.com/sethvargo/go-retry":       "Apache-2.0",
	"go.uber.org/multierr":                "MIT",
	"github.com/fxamacker/cbor/v2":        "MIT",
	"github.com/x448/float16":             "MIT",
	"github.com/danielgtaylor/huma/v2":    "MIT",
	"github.com/coder/websocket":          "ISC",
	"github.com/klauspost/compress":       "BSD-3-Clause, Apache-2.0, MIT",
	"github.com/prometheus/client_golang": "Apache-2.0",
	"github.com/prometheus/client_model":  "Apache-2.0",
	"github.com/prometheus/common":        "Apache-2.0",
	"github.com/prometheus/procfs":        "Apache-2.0",
	"github.com/beorn7/perks":             "MIT",
	"github.com/cespare/xxhash/v2":        "MIT",
	"github.com/munnerz/goautoneg":        "BSD-3-Clause",
	"golang.org/x/time":                   "BSD-3-Clause",
	"github.com/anthonynsimon/bild":       "MIT",
	"github.com/clipperhouse/uax29/v2":    "MIT",
	"github.com/danieljoos/wincred":       "MIT",
	"github.com/emiago/diago":             "MPL-2.0",
	"github.com/emiago/dtls/v3":           "MIT",
	"github.com/emiago/sipgo":             "BSD-2-Clause",
	"github.com/esiqveland/notify":        "BSD-3-Clause",
	"github.com/fsnotify/fsnotify":        "BSD-3-Clause",
	"github.com/fyne-io/gl-js":            "BSD-3-Clause",
	"github.com/fyne-io/glfw-js":          "MIT",
	"github.com/fyne-io/image":            "BSD-3-Clause",
	"github.com/fyne-io/oksvg":            "BSD-3-Clause",
	"github.com/gen2brain/beeep":          "BSD-2-Clause",
	"github.com/gen2brain/malgo":          "Unlicense",
	"github.com/go-audio/riff":            "Apache-2.0",
	"github.com/go-gl/gl":                 "MIT",
	"github.com/go-gl/glfw/v3.4/glfw":     "BSD-3-Clause",
	"github.com/go-ole/go-ole":            "MIT",
	"github.com/go-text/render":           "BSD-3-Clause",
	"github.com/go-text/typesetting":      "BSD-3-Clause",
	"github.com/gobwas/httphead":          "MIT",
	"github.com/gobwas/pool":              "MIT",
	"github.com/gobwas/ws":                "MIT",
	"github.com/godbus/dbus/v5":           "BSD-2-Clause",
	"github.com/gofrs/flock":              "BSD-3-Clause",
	"github.com/jezek/xgb":                "BSD-3-Clause",
	"github.com/google/uuid":              "BSD-3-Clause",
	"github.com/gotranspile/g722":         "BSD",
	"github.com/hack-pad/go-indexeddb":    "Apache-2.0",
	"github.com/hack-pad/safejs":          "Apache-2.0",
	"github.com/icholy/digest":            "MIT",
	"github.com/icza/bitio":               "Apache-2.0",
	"github.com/jackmordaunt/icns/v3":     "MIT",
	"github.com/jeandeaual/go-locale":     "MIT",
	"github.com/jsummers/gobmp":           "MIT",
	"github.com/mattn/go-runewidth":       "MIT",
	"github.com/mattn/go-sqlite3":         "MIT",
	"github.com/mewkiz/flac":              "Unlicense",
	"github.com/mewkiz/pkg":               "Unlicense",
	"github.com/mewpkg/term":              "Unlicense",
	"github.com/miekg/dns":                "BSD-3-Clause",
	"github.com/nfnt/resize":              "ISC",
	"github.com/nicksnyder/go-i18n/v2":    "MIT",
	"github.com/nyaruka/phonenumbers":     "MIT",
	"github.com/pelletier/go-toml/v2":     "MIT",
	"github.com/pion/dtls/v3":             "MIT",
	"github.com/pion/logging":             "MIT",
	"github.com/pion/randutil":            "MIT",
	"github.com/pion/rtcp":                "MIT",
	"github.com/pion/rtp":                 "MIT",
	"github.com/pion/sdp/v3":              "MIT",
	"github.com/pion/srtp/v3":             "MIT",
	"github.com/pion/stun/v3":             "MIT",
	"github.com/pion/transport/v3":        "MIT",
	"github.com/pion/transport/v4":        "MIT",
	"github.com/pion/transport/v5":        "MIT",
	"github.com/rymdport/portal":          "Apache-2.0",
	"github.com/sergeymakinen/go-bmp":     "BSD-3-Clause",
	"github.com/sergeymakinen/go-ico":     "BSD-3-Clause",
	"github.com/srwiley/oksvg":            "BSD-3-Clause",
	"github.com/srwiley/rasterx":          "BSD-3-Clause",
	"github.com/stretchr/testify":         "MIT",
	"github.com/tadvi/systray":            "MIT",
	"github.com/thesyncim/gopus":          "BSD-3-Clause",
	"github.com/wlynxg/anet":              "BSD-3-Clause",
	"github.com/yuin/goldmark":            "MIT",
	"github.com/zaf/g711":                 "BSD-3-Clause",
	"github.com/zalando/go-keyring":       "MIT",
	"go.yaml.in/yaml/v3":                  "MIT, Apache-2.0",
	"golang.org/x/crypto":                 "BSD-3-Clause",
	"golang.org/x/image":                  "BSD-3-Clause",
	"golang.org/x/net":                    "BSD-3-Clause",
	"golang.org/x/sync":                   "BSD-3-Clause",
	"golang.org/x/sys":                    "BSD-3-Clause",
	"golang.org/x/text":                   "BSD-3-Clause",
	"google.golang.org/protobuf":          "BSD-3-Clause",
	"gopkg.in/hraban/opus.v2":             "MIT",
	"gopkg.in/yaml.v3":                    "MIT, Apache-2.0",
	"pgregory.net/rapid":                  "MPL-2.0",
}

// othersWork lists fonts, icons and the libraries that this very binary was built with.
func othersWork(speex bool) []othersPiece {
	list := []othersPiece{
		{"Inter", "", "OFL-1.1", "the font Inter"},
		{"Noto Sans", "", "OFL-1.1", "the font Noto Sans"},
		{"DejaVu Sans Mono", "", "Bitstream Vera", "the font DejaVu Sans Mono for Powerline"},
		{"Lucide", "", "ISC, MIT", "the icons of Lucide"},
		{"libphonenumber", "", "Apache-2.0", "Leadline"},
		{"Go", strings.TrimPrefix(runtime.Version(), "go"), "BSD-3-Clause", ""},
		{"GLFW", "", "Zlib", ""},
		{"SQLite", "", "Public domain", ""},
		{"miniaudio", "", "Public domain", ""},
	}
	if speex { // of the system, not in here
		list = append(list, othersPiece{"SpeexDSP", "", "BSD-3-Clause", ""})
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return list
	}
	for _, m := range info.Deps {
		list = append(list, othersPiece{m.Path, strings.TrimPrefix(m.Version, "v"), licences[m.Path], ""})
	}
	return list
}
