package ui

import (
	"fmt"
	"strconv"
	"strings"

	"leadline/crm"
	"leadline/ui/text"
)

// typedAmount is an amount as amountOf reads it back, "" for none.
func typedAmount(m crm.Money) string {
	if m.Cents == 0 {
		return ""
	}
	s := strconv.FormatInt(m.Cents/100, 10)
	if c := m.Cents % 100; c != 0 {
		point := "."
		if text.Language() == "de" {
			point = ","
		}
		s += fmt.Sprintf("%s%02d", point, max(c, -c))
	}
	return s
}

// amountOf reads an amount in cents: 48000, 48.000, 48,000.50 or 48.000,50. A point or
// comma with one or two digits behind it divides cents, any other groups digits.
func amountOf(typed string) (cents int64, ok bool) {
	s := strings.TrimSpace(strings.NewReplacer(" ", "", "\u00a0", "", "€", "").Replace(typed))
	if s == "" {
		return 0, true
	}
	whole, fraction := s, ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 && len(s)-i-1 < 3 {
		whole, fraction = s[:i], s[i+1:]
	}
	for i, group := range strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' || r == '\'' }) {
		if i > 0 && len(group) != 3 {
			return 0, false
		}
	}
	whole = strings.NewReplacer(".", "", ",", "", "'", "").Replace(whole)
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	return n, err == nil && n >= 0
}
