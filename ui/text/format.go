package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func german() bool { return Language() == "de" }

var (
	monthsEn = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	monthsDe = [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
	shortEn  = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	shortDe  = [...]string{"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."}
	daysEn   = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	daysDe   = [...]string{"So.", "Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa."}
)

// Weekday is "Fri" or "Fr."
func Weekday(t time.Time) string { return DayName(t.Weekday()) }

// DayName is Weekday for a day without a date.
func DayName(d time.Weekday) string {
	if german() {
		return daysDe[d]
	}
	return daysEn[d]
}

// Time is "10:42".
func Time(t time.Time) string { return t.Format("15:04") }

// TimeSeconds is "10:42:07".
func TimeSeconds(t time.Time) string { return t.Format("15:04:05") }

// Date is "20 Nov" or "20.11.", with the year when it is another than now's:
// "3 Sep 2025" or "03.09.2025".
func Date(t, now time.Time) string {
	switch {
	case german() && t.Year() == now.Year():
		return fmt.Sprintf("%d.%d.", t.Day(), int(t.Month()))
	case german():
		return t.Format("02.01.2006")
	case t.Year() == now.Year():
		return fmt.Sprintf("%d %s", t.Day(), shortEn[t.Month()-1])
	}
	return fmt.Sprintf("%d %s %d", t.Day(), shortEn[t.Month()-1], t.Year())
}

// LongDate is "3 September 2025" or "3. September 2025".
func LongDate(t time.Time) string {
	if german() {
		return fmt.Sprintf("%d. %s %d", t.Day(), monthsDe[t.Month()-1], t.Year())
	}
	return fmt.Sprintf("%d %s %d", t.Day(), monthsEn[t.Month()-1], t.Year())
}

// Day is for lists of calls: "Today 09:12", "Yesterday 16:40", "Fri 20 Nov", "3 Sep 2025";
// in German "Heute 09:12", "Gestern 16:40", "Fr. 20. Nov.", "03.09.2025".
func Day(t, now time.Time) string {
	switch days(t, now) {
	case 0:
		return T("Today") + " " + Time(t)
	case 1:
		return T("Yesterday") + " " + Time(t)
	}
	if t.Year() != now.Year() {
		return Date(t, now)
	}
	if german() {
		return fmt.Sprintf("%s %d. %s", Weekday(t), t.Day(), shortDe[t.Month()-1])
	}
	return fmt.Sprintf("%s %d %s", Weekday(t), t.Day(), shortEn[t.Month()-1])
}

// Brief is for narrow columns: "10:38" today, "Fri" within the last six days, else "18 Nov".
func Brief(t, now time.Time) string {
	switch d := days(t, now); {
	case d == 0:
		return Time(t)
	case d > 0 && d < 7:
		return Weekday(t)
	}
	return Date(t, now)
}

// Heading is for the days of a timeline: "Today", "Yesterday", "3 September 2025".
func Heading(t, now time.Time) string {
	switch days(t, now) {
	case 0:
		return T("Today")
	case 1:
		return T("Yesterday")
	}
	return LongDate(t)
}

// Ago is "today", "yesterday", "2 days ago" and, from a week on, the date.
func Ago(t, now time.Time) string {
	switch d := days(t, now); {
	case d == 0:
		return T("today")
	case d == 1:
		return T("yesterday")
	case d > 1 && d < 7:
		return Tn(d, "{n} day ago", "{n} days ago")
	}
	return Date(t, now)
}

// Appointment is "Thu 14:00" within the next six days, else "Thu 26 Nov 2026, 14:00".
func Appointment(t, now time.Time) string {
	if d := days(t, now); d <= 0 && d > -7 {
		return Weekday(t) + " " + Time(t)
	}
	if german() {
		return fmt.Sprintf("%s %d. %s %d, %s", Weekday(t), t.Day(), shortDe[t.Month()-1], t.Year(), Time(t))
	}
	return fmt.Sprintf("%s %d %s %d, %s", Weekday(t), t.Day(), shortEn[t.Month()-1], t.Year(), Time(t))
}

// days is how many midnights lie between t and now in now's place; a clock
// change makes no day longer or shorter here.
func days(t, now time.Time) int {
	t = t.In(now.Location())
	a := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	b := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	return int(b.Sub(a) / (24 * time.Hour))
}

// Length of a call: "0:34", "12:02", "1:02:03". Negative lengths are none.
func Length(d time.Duration) string {
	s := max(0, int64(d/time.Second))
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Number groups thousands: "1,214" or "1.214".
func Number(n int64) string {
	mark := byte(',')
	if german() {
		mark = '.'
	}
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "−", s[1:]
	}
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(mark)
		}
		b.WriteByte(s[i])
	}
	return sign + b.String()
}

// Percent of whole points: "94%" or "94 %".
func Percent(n int) string {
	if german() {
		return strconv.Itoa(n) + "\u00a0%"
	}
	return strconv.Itoa(n) + "%"
}

// DecimalPoint stands before the fraction of a number.
func DecimalPoint() string {
	if german() {
		return ","
	}
	return "."
}

var symbols = map[string]string{"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "": "€"}

// Money of an amount in the smallest unit of an ISO 4217 currency, of which so many digits stand
// behind the point: "€48,000", "48.000 €". They are shown when there are any.
func Money(minor int64, digits int, currency string) string {
	sym, ok := symbols[currency]
	if !ok {
		sym = currency
	}
	sign := ""
	if minor < 0 {
		sign, minor = "−", -minor
	}
	unit := int64(1)
	for range digits {
		unit *= 10
	}
	s := Number(minor / unit)
	if rest := minor % unit; rest != 0 {
		s += fmt.Sprintf("%s%0*d", DecimalPoint(), digits, rest)
	}
	switch {
	case german():
		return sign + s + "\u00a0" + sym
	case len([]rune(sym)) > 1:
		return sign + sym + "\u00a0" + s
	}
	return sign + sym + s
}

var keyNamesDe = strings.NewReplacer("Ctrl", "Strg", "Shift", "Umschalt", "Delete", "Entf", "Del", "Entf", "Home", "Pos1", "End", "Ende", "PgUp", "Bild↑", "PgDn", "Bild↓", "Space", "Leertaste")

// KeyName is a shortcut as it is printed on the keyboard: "Ctrl+K" or "Strg+K".
func KeyName(shortcut string) string {
	if german() {
		return keyNamesDe.Replace(shortcut)
	}
	return shortcut
}
