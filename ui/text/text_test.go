package text_test

import (
	"testing"
	"time"

	"leadline/ui/text"
)

func speak(t *testing.T, tag string) {
	t.Helper()
	if err := text.SetLanguage(tag); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := text.SetLanguage("en"); err != nil {
			t.Error(err)
		}
	})
}

func TestEnglishIsTheKey(t *testing.T) {
	speak(t, "en")
	for _, c := range []struct {
		key  text.Key
		args []any
		want string
	}{
		{"Answer", nil, "Answer"},
		{"Wrong password. {n} more tries.", []any{"n", 4}, "Wrong password. 4 more tries."},
		{"New|lead", nil, "New"},
		{"{who} is calling", []any{"who", "{n} Petra"}, "{n} Petra is calling"},
		{"{a} and {b}", []any{"a", "{b}", "b", "x"}, "{b} and x"},
		{"{a} without values", nil, "{a} without values"},
	} {
		if got := text.T(c.key, c.args...); got != c.want {
			t.Errorf("T(%q, %v) = %q, want %q", c.key, c.args, got, c.want)
		}
		if got := text.English(c.key, c.args...); got != c.want {
			t.Errorf("English(%q, %v) = %q, want %q", c.key, c.args, got, c.want)
		}
	}
}

func TestGermanIsShownAndEnglishNamed(t *testing.T) {
	speak(t, "de_DE.UTF-8")
	if got := text.T("Today"); got != "Heute" {
		t.Errorf("T = %q, want Heute", got)
	}
	if got := text.English("Today"); got != "Today" {
		t.Errorf("English = %q, want Today", got)
	}
	if got := text.Say(text.Sentence{Key: "{n} days ago", Args: map[string]string{"n": "3"}}); got != "vor 3 Tagen" {
		t.Errorf("Say = %q, want vor 3 Tagen", got)
	}
	why := text.Sentence{Key: "Not saved: {why}", Args: map[string]string{"why": "it took too long. Try again"}}
	if got, want := text.Say(why), "Nicht gespeichert: es hat zu lange gedauert. Versuchen Sie es noch einmal"; got != want {
		t.Errorf("Say = %q, want %q", got, want)
	}
	if got := text.EnglishOf(why); got != "Not saved: it took too long. Try again" {
		t.Errorf("EnglishOf = %q", got)
	}
	why.Args["why"] = "the moon is full"
	if got := text.Say(why); got != "Nicht gespeichert: the moon is full" {
		t.Errorf("a reason without a translation: %q", got)
	}
	if got := text.T("A wording nobody translated"); got != "A wording nobody translated" {
		t.Errorf("an unknown wording is shown as %q", got)
	}
}

func TestUnknownLanguageLeavesEnglishAndSaysSo(t *testing.T) {
	speak(t, "de")
	err := text.SetLanguage("tlh")
	if err == nil {
		t.Fatal("no error for a language that is not there")
	}
	if text.Language() != "en" {
		t.Errorf("the language is %q, want en", text.Language())
	}
}

func TestPluralPicksByNumber(t *testing.T) {
	for tag, want := range map[string][3]string{
		"en": {"0 days ago", "1 day ago", "1,200 days ago"},
		"de": {"vor 0 Tagen", "vor 1 Tag", "vor 1.200 Tagen"},
	} {
		speak(t, tag)
		for i, n := range []int{0, 1, 1200} {
			if got := text.Tn(n, "{n} day ago", "{n} days ago"); got != want[i] {
				t.Errorf("%s: Tn(%d) = %q, want %q", tag, n, got, want[i])
			}
		}
	}
}

func TestDatesReadAsTheLanguageWritesThem(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no time zones here: %v", err)
	}
	now := time.Date(2026, 11, 23, 10, 44, 0, 0, berlin)
	day := func(y int, m time.Month, d, h, min int) time.Time { return time.Date(y, m, d, h, min, 7, 0, berlin) }
	for _, c := range []struct {
		what   string
		got    func() string
		en, de string
	}{
		{"today", func() string { return text.Day(day(2026, 11, 23, 9, 12), now) }, "Today 09:12", "Heute 09:12"},
		{"yesterday", func() string { return text.Day(day(2026, 11, 22, 23, 59), now) }, "Yesterday 23:59", "Gestern 23:59"},
		{"this year", func() string { return text.Day(day(2026, 11, 20, 9, 0), now) }, "Fri 20 Nov", "Fr. 20. Nov."},
		{"another year", func() string { return text.Day(day(2025, 9, 3, 9, 0), now) }, "3 Sep 2025", "03.09.2025"},
		{"over the end of summer time", func() string { return text.Day(day(2026, 10, 24, 12, 0), day(2026, 10, 25, 12, 0)) }, "Yesterday 12:00", "Gestern 12:00"},
		{"brief, today", func() string { return text.Brief(day(2026, 11, 23, 10, 38), now) }, "10:38", "10:38"},
		{"brief, this week", func() string { return text.Brief(day(2026, 11, 20, 9, 0), now) }, "Fri", "Fr."},
		{"brief, a week ago", func() string { return text.Brief(day(2026, 11, 16, 9, 0), now) }, "16 Nov", "16.11."},
		{"brief, ahead", func() string { return text.Brief(day(2026, 11, 26, 9, 0), now) }, "26 Nov", "26.11."},
		{"heading", func() string { return text.Heading(day(2025, 9, 3, 9, 0), now) }, "3 September 2025", "3. September 2025"},
		{"heading, today", func() string { return text.Heading(now, now) }, "Today", "Heute"},
		{"ago", func() string { return text.Ago(day(2026, 11, 21, 9, 0), now) }, "2 days ago", "vor 2 Tagen"},
		{"long ago", func() string { return text.Ago(day(2026, 10, 12, 9, 0), now) }, "12 Oct", "12.10."},
		{"appointment this week", func() string { return text.Appointment(day(2026, 11, 26, 14, 0), now) }, "Thu 14:00", "Do. 14:00"},
		{"appointment later", func() string { return text.Appointment(day(2026, 12, 26, 14, 0), now) }, "Sat 26 Dec 2026, 14:00", "Sa. 26. Dez. 2026, 14:00"},
		{"time with seconds", func() string { return text.TimeSeconds(day(2026, 11, 23, 10, 42)) }, "10:42:07", "10:42:07"},
		{"length", func() string { return text.Length(34 * time.Second) }, "0:34", "0:34"},
		{"long length", func() string { return text.Length(3723 * time.Second) }, "1:02:03", "1:02:03"},
		{"no length", func() string { return text.Length(-time.Second) }, "0:00", "0:00"},
		{"money", func() string { return text.Money(4800000, 2, "EUR") }, "€48,000", "48.000\u00a0€"},
		{"cents", func() string { return text.Money(-123456, 2, "EUR") }, "−€1,234.56", "−1.234,56\u00a0€"},
		{"yen have no fraction", func() string { return text.Money(48000, 0, "JPY") }, "¥48,000", "48.000\u00a0¥"},
		{"a thousandth of a dinar", func() string { return text.Money(1234005, 3, "KWD") }, "KWD\u00a01,234.005", "1.234,005\u00a0KWD"},
		{"francs", func() string { return text.Money(4800000, 2, "CHF") }, "CHF\u00a048,000", "48.000\u00a0CHF"},
		{"percent", func() string { return text.Percent(94) }, "94%", "94\u00a0%"},
		{"number", func() string { return text.Number(1234567) }, "1,234,567", "1.234.567"},
		{"key", func() string { return text.KeyName("Ctrl+Shift+K") }, "Ctrl+Shift+K", "Strg+Umschalt+K"},
	} {
		for tag, want := range map[string]string{"en": c.en, "de": c.de} {
			speak(t, tag)
			if got := c.got(); got != want {
				t.Errorf("%s, %s: %q, want %q", tag, c.what, got, want)
			}
		}
	}
}
