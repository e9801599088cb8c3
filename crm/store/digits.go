package store

import (
	"strconv"
	"strings"

	"leadline/crm"
)

// Numbers are found by any part of at least three digits. What they begin with is
// a range of integers (see spans). For the rest the table digits has, of each
// number from its second national digit on, every window of five digits and the
// last ones of four and three: 30 2094 8812 → 02094 20948 09488 94881 48812 8812 812.

const (
	widestWindow   = 5
	shortestWindow = 3 // what is typed with fewer digits is no number yet
)

// digitWindows are the windows of a record's numbers; "" when there are none.
func digitWindows(numbers []crm.Number) string {
	var b strings.Builder
	for _, n := range numbers {
		digits := nationalDigits(n)
		for at := 1; at+shortestWindow <= len(digits); at++ {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(digits[at:min(at+widestWindow, len(digits))])
		}
	}
	return b.String()
}

// nationalDigits are those of a number without its country code.
func nationalDigits(n crm.Number) string {
	if n.E164 == 0 {
		return n.Short
	}
	digits := strconv.FormatUint(uint64(n.E164), 10)
	return digits[min(countryCodeDigits(digits), len(digits)):]
}

// countryCodeDigits is how long the country code is that a number begins with (ITU-T E.164, list of codes).
func countryCodeDigits(digits string) int {
	if digits[0] == '1' || digits[0] == '7' {
		return 1
	}
	const two = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "
	if len(digits) > 2 && strings.Contains(two, " "+digits[:2]+" ") {
		return 2
	}
	return 3
}

// windowExpression asks the table digits for a part of a number, in the language of FTS5.
func windowExpression(digits string) string {
	if len(digits) < widestWindow {
		return `"` + digits + `"*`
	}
	var b strings.Builder
	for at := 0; ; at += widestWindow {
		last := at+widestWindow >= len(digits)
		if last {
			at = len(digits) - widestWindow
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(`"` + digits[at:at+widestWindow] + `"`)
		if last {
			return b.String()
		}
	}
}
