package exchange

import (
	"strconv"
	"strings"
)

// columns are where a file has what of a contact; -1 is nowhere.
type columns struct {
	first, middle, last, name int
	organization, title       int
	notes                     int
	phones, emails, addresses []pair
	labels                    int // groups, tags: "* myContacts ::: VIP"
	width                     int
}

// pair is a value with its label.
type pair struct{ label, value int }

// recognise finds the columns of a CSV of Google Contacts by its header: the old
// one has "Given Name" and "Phone 1 - Type", that of 2024 and later "First Name"
// and "Phone 1 - Label".
func recognise(header []string) (c columns, ok bool) {
	at := make(map[string]int, len(header))
	for i, name := range header {
		name = strings.TrimSpace(name)
		if _, twice := at[name]; !twice {
			at[name] = i
		}
	}
	find := func(names ...string) int {
		for _, name := range names {
			if i, ok := at[name]; ok {
				return i
			}
		}
		return -1
	}
	pairs := func(what, value string) (found []pair) {
		for n := 1; ; n++ {
			prefix := what + " " + strconv.Itoa(n) + " - "
			v := find(prefix + value)
			if v < 0 {
				return found
			}
			found = append(found, pair{find(prefix+"Label", prefix+"Type"), v})
		}
	}
	c = columns{
		first: find("First Name", "Given Name"), middle: find("Middle Name", "Additional Name"),
		last: find("Last Name", "Family Name"), name: find("Name", "File As"),
		organization: find("Organization Name", "Organization 1 - Name"),
		title:        find("Organization Title", "Organization 1 - Title"),
		notes:        find("Notes"), labels: find("Labels", "Group Membership"),
		phones: pairs("Phone", "Value"), emails: pairs("E-mail", "Value"), addresses: pairs("Address", "Formatted"),
		width: len(header),
	}
	return c, (c.first >= 0 || c.last >= 0 || c.name >= 0) && (len(c.phones) > 0 || len(c.emails) > 0 || c.organization >= 0)
}
