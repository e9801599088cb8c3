package places

import (
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// raced says that the race detector is at work.
var raced bool

// Every prefix of both tables must say what the library says, in both languages:
// a table that was not made anew after the module changed fails here.
func TestTheTablesSayWhatTheLibrarySays(t *testing.T) {
	seen, step := 0, 1
	if raced { // half a minute, and no goroutine in it
		step = 17
	}
	for _, table := range []string{english, german} {
		n := int(word(table, 0))
		for i := 0; i < n; i += step {
			digits := strconv.FormatUint(uint64(word(table, 4+4*i)), 10)
			num, err := phonenumbers.Parse("+"+digits+"2345678"[:min(7, 14-len(digits))], "ZZ")
			if err != nil {
				continue // a prefix whose country the library doesn't parse with these digits
			}
			e164 := phonenumbers.Format(num, phonenumbers.E164)[1:]
			for _, lang := range []string{"de", "en"} {
				want, err := phonenumbers.GetGeocodingForNumber(num, lang)
				if err != nil {
					continue // what the library has no region for
				}
				got := Of(e164, lang)
				if got == "" {
					t.Fatalf("+%s in %s: no place, the library says %q", e164, lang, want)
				}
				if got != want {
					t.Fatalf("+%s in %s: %q, the library says %q", e164, lang, got, want)
				}
				seen++
			}
		}
	}
	if seen < 50_000/step {
		t.Fatalf("only %d places compared", seen)
	}
}

func TestAPlaceIsNamedInTheLanguageElseInEnglish(t *testing.T) {
	for _, c := range []struct{ digits, lang, want string }{
		{"492211234567", "de", "Köln"},
		{"492211234567", "de-AT", "Köln"},
		{"492211234567", "en", "Cologne"},
		{"492211234567", "fr", "Cologne"},
		{"41443334455", "de", "Zürich"},
		{"48225551840", "de", "Warsaw"},
		{"12125550123", "en", "New York, NY"},
		{"49", "de", ""},
		{"", "de", ""},
		{"not a number", "en", ""},
		{"99999999999999999999", "en", ""},
	} {
		if got := Of(c.digits, c.lang); got != c.want {
			t.Errorf("Of(%q, %q) = %q, want %q", c.digits, c.lang, got, c.want)
		}
	}
}

func TestALookupAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Of("492211234567", "de") }); n > 0 {
		t.Errorf("%v allocations a lookup", n)
	}
}

func BenchmarkOf(b *testing.B) {
	for b.Loop() {
		Of("492211234567", "de")
	}
}
