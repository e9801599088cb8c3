package screen

import (
	"os"
	"strconv"
	"sync"

	"fyne.io/fyne/v2"
)

const scaleVariable = "FYNE_SCALE"

// systemScale is what the desktop or the agent has set, before Enlarge changes it.
var systemScale = sync.OnceValues(func() (scale float64, given string) {
	given = os.Getenv(scaleVariable)
	if scale, err := strconv.ParseFloat(given, 64); err == nil && scale > 0 {
		return scale, given
	}
	if scale := fyne.CurrentApp().Settings().Scale(); scale > 0 {
		return float64(scale), given
	}
	return 1, given
})

// Enlarge draws everything in so many percent of its size, 90..150; 0 is 100. Windows that are
// open follow with the next change of the theme. Fyne rounds the factor to a tenth.
func Enlarge(percent int) {
	scale, given := systemScale()
	switch {
	case percent != 0 && percent != 100:
		_ = os.Setenv(scaleVariable, strconv.FormatFloat(scale*float64(percent)/100, 'f', -1, 64)) // fails for malformed names only
	case given == "":
		_ = os.Unsetenv(scaleVariable)
	default:
		_ = os.Setenv(scaleVariable, given)
	}
}
