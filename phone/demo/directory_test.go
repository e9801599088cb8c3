package demo

import (
	"testing"

	"github.com/nyaruka/phonenumbers"
)

func TestNumbersAreUnderstoodHoweverTheyAreDialled(t *testing.T) {
	seeded := []string{"030 23125 888", "not a number", ""}
	for dialled, want := range map[string]Behaviour{
		Known.Number: Answers, "03023125777": Answers, "004930 23125777": Answers, "(030) 23125-777": Answers,
		Unknown.Number: Answers, "0171 3920044": Answers,
		"+493023125888": Answers,
		"600":           Echoes, "601": Busy, "602": NeverThere, "603": Declines, "604": NotFound,
		"": NotFound, "605": NotFound, "+493023125999": NotFound, "anna": NotFound, "anonymous": NotFound,
	} {
		if got := behaviour(dialled, seeded); got != want {
			t.Errorf("%q does %v, want %v", dialled, got, want)
		}
	}
}

func TestTheCustomersHaveNumbersThatCouldBeReal(t *testing.T) {
	for _, number := range []string{Known.Number, Unknown.Number, MainLine, SalesLine} {
		n, err := phonenumbers.Parse(number, "")
		if err != nil || !phonenumbers.IsValidNumber(n) || phonenumbers.GetRegionCodeForNumber(n) != "DE" {
			t.Errorf("%s is no valid German number: %v", number, err)
		}
	}
	if !Withheld.Withheld() || Known.Withheld() {
		t.Error("the wrong customer hides the number")
	}
}

func TestSpeechIsLoudEnoughHasPausesAndIsTheSameForANumber(t *testing.T) {
	a, b := speech(7, 5), speech(7, 5)
	var loud, silent int
	for i := range a {
		if a[i] != b[i] {
			t.Fatal("one number has two voices")
		}
		switch v := a[i]; {
		case v > 1000 || v < -1000:
			loud++
		case v == 0:
			silent++
		}
	}
	if loud < len(a)/20 || silent < len(a)/20 {
		t.Errorf("of %d samples %d are loud and %d silent", len(a), loud, silent)
	}
}
