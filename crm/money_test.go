package crm

import (
	"errors"
	"reflect"
	"slices"
	"testing"
)

func TestACurrencyHasTheDigitsOfISO4217(t *testing.T) {
	if !slices.IsSorted(currencies) || len(slices.Compact(slices.Clone(currencies))) != len(currencies) {
		t.Fatal("the codes are searched by halves, but are out of order")
	}
	for code, want := range map[string]int{"EUR": 2, "CHF": 2, "JPY": 0, "KWD": 3, "IQD": 3, "CLF": 4, "": 2, "DEM": 2} {
		if got := (Money{Currency: code}).Digits(); got != want {
			t.Errorf("%q has %d digits, want %d", code, got, want)
		}
	}
	for code := range minorDigits {
		if _, ok := ParseCurrency(code); !ok {
			t.Errorf("%s has digits and is no currency", code)
		}
	}
}

func TestCurrenciesAreReadAsTyped(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  []string
		wrong string
	}{
		{"", nil, ""}, {" eur,CHF;usd\nEUR ", []string{"EUR", "CHF", "USD"}, ""}, {"EUR Euro", nil, "Euro"}, {"XXX", nil, "XXX"}, {"€", nil, "€"}, {"SLE VES", []string{"SLE", "VES"}, ""},
	} {
		got, err := ReadCurrencies(c.typed)
		var wrong Invalid
		errors.As(err, &wrong)
		if !reflect.DeepEqual(got, c.want) || wrong.Text.Args["code"] != c.wrong {
			t.Errorf("%q: %v, %v", c.typed, got, err)
		}
	}
	if w := (Workspace{}); w.Currency() != "EUR" || !slices.Equal(w.Offered("JPY"), []string{"EUR", "JPY"}) {
		t.Errorf("a new company offers %v", w.Offered("JPY"))
	}
	if w := (Workspace{Currencies: []string{"CHF", "EUR"}}); w.Currency() != "CHF" || !slices.Equal(w.Offered("EUR"), []string{"CHF", "EUR"}) {
		t.Errorf("%v", w.Offered("EUR"))
	}
}

func TestDifferentCurrenciesAreNotAddedUp(t *testing.T) {
	var sums []Money
	for _, m := range []Money{{100, "EUR"}, {5, "JPY"}, {1, ""}, {7, "JPY"}, {3, "KWD"}} {
		sums = AddMoney(sums, m)
	}
	if want := []Money{{101, "EUR"}, {12, "JPY"}, {3, "KWD"}}; !slices.Equal(sums, want) {
		t.Errorf("%v, want %v", sums, want)
	}
	if sums := AddMoney([]Money{{1, ""}}, Money{2, "EUR"}); !slices.Equal(sums, []Money{{3, ""}}) {
		t.Errorf("%v", sums)
	}
}
