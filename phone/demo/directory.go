package demo

import (
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
)

// Customer is somebody who calls, and whose number can be called back.
type Customer struct {
	Name    string // for the narration; never on the wire
	Number  string // E.164 with +; "" when withheld
	Display string // the name the PBX sends with the call; often none
	Line    string // the line that is called, told in X-Line and To; "" is the main one

	Rings time.Duration // gives up after that; 0: after 30 s
	Talks time.Duration // hangs up after that; 0: waits for the other side
}

// Withheld says that the customer does not show a number.
func (c Customer) Withheld() bool { return c.Number == "" }

// Lines of the demo's company: the main number and a second one.
const (
	MainLine  = "+493055500100"
	SalesLine = "+493055500200"
)

// The three who call in `make demo`. The numbers are of the ranges that the
// Bundesnetzagentur keeps free for films.
var (
	// Known is in the seeded CRM.
	Known = Customer{Name: "Frau Berger", Number: "+493023125777", Line: MainLine}
	// Unknown is in no CRM yet.
	Unknown = Customer{Name: "a stranger", Number: "+491713920044", Line: SalesLine}
	// Withheld shows no number.
	Withheld = Customer{Name: "somebody without a number", Line: MainLine}
)

// Customers are all that call by themselves, and can be called back.
func Customers() []Customer { return []Customer{Known, Unknown, Withheld} }

// Behaviour is what happens when a number is called.
type Behaviour int

const (
	Answers    Behaviour = iota // after two seconds of ringing; talks, and repeats what it hears
	Echoes                      // answers at once and sends back what it hears, nothing else
	Busy                        // 486
	NeverThere                  // rings, then 480
	Declines                    // 603
	NotFound                    // 404
	Forwards                    // rings at a colleague's telephone
)

// Number is one that can be called.
type Number struct {
	Number string
	What   string // in English
	Does   Behaviour
}

// Special are the short numbers of the box.
func Special() []Number {
	return []Number{
		{"600", "Echo test", Echoes},
		{"601", "Is always busy", Busy},
		{"602", "Rings and never answers", NeverThere},
		{"603", "Declines every call", Declines},
		{"604", "Does not exist", NotFound},
	}
}

// behaviour finds what a dialled number does: a special one, a customer or a
// seeded contact, however it is written; else there is none.
func behaviour(dialled string, seeded []string) Behaviour {
	for _, n := range Special() {
		if n.Number == dialled {
			return n.Does
		}
	}
	want := e164(dialled)
	for _, c := range Customers() {
		if !c.Withheld() && want == c.Number {
			return Answers
		}
	}
	for _, n := range seeded {
		if want != "" && e164(n) == want {
			return Answers
		}
	}
	return NotFound
}

// e164 is a number as the world writes it, read as a German would dial it; ""
// when it is none.
func e164(number string) string {
	n, err := phonenumbers.Parse(strings.TrimSpace(number), "DE")
	if err != nil {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}
