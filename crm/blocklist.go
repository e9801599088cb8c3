package crm

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// ListName names a list of numbers and addresses.
type ListName string

const (
	Exceptions ListName = "exceptions" // rings and is logged, never reaches the CRM (E1)
	Blacklist  ListName = "blacklist"  // declined and logged (E3)
)

// Entry is one line of the exceptions or the blacklist: a number, an e-mail or
// SIP address, the beginning of one, or all addresses of a domain.
type Entry struct {
	ID      ID       `json:"id"` // follows from the other fields: the same entry is the same everywhere
	List    ListName `json:"list"`
	Pattern string   `json:"pattern"` // as a person wrote it, without comment
	Comment string   `json:"comment,omitempty"`
	Key     string   `json:"key"`              // what it is compared by: "+49301234", "101", "anna@example.org", "@example.org"
	Prefix  bool     `json:"prefix,omitempty"` // all that begins with Key
}

// UnmarshalJSON reads an entry as this and earlier versions wrote it. Those left a scheme, and the * before a
// domain, in the key of an address, so that nothing was ever like it.
func (e *Entry) UnmarshalJSON(data []byte) error {
	type plain Entry
	if err := json.Unmarshal(data, (*plain)(e)); err != nil {
		return err
	}
	if strings.Contains(e.Key, "@") {
		e.Key = bareAddress(e.Key)
	}
	return nil
}

// bareAddress is an address without scheme; all of a domain, "*@example.org", is "@example.org".
func bareAddress(s string) string {
	if len(s) > len("mailto:") && strings.EqualFold(s[:len("mailto:")], "mailto:") {
		s = s[len("mailto:"):]
	}
	_, s = cutScheme(s)
	if strings.HasPrefix(s, "*@") {
		s = s[1:]
	}
	return s
}

// ExceptTrace is what the CRM has of numbers and addresses that become exceptions (E2).
type ExceptTrace struct {
	Leads []Ref // open ones that have nothing else: they would be removed
	Calls int   // that are saved on records: they would stay in the log only
}

// String writes the entry as a line of the list: "0900* ; premium rate".
func (e Entry) String() string {
	if e.Comment == "" {
		return e.Pattern
	}
	return e.Pattern + " ; " + e.Comment
}

// What a line of a list may be wrong in, as the window says it.
const (
	EntryNoNumber = "Line {line}: “{text}” is neither a number nor an address."
	EntryTooShort = "Line {line}: “{text}” would take in too many numbers. Write at least three digits before the *."
	EntryStar     = "Line {line}: in “{text}” the * stands elsewhere than at the end."
)

// EntryExcepts warns of a record with something that is an exception (E1).
const EntryExcepts = "{entry} is a CRM exception: calls with it never reach this record."

// BlocklistTexts are all sentences of ParseEntries.
var BlocklistTexts = []string{EntryNoNumber, EntryTooShort, EntryStar, EntryExcepts}

// shortestPrefix is how many digits or letters must stand before a *.
const shortestPrefix = 3

// ParseEntries reads a list as a person types it: one entry per line, with an
// optional comment after a semicolon, * at the end for a prefix, @example.org or *@example.org for
// all addresses of a domain (E1). Empty lines are passed over, and entries that are there already.
// region is for numbers written nationally.
func ParseEntries(list ListName, text, region string) (entries []Entry, wrong []Text) {
	seen := map[ID]bool{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		pattern, comment, _ := strings.Cut(strings.TrimSpace(line), ";")
		pattern = strings.TrimSpace(pattern)
		if pattern == "" {
			continue
		}
		e, sentence := entry(list, pattern, region)
		if sentence != "" {
			wrong = append(wrong, Say(sentence, "line", strconv.Itoa(n), "text", pattern))
			continue
		}
		e.Comment = strings.TrimSpace(comment)
		if !seen[e.ID] {
			seen[e.ID] = true
			entries = append(entries, e)
		}
	}
	return entries, wrong
}

func entry(list ListName, pattern, region string) (e Entry, wrong string) {
	bare, star := strings.CutSuffix(pattern, "*")
	bare = bareAddress(bare)
	e = Entry{List: list, Pattern: pattern, Prefix: star}
	address := strings.Contains(bare, "@") || strings.ContainsFunc(bare, isLetter)
	switch {
	case strings.HasPrefix(bare, "*") && !star && !address: // a service code
		e.Key = bare
	case strings.Contains(bare, "*"):
		return e, EntryStar
	case address:
		e.Key = strings.ToLower(strings.TrimSpace(bare))
		if _, domain, _ := strings.Cut(e.Key, "@"); !star && domain == "" || strings.ContainsFunc(e.Key, isBlankOrControl) {
			return e, EntryNoNumber
		}
	case star:
		e.Key = numberPrefix(bare, region)
	default:
		p := Parse(bare, region)
		if p.Kind != Phone && p.Kind != Internal {
			return e, EntryNoNumber
		}
		e.Key = p.DialString()
	}
	switch {
	case e.Key == "":
		return e, EntryNoNumber
	case star && len(strings.TrimPrefix(e.Key, "+")) < shortestPrefix:
		return e, EntryTooShort
	}
	e.ID = derived(sha256.New(), "entry", string(list), e.Key, strconv.FormatBool(star))
	return e, ""
}

// numberPrefix is how E.164 numbers begin that are written with that beginning.
func numberPrefix(written, region string) string {
	digits, _ := dialled(written)
	if digits == "" || digits[0] == '+' {
		return digits
	}
	if region = strings.ToUpper(region); region == "" {
		region = DefaultRegion
	}
	code, zero := zeroPrefixed[region]
	switch {
	case strings.HasPrefix(digits, "00") && (zero || region == "IT" || region == "PL" || region == "ES"):
		return "+" + digits[2:]
	case region == "US" && strings.HasPrefix(digits, "011"):
		return "+" + digits[3:]
	case zero && digits[0] == '0':
		return "+" + code + digits[1:]
	case zero:
		return digits // extensions
	}
	if region == "US" || region == "CA" {
		digits = strings.TrimPrefix(digits, "1")
	}
	return "+" + strconv.Itoa(CountryCode(region)) + digits
}

// Blocklist finds entries. The zero Blocklist has none.
type Blocklist struct {
	whole    map[string]Entry
	prefixes []Entry
}

// NewBlocklist makes one of the entries of a list.
func NewBlocklist(entries []Entry) Blocklist {
	b := Blocklist{whole: make(map[string]Entry, len(entries))}
	for _, e := range entries {
		if e.Prefix {
			b.prefixes = append(b.prefixes, e)
		} else {
			b.whole[e.Key] = e
		}
	}
	return b
}

// Find is the entry that a party falls under. A withheld caller falls under none.
func (b Blocklist) Find(p Party) (Entry, bool) { return b.FindAddress(p.DialString()) }

// Among are the entries that numbers and addresses of a record fall under, each once.
func (b Blocklist) Among(numbers []Number, sip []string, emails []Email) (entries []Entry) {
	if len(b.whole)+len(b.prefixes) == 0 {
		return nil
	}
	add := func(e Entry, found bool) {
		if found && !slices.Contains(entries, e) {
			entries = append(entries, e)
		}
	}
	for _, n := range numbers {
		add(b.Find(n.Party()))
	}
	for _, a := range sip {
		add(b.FindAddress(a))
	}
	for _, e := range emails {
		add(b.FindAddress(e.Address))
	}
	return entries
}

// FindAddress is Find for a number in E.164, or an e-mail or SIP address.
func (b Blocklist) FindAddress(address string) (Entry, bool) {
	for _, key := range EntryKeys(address) {
		if e, ok := b.whole[key]; ok {
			return e, true
		}
		for _, e := range b.prefixes {
			if strings.HasPrefix(key, e.Key) {
				return e, true
			}
		}
	}
	return Entry{}, false
}

// EntryKeys are what entries compare an address or number by: all of it, then its domain, "@example.org".
func EntryKeys(address string) []string {
	key := strings.ToLower(address)
	switch at := strings.LastIndexByte(key, '@'); {
	case key == "":
		return nil
	case at > 0:
		return []string{key, key[at:]}
	}
	return []string{key}
}
