package crm

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"leadline/crm/places"
)

// Format writes a number for the eye: nationally for its own region, else
// internationally. Long rows of digits are grouped: 030 2094 8812.
func Format(n E164, region string) string {
	num := libNumber(n)
	if num == nil {
		return n.String()
	}
	if region == "" {
		region = DefaultRegion
	}
	form := phonenumbers.INTERNATIONAL
	if int(num.GetCountryCode()) == phonenumbers.GetCountryCodeForRegion(region) {
		form = phonenumbers.NATIONAL
	}
	return groupDigits(phonenumbers.Format(num, form))
}

// groupDigits divides rows of six digits and more, from which the eye slips:
// 20948812 → 2094 8812, 9876543 → 987 65 43.
func groupDigits(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		row := 0
		for row < len(s) && s[row] >= '0' && s[row] <= '9' {
			row++
		}
		if row == 0 {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		digits := s[:row]
		s = s[row:]
		for i, size := range groups(row) {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(digits[:size])
			digits = digits[size:]
		}
	}
	return b.String()
}

func groups(n int) []int {
	switch {
	case n < 6:
		return []int{n}
	case n == 6:
		return []int{4, 2}
	case n == 7:
		return []int{3, 2, 2}
	case n == 8:
		return []int{4, 4}
	}
	g := groups(n - 3)
	return append([]int{3}, g...)
}

// Show is the party for the eye: the number formatted, the extension, the SIP
// address; "" when withheld.
func (p Party) Show(region string) string {
	switch p.Kind {
	case Phone:
		return Format(p.E164, region)
	case Internal:
		return p.Short
	case SIPAddress:
		return p.Address
	}
	return ""
}

// Show is the number for the eye: as it was written when that was national and
// with care (0711 440 29-0), else formatted.
func (n Number) Show(region string) string {
	if n.E164 == 0 {
		if n.Short != "" {
			return n.Short
		}
		return n.Written
	}
	if region == "" {
		region = DefaultRegion
	}
	w := strings.TrimSpace(n.Written)
	careful := strings.HasPrefix(w, "0") && !strings.HasPrefix(w, "00") && strings.ContainsAny(w, " -/(") &&
		strings.Trim(w, "0123456789 -/()") == ""
	if careful && toE164(onlyDigits(w), region) == n.E164 {
		return w
	}
	return Format(n.E164, region)
}

// Place tells where a number is from, in the language ("de", "en"): a city, else
// the country. "" when nothing is known.
func Place(n E164, lang string) string {
	if libNumber(n) == nil {
		return ""
	}
	if place := places.Of(strconv.FormatUint(uint64(n), 10), lang); place != "" {
		return place
	}
	return Country(n, lang)
}

// Country is the name of the number's country in the language; "" when it has none.
func Country(n E164, lang string) string {
	num := libNumber(n)
	if num == nil {
		return ""
	}
	code := phonenumbers.GetRegionCodeForNumber(num) // several countries share +1, +7 and +44
	if code == "" {
		code = phonenumbers.GetRegionCodeForCountryCode(int(num.GetCountryCode()))
	}
	region, err := language.ParseRegion(code)
	if err != nil || region.String() == "001" { // 001: numbers of the whole world, +800
		return ""
	}
	tag, err := language.Parse(lang)
	if err != nil {
		tag = language.English
	}
	return display.Regions(tag).Name(region)
}

// IsMobile says whether the numbering plan knows the number as a mobile one.
func IsMobile(n E164) bool {
	num := libNumber(n)
	return num != nil && phonenumbers.GetNumberType(num) == phonenumbers.MOBILE
}

// libNumber splits country code and national number; nil when there is no such country.
func libNumber(n E164) *phonenumbers.PhoneNumber {
	if n == 0 {
		return nil
	}
	digits := strconv.FormatUint(uint64(n), 10)
	if len(digits) < 4 || len(digits) > longestE164 {
		return nil
	}
	num, err := phonenumbers.Parse("+"+digits, "ZZ")
	if err != nil {
		return nil
	}
	return num
}

// CountryCode is the calling code of a region: 49 for "DE"; 0 for none.
func CountryCode(region string) int {
	if region == "" {
		region = DefaultRegion
	}
	return phonenumbers.GetCountryCodeForRegion(region)
}
