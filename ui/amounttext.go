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
	if m.Minor == 0 {
		return ""
	}
	s := strconv.FormatInt(m.Minor, 10)
	if digits := m.Digits(); digits > 0 {
		s = fmt.Sprintf("%0*d", digits+1, m.Minor)
		whole, fraction := s[:len(s)-digits], s[len(s)-digits:]
		if s = whole; strings.Trim(fraction, "0") != "" {
			s += text.DecimalPoint() + fraction
		}
	}
	return s
}

// amountOf reads an amount in the smallest unit of a currency: 48000, 48.000, 48,000.50 or 48.000,50. What
// stands behind the last point or comma is a fraction when it has fewer than three digits, or when it has as
// many as the currency and the mark is the one for it in the language; any other mark groups digits.
func amountOf(typed, currency string) (m crm.Money, ok bool) {
	m.Currency = currency
	s := strings.NewReplacer(" ", "", "\u00a0", "", "€", "", "¥", "", currency, "").Replace(strings.ToUpper(typed))
	if s == "" {
		return m, true
	}
	digits := m.Digits()
	whole, fraction := s, ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 {
		if n := len(s) - i - 1; n < 3 || n == digits && s[i:i+1] == text.DecimalPoint() {
			whole, fraction = s[:i], s[i+1:]
		}
	}
	for i, group := range strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' || r == '\'' }) {
		if i > 0 && len(group) != 3 {
			return m, false
		}
	}
	if fraction = strings.TrimRight(fraction, "0"); len(fraction) > digits {
		return m, false
	}
	whole = strings.NewReplacer(".", "", ",", "", "'", "").Replace(whole)
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", digits-len(fraction)), 10, 64)
	m.Minor = n
	return m, err == nil && n >= 0
}
