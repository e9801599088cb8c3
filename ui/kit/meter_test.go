package kit

import (
	"testing"

	"leadline/ui/theme"
)

func TestAMeterHearsInDecibels(t *testing.T) {
	dress(t, theme.Light, "en")
	m := NewMeter("Microphone")
	for _, c := range []struct {
		level float64
		value string
		loud  bool
	}{{0, "0 %", false}, {0.001, "0 %", false}, {0.0316, "50 %", false}, {0.5, "90 %", false}, {0.9, "98 %", true}, {1, "100 %", true}, {2, "100 %", true}} {
		m.Set(c.level)
		if m.Value() != c.value || m.loud() != c.loud {
			t.Errorf("%v is %s, loud %v", c.level, m.Value(), m.loud())
		}
	}
}
