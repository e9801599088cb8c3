package crm

import (
	"strings"
	"testing"
)

func TestNumbersHoweverWrittenAreTheSame_C2(t *testing.T) {
	const want = E164(491761234567)
	for _, written := range []string{
		"0176 1234567", "+49 176 1234567", "00491761234567", "0049 176 / 1234567", "(0176) 12-34 567",
		"0176-1234567", "0176.123.4567", "0176/1234567", "+49 (0) 176 1234567", "+49(0)1761234567",
		"0049 (0)176 1234567", "+49 (0176) 1234567", "4917 6123 4567", "tel:+491761234567", "tel:0176-1234567",
		"tel:%2B491761234567", "TEL:+49-176-1234567", "callto:+491761234567", "callto://+491761234567",
		"sip:+491761234567@pbx.example.org", "sip:01761234567@192.0.2.1:5060;user=phone",
		`"Anna" <sip:+491761234567@pbx>;tag=9`, "<sip:01761234567@pbx;transport=tcp>", "tel:1761234567;phone-context=+49",
		"０１７６ １２３４５６７", "٠١٧٦١٢٣٤٥٦٧", "\u202a+49 176 1234567\u202c", "+49\u00a0176\u00a01234567",
	} {
		if p := Parse(written, "DE"); p.Kind != Phone || p.E164 != want {
			t.Errorf("Parse(%q) = %s %v %q, want %v", written, p.Kind, p.E164, p.Short, want)
		}
	}
}

func TestExtensionIsSetAside_C2(t *testing.T) {
	for written, ext := range map[string]string{
		"030 12345678;55": "55", "030 12345678#55": "55", "030 12345678x55": "55", "030 12345678 x 55": "55",
		"030 12345678,55": "55", "030 12345678,,55": "55", "030 12345678 ext. 55": "55", "tel:+49-30-12345678;ext=55": "55",
		"+493012345678 EXT 55": "55", "sip:+493012345678;ext=55@pbx": "55",
		"030 12345678": "", "+493012345678": "",
	} {
		p := Parse(written, "DE")
		if p.E164 != 493012345678 || p.Extension != ext {
			t.Errorf("Parse(%q) = %v ext %q, want +493012345678 ext %q", written, p.E164, p.Extension, ext)
		}
	}
}

// The shortest number that somebody answers and puts through has three digits; before an x behind fewer it is a word's.
func TestAnXIsALetterBehindTwoDigits_C2(t *testing.T) {
	for written, want := range map[string][2]string{
		"101x5": {"101", "5"}, "101 x 5": {"101", "5"}, "101 ext. 5": {"101", "5"}, "10x5": {"1095", ""}, "10ext5": {"103985", ""},
	} {
		if p := Parse(written, "DE"); p.Kind != Internal || p.Short != want[0] || p.Extension != want[1] {
			t.Errorf("Parse(%q) = %s %q ext %q, want %q", written, p.Kind, p.Short, p.Extension, want)
		}
	}
}

func TestParseTellsKindsApart(t *testing.T) {
	for _, c := range []struct {
		written, region string
		kind            PartyKind
		key             string
	}{
		{"101", "DE", Internal, "101"},
		{"sip:101@pbx.example.org", "DE", Internal, "101"},
		{"sip:101", "DE", Internal, "101"},
		{"112", "DE", Internal, "112"},
		{"11833", "DE", Internal, "11833"},
		{"*97", "DE", Internal, "*97"},
		{"*21*0176#", "DE", Internal, "*21*0176#"},
		{"*21*+49 176 1234567#", "DE", Internal, "*21*+491761234567#"},
		{"**61*+49 (0) 176 1234567*11*20#", "DE", Internal, "**61*+491761234567*11*20#"},
		{"*31#+49 176 1234567", "DE", Internal, "*31#+491761234567"},
		{"#31#+491761234567", "DE", Internal, "#31#+491761234567"},
		{"*72+491761234567", "DE", Internal, "*72+491761234567"},
		{"*21*+＋49176#", "DE", Internal, "*21*+49176#"},
		{"sip:*21*+491761234567%23@pbx", "DE", Internal, "*21*+491761234567#"},
		{"sip:*97@pbx", "DE", Internal, "*97"},
		{"0", "DE", Internal, "0"},
		{"sip:anna@example.org", "DE", SIPAddress, "sip:anna@example.org"},
		{"SIP:anna@EXAMPLE.org:5060;transport=udp", "DE", SIPAddress, "sip:anna@example.org"},
		{"sips:anna@example.org:5061", "DE", SIPAddress, "sip:anna@example.org:5061"},
		{"anna@example.org", "DE", SIPAddress, "sip:anna@example.org"},
		{"sip:anna:secret@example.org", "DE", SIPAddress, "sip:anna@example.org"},
		{"sip:4anna@example.org", "DE", SIPAddress, "sip:4anna@example.org"},
		{"anna", "DE", SIPAddress, "sip:anna"},
		{"sip:anonymous@anonymous.invalid", "DE", Withheld, ""},
		{`"Anonymous" <sip:anonymous@anonymous.invalid>`, "DE", Withheld, ""},
		{"sip:c8oqz84zk7z@anonymous.invalid", "DE", Withheld, ""},
		{"Anonymous", "DE", Withheld, ""},
		{"sip:unknown@pbx", "DE", Withheld, ""},
		{"", "DE", Withheld, ""},
		{"   ", "DE", Withheld, ""},
		{"+", "DE", Withheld, ""},
		{"---", "DE", Withheld, ""},
		{"call me", "DE", Withheld, ""},
		{strings.Repeat("1", 300), "DE", Withheld, ""},
		{"0221 987 65 43", "DE", Phone, "+492219876543"},
		{"0711 440 29-0", "DE", Phone, "+49711440290"},
		{"089 4521 77", "DE", Phone, "+4989452177"},
		{"+48 22 555 18 40", "DE", Phone, "+48225551840"},
		{"22 555 18 40", "PL", Phone, "+48225551840"},
		{"+33 4 93 12 44 00", "DE", Phone, "+33493124400"},
		{"04 93 12 44 00", "FR", Phone, "+33493124400"},
		{"06 1234 5678", "IT", Phone, "+390612345678"},
		{"+39 06 1234 5678", "DE", Phone, "+390612345678"},
		{"(415) 555-2671", "US", Phone, "+14155552671"},
		{"1-415-555-2671", "US", Phone, "+14155552671"},
		{"011 49 30 12345678", "US", Phone, "+493012345678"},
		{"1-800-FLOWERS", "US", Phone, "+18003569377"},
		{"020 7946 0018", "GB", Phone, "+442079460018"},
		{"044 668 18 00", "CH", Phone, "+41446681800"},
		{"01 5051234", "AT", Phone, "+4315051234"},
		{"0800 1234567", "", Phone, "+498001234567"},
		{"1234567890123456789", "DE", Internal, "1234567890123456789"},
		{"sip:" + strings.Repeat("a", 300) + "@example.org", "DE", Withheld, ""},
		{"#31#01761234567", "DE", Internal, "#31#01761234567"},
		{"0048 (0)22 555 18 40", "DE", Phone, "+48225551840"},
		{"491234567", "DE", Phone, "+49491234567"},
		{"+683 4002", "DE", Phone, "+6834002"},
		{"+49 30", "DE", Internal, "4930"},
		{"0800 FOX 1234", "DE", Phone, "+498003691234"},
		{"1-800-APP-1234", "US", Phone, "+18002771234"},
		{"x55", "DE", SIPAddress, "sip:x55"},
	} {
		p := Parse(c.written, c.region)
		if p.Extension != "" {
			t.Errorf("Parse(%q, %q) has the extension %q", c.written, c.region, p.Extension)
		}
		if p.Kind != c.kind || p.Key() != c.key {
			t.Errorf("Parse(%q, %q) = %q %q, want %q %q", c.written, c.region, p.Kind, p.Key(), c.kind, c.key)
		}
	}
}

func TestDisplayNameIsRead(t *testing.T) {
	p := Parse(`"Müller, Jürgen" <sip:03020948812@pbx>`, "DE")
	if p.Display != "Müller, Jürgen" || p.E164 != 493020948812 {
		t.Errorf("got %q %v", p.Display, p.E164)
	}
}

func TestNumbersAreWrittenAsInTheRegion(t *testing.T) {
	for _, c := range []struct {
		n            E164
		region, want string
	}{
		{493020948812, "DE", "030 2094 8812"},
		{492219876543, "DE", "0221 987 65 43"},
		{4917612345678, "DE", "0176 1234 5678"},
		{493020948812, "AT", "+49 30 2094 8812"},
		{48225551840, "DE", "+48 22 555 18 40"},
		{33493124400, "DE", "+33 4 93 12 44 00"},
		{33493124400, "FR", "04 93 12 44 00"},
		{0, "DE", ""},
		{999999999999, "DE", "+999999999999"},
	} {
		if got := Format(c.n, c.region); got != c.want {
			t.Errorf("Format(%v, %s) = %q, want %q", c.n, c.region, got, c.want)
		}
	}
}

func TestANumberIsShownAsItWasWrittenWithCare(t *testing.T) {
	for _, c := range []struct{ written, region, want string }{
		{"0711 440 29-0", "DE", "0711 440 29-0"},
		{"0711440290", "DE", Format(49711440290, "DE")},
		{"+49 711 440290", "DE", Format(49711440290, "DE")},
		{"0711 440 29-0", "AT", Format(49711440290, "AT")},
		{"101", "DE", "101"},
	} {
		n, ok := ParseNumber(c.written, "DE", LabelWork)
		if !ok {
			t.Fatalf("ParseNumber(%q) refused", c.written)
		}
		if got := n.Show(c.region); got != c.want {
			t.Errorf("%q in %s is shown %q, want %q", c.written, c.region, got, c.want)
		}
	}
}

func TestPlaceIsNamedInTheLanguage(t *testing.T) {
	for _, c := range []struct {
		n          E164
		lang, want string
	}{
		{493020948812, "de", "Berlin"},
		{492219876543, "de", "Köln"},
		{492219876543, "en", "Cologne"},
		{4917612345678, "de", "Deutschland"},
		{4917612345678, "en", "Germany"},
		{77012345678, "de", "Kasachstan"}, // +7 is Russia's, too
		{79161234567, "de", "Russland"},
		{447400123456, "de", "Vereinigtes Königreich"},
		{447781123456, "en", "Guernsey"},
		{999999999999, "en", ""},
		{0, "en", ""},
	} {
		if got := Place(c.n, c.lang); got != c.want {
			t.Errorf("Place(%v, %s) = %q, want %q", c.n, c.lang, got, c.want)
		}
	}
}

func TestTheShortWayAgreesWithTheLibrary(t *testing.T) {
	for region, code := range zeroPrefixed {
		for _, rest := range []string{"301234567", "176123456", "8001234567", "211987654"} {
			want := libNumber(atoiE164(code + rest))
			if want == nil {
				t.Fatalf("the library refuses +%s%s", code, rest)
			}
			long := "+" + code + rest
			for _, written := range []string{"0" + rest, "00" + code + rest, long} {
				if got := toE164(written, region); got.String() != long {
					t.Errorf("toE164(%s, %s) = %v, want %s", written, region, got, long)
				}
			}
		}
	}
}

func TestDialStringIsWhatThePBXGets(t *testing.T) {
	for written, want := range map[string]string{
		"0176 1234567": "+491761234567", "101": "101", "sip:anna@example.org": "anna@example.org", "anonymous": "",
	} {
		if got := Parse(written, "DE").DialString(); got != want {
			t.Errorf("DialString of %q = %q, want %q", written, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0176 1234567", "+49 (0) 30;5", "sip:a@b", "tel:+1;phone-context=+49;ext=3", "*21#", "<", "\"a\" <sip:%zz@>", "ſ", "+()", "anonymous"} {
		f.Add(s, "DE")
	}
	f.Fuzz(func(t *testing.T, written, region string) {
		p := Parse(written, region)
		again := Parse(p.DialString(), region)
		switch p.Kind {
		case Withheld:
			if p.Key() != "" {
				t.Fatalf("withheld with key %q", p.Key())
			}
		case Phone:
			if p.E164 == 0 || len(p.E164.String()) > 16 {
				t.Fatalf("phone %v", p.E164)
			}
			if again.E164 != p.E164 {
				t.Fatalf("%q → %v, dialled again %v %q", written, p.E164, again.E164, again.Kind)
			}
		case Internal:
			if p.Short == "" {
				t.Fatal("short number without digits")
			}
		case SIPAddress:
			if p.Address == "" || strings.ContainsAny(p.Address, "\r\n\x00") {
				t.Fatalf("address %q", p.Address)
			}
		}
		Format(p.E164, region)
		p.Show(region)
	})
}
