package crm

import (
	"slices"
	"strings"
)

// Money is an amount in the smallest unit of its currency, an ISO 4217 code: cents of
// euros, yen, the thousandth part of a Kuwaiti dinar. What has no currency is in euros, as
// every amount was before there was a choice.
type Money struct {
	Minor    int64  `json:"cents,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// Euro is the currency of a company that has chosen none.
const Euro = "EUR"

// currencies are the codes of ISO 4217 (list one, 2026), and minorDigits how many digits it gives the smallest
// unit where it is not two. golang.org/x/text/currency is no help: it lacks what has come since 2016 (SLE, VES)
// and counts the digits that are in daily use, none for the Iraqi dinar, so that others would read our amounts wrongly.
var (
	currencies = strings.Fields(`AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
		CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
		IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
		MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK
		SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST
		XAF XCD XCG XOF XPF YER ZAR ZMW ZWG`)
	minorDigits = map[string]int{
		"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0,
		"VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
		"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
		"CLF": 4, "UYW": 4,
	}
)

// MinorDigits is how many digits of an amount stand behind the point, 0..4. An unknown
// currency has two.
func MinorDigits(code string) int {
	if n, ok := minorDigits[code]; ok {
		return n
	}
	return 2
}

// Digits is MinorDigits of the amount's currency.
func (m Money) Digits() int { return MinorDigits(m.Currency) }

// ParseCurrency reads an ISO 4217 code, in whatever case; ok is false for what is none.
func ParseCurrency(written string) (code string, ok bool) {
	code = strings.ToUpper(strings.TrimSpace(written))
	_, ok = slices.BinarySearch(currencies, code)
	return code, ok
}

// CurrencyUnknown is what is said of a code that ISO 4217 does not have.
const CurrencyUnknown = "“{code}” is not a currency: its code has three letters, such as EUR or CHF."

// MoneyTexts are all sentences about amounts.
var MoneyTexts = []string{CurrencyUnknown}

// ReadCurrencies reads codes that stand one behind the other: "EUR, CHF USD". An error of type Invalid names
// the first that is none.
func ReadCurrencies(written string) (codes []string, err error) {
	for _, word := range strings.FieldsFunc(written, func(r rune) bool { return strings.ContainsRune(" \u00a0,;\t\r\n", r) }) {
		code, ok := ParseCurrency(word)
		if !ok {
			return nil, Invalid{Say(CurrencyUnknown, "code", word)}
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes, nil
}

// Currency is that of a new amount: the first of the company's.
func (w Workspace) Currency() string { return w.Offered("")[0] }

// Offered are the currencies to choose from, the company's and the one that an amount has already.
func (w Workspace) Offered(has string) []string {
	codes := slices.Clone(w.Currencies)
	if len(codes) == 0 {
		codes = []string{Euro}
	}
	if has != "" && !slices.Contains(codes, has) {
		codes = append(codes, has)
	}
	return codes
}

// AddMoney adds an amount to sums, of which there is one for each currency: different ones are never added up.
func AddMoney(sums []Money, m Money) []Money {
	for i := range sums {
		if sums[i].sameCurrency(m) {
			sums[i].Minor += m.Minor
			return sums
		}
	}
	return append(sums, m)
}

func (m Money) sameCurrency(o Money) bool {
	return m.Currency == o.Currency || m.Currency+o.Currency == Euro // one of them has none
}
