package exchange

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"leadline/crm"
)

// Field is what a column has of a person: "first", "phone:mobile", "city:work", "field:Customer number".
type Field string

// The fields; those from phone on carry a label behind a colon, or none.
const (
	Ignored    Field = ""
	FirstName  Field = "first"
	MiddleName Field = "middle"
	LastName   Field = "last"
	FullName   Field = "name"
	Company    Field = "company"
	Position   Field = "position"
	Comment    Field = "comment"
	Marks      Field = "marks"
	Source     Field = "source"
	Owner      Field = "responsible"
	Phone      Field = "phone"
	Email      Field = "email"
	SIP        Field = "sip"
	Whole      Field = "address" // in one piece
	Street     Field = "street"
	PostalCode Field = "zip"
	City       Field = "city"
	State      Field = "state"
	Country    Field = "country"
	Custom     Field = "field"  // the label is the custom field's name
	labelOnly  Field = "label"  // of the column that names it
	recordOnly Field = "record" // see recordColumn
)

var fields = []Field{FirstName, MiddleName, LastName, FullName, Company, Position, Comment, Marks, Source, Owner, Phone, Email, SIP,
	Whole, Street, PostalCode, City, State, Country, Custom}

// column is where a file has what.
type column struct {
	field Field
	label crm.Label
	names int    // the column with the label; -1 when the header says it
	group string // parts of one address; what is between several marks
}

// Column is a column of a file and what it is taken for.
type Column struct {
	Header string
	Field  Field  // with its label: "phone:work"; "label" when it names another's; "" when it is not taken
	Sample string // what a row near the beginning has there
}

// ErrUnknownColumns: nobody's name or number could be found in the file's columns.
var ErrUnknownColumns = fmt.Errorf("its first line names no columns that are known, such as First Name and Phone; say by hand which column is what")

// known are headers of one meaning, in small letters: those of Google Contacts,
// Outlook and Bitrix24 in English and German, and some that people write themselves.
var known = map[string]Field{
	"first name": FirstName, "given name": FirstName, "firstname": FirstName, "vorname": FirstName,
	"middle name": MiddleName, "additional name": MiddleName, "second name": MiddleName, "weitere vornamen": MiddleName, "zweiter vorname": MiddleName,
	"last name": LastName, "family name": LastName, "surname": LastName, "lastname": LastName, "nachname": LastName, "familienname": LastName, "name, nachname": LastName,
	"name": FullName, "full name": FullName, "file as": FullName, "display name": FullName, "anzeigename": FullName, "vollständiger name": FullName,
	"first and last names": FullName, "kontakt": FullName, "contact": FullName, "ansprechpartner": FullName, "kunde": FullName, "customer": FullName,
	"company": Company, "company name": Company, "account name": Company, "organization": Company, "organization name": Company, "organization 1 - name": Company,
	"company: name": Company, "company: company name": Company, "unternehmen: name": Company, "unternehmen: name des unternehmens": Company,
	"firma": Company, "firmenname": Company, "unternehmen": Company, "unternehmensname": Company, "organisation": Company, "name des unternehmens": Company,
	"job title": Position, "organization title": Position, "organization 1 - title": Position, "position": Position, "funktion": Position, "stellenbezeichnung": Position,
	"notes": Comment, "note": Comment, "comment": Comment, "comments": Comment, "notizen": Comment, "notiz": Comment, "kommentar": Comment, "bemerkung": Comment, "bemerkungen": Comment,
	"labels": Marks, "group membership": Marks, "categories": Marks, "kategorien": Marks, "tags": Marks, "schlagworte": Marks,
	"source": Source, "lead source": Source, "quelle": Source, "leadquelle": Source,
	"responsible": Owner, "responsible person": Owner, "contact owner": Owner, "assigned to": Owner,
	strings.ToLower(recordColumn): recordOnly,
	"verantwortlich":              Owner, "verantwortliche person": Owner, "verantwortlicher": Owner, "verantwortliche": Owner, "zuständig": Owner,
}

// googlePair is a column of Google Contacts: "Phone 1 - Value" beside "Phone 1 - Label".
var googlePair = regexp.MustCompile(`^(phone|e-mail|address|custom field) (\d+) - (.+)$`)

var googleParts = map[string]Field{"phone value": Phone, "e-mail value": Email, "address formatted": Whole, "address street": Street,
	"address po box": Street, "address extended address": Street,
	"address city": City, "address postal code": PostalCode, "address region": State, "address country": Country,
	"phone label": labelOnly, "phone type": labelOnly, "e-mail label": labelOnly, "e-mail type": labelOnly, "address label": labelOnly, "address type": labelOnly,
	"custom field value": Custom, "custom field label": labelOnly, "custom field type": labelOnly}

// recognise finds out what the columns of a header are; what is said by hand goes before that.
func recognise(header []string, byHand map[string]Field) ([]column, error) {
	columns := make([]column, len(header))
	labels := map[string]int{}
	said := make(map[string]Field, len(byHand))
	for name, field := range byHand {
		said[headerKey(name)] = field
	}
	for i, name := range header {
		name := headerKey(name)
		if field, ok := said[name]; ok {
			delete(said, name)
			columns[i] = columnOf(field)
			continue
		}
		columns[i] = recogniseOne(name)
		if columns[i].field == labelOnly {
			labels[columns[i].group] = i
		}
	}
	for name := range said {
		return nil, fmt.Errorf("the file has no column “%s”; it has: %s", name, strings.Join(header, ", "))
	}
	groupAddresses(header, columns)
	taken := map[Field]bool{}
	for i := range columns {
		c := &columns[i]
		if c.names < 0 {
			if at, ok := labels[c.group]; ok && c.group != "" {
				c.names = at
			}
		}
		single := !slices.Contains([]Field{Phone, Email, SIP, Street, Comment, Marks, Custom}, c.field) && c.group == ""
		if single && taken[c.field] && len(byHand) == 0 {
			c.field = Ignored // the first of that name
		}
		taken[c.field] = true
	}
	named := taken[FirstName] || taken[LastName] || taken[FullName] || taken[Company]
	if !named && !taken[Phone] || len(byHand) == 0 && (!named || !taken[Phone] && !taken[Email] && !taken[Company]) {
		return nil, ErrUnknownColumns
	}
	return columns, nil
}

// groupAddresses makes a street of an address that has its town in other columns, and another address of what comes a second time: some
// programs have "City" twice.
func groupAddresses(header []string, columns []column) {
	streets := !slices.ContainsFunc(columns, func(c column) bool { return c.field == Street && c.group == "address " })
	towns := slices.ContainsFunc(columns, func(c column) bool { return c.group == "address " && (c.field == City || c.field == PostalCode) })
	again := map[string]int{}
	for i := range columns {
		c := &columns[i]
		switch {
		case c.field == Whole && c.group == "" && streets && towns:
			c.field, c.group = Street, "address "
		case !strings.HasPrefix(c.group, "address ") || c.field == Street || c.field == labelOnly:
			continue
		}
		name := headerKey(header[i])
		if again[name]++; again[name] > 1 {
			c.group = fmt.Sprint(c.group, " ", again[name])
		}
	}
}

func headerKey(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.Trim(s, " *:\ufeff")), " "))
}

// columnOf is a column for a field that may have a label: "phone:work".
func columnOf(f Field) column {
	name, label, _ := strings.Cut(string(f), ":")
	c := column{field: Field(name), label: crm.Label(label), names: -1}
	if slices.Contains([]Field{Street, PostalCode, City, State, Country}, c.field) {
		c.group = "address " + label
	}
	return c
}

func (c column) name() Field {
	if c.label == "" || c.field == Ignored {
		return c.field
	}
	return c.field + ":" + Field(c.label)
}

// ParseField reads a field's name as the command line has it.
func ParseField(s string) (Field, error) {
	if name, custom, ok := strings.Cut(strings.TrimSpace(s), ":"); ok && strings.EqualFold(name, string(Custom)) && custom != "" {
		return Custom + ":" + Field(custom), nil
	}
	name, label, labelled := strings.Cut(strings.ToLower(strings.TrimSpace(s)), ":")
	if !slices.Contains(fields, Field(name)) {
		return "", fmt.Errorf("there is no field %q; the fields are %v", s, fields)
	}
	if labelled && !slices.Contains(labels, crm.Label(label)) {
		return "", fmt.Errorf("there is no label %q; the labels are %v", label, labels)
	}
	return Field(strings.ToLower(strings.TrimSpace(s))), nil
}

var labels = []crm.Label{crm.LabelWork, crm.LabelMobile, crm.LabelHome, crm.LabelMain, crm.LabelFax, crm.LabelPrivate, crm.LabelOther}

// wholeAddress are headers of an address in one piece, or of the lines of its street: see groupAddresses. Thunderbird has "Adresse" and
// "Adresse 2" in German, for both of its addresses.
var wholeAddress = []string{"address", "adresse", "anschrift", "address 1", "adresse 1", "anschrift 1", "address 2", "adresse 2", "anschrift 2"}

// recogniseOne takes a header for what its words say: "Telefon geschäftlich 2", "Business Street", "Zip (billing)".
func recogniseOne(name string) column {
	for _, of := range []string{"contact: ", "kontakt: "} { // Bitrix24's deals have their customers' columns
		if rest, ok := strings.CutPrefix(name, of); ok {
			return recogniseOne(rest)
		}
	}
	if field, ok := known[name]; ok {
		c := column{field: field, names: -1}
		if name == "categories" || name == "kategorien" { // Outlook's
			c.group = ";"
		}
		return c
	}
	if m := googlePair.FindStringSubmatch(name); m != nil {
		return column{field: googleParts[m[1]+" "+m[3]], names: -1, group: m[1] + " " + m[2]}
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) })
	has := func(some ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(some, w) })
	}
	within := func(some ...string) bool {
		return slices.ContainsFunc(some, func(s string) bool { return strings.Contains(name, s) })
	}
	c := column{names: -1, label: labelIn(words)}
	switch {
	case has("type", "typ", "display", "angezeigter", "anzeigename", "label"):
		return column{names: -1}
	case within("mail") && !has("mailing"):
		c.field = Email
	case has("sip"):
		c.field = SIP
	case within("phone", "telefon", "mobil", "handy", "rufnummer") || has("tel", "fax", "telefax", "cell", "pager", "isdn", "callback", "rückmeldung"):
		c.field = Phone
	case within("street", "straße", "strasse"):
		c.field = Street
	case has("apartment", "wohnung"): // Bitrix24's second line of the street: "Apartment, office, room, floor"
		c.field, c.label = Street, ""
	case has("zip", "zipcode", "plz", "postleitzahl") || within("postal code", "postcode"):
		c.field = PostalCode
	case has("city", "ort", "stadt", "town"):
		c.field = City
	case has("country", "land"):
		c.field = Country
	case has("state", "bundesland", "region", "province", "kanton"):
		c.field = State
	case slices.Contains(wholeAddress, name):
		c.field = Whole
	case c.label != "" && len(words) == 2 && has("address", "adresse", "anschrift"): // Thunderbird's "Home Address" and "Home Address 2"
		c.field = Street
	default:
		return column{names: -1}
	}
	switch c.field {
	case Street, PostalCode, City, State, Country:
		c.group = "address " + string(c.label)
		if has("billing", "rechnungsadresse", "rechnung") {
			c.label, c.group = crm.LabelOther, "address billing"
		}
	}
	return c
}

// labelIn is the label that the words of a header mean.
func labelIn(words []string) crm.Label {
	has := func(some ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool {
			return slices.ContainsFunc(some, func(s string) bool { return strings.HasPrefix(w, s) })
		})
	}
	switch {
	case has("fax", "telefax"):
		return crm.LabelFax
	case has("mobil", "handy", "cell"):
		return crm.LabelMobile
	case has("main", "haupt", "zentrale", "firma", "primary"):
		return crm.LabelMain
	case has("work", "business", "geschäft", "büro", "dienst", "arbeit", "office"):
		return crm.LabelWork
	case has("home", "privat", "zuhause"):
		return crm.LabelHome
	case has("other", "weiter", "sonstig", "pager", "assist", "car", "auto", "radio", "isdn", "callback", "rückmeldung"):
		return crm.LabelOther
	}
	return ""
}

// vendorOf is whose columns they are, for a person to see.
func vendorOf(header []string) string {
	has := func(names ...string) bool {
		return slices.ContainsFunc(header, func(h string) bool { return slices.Contains(names, headerKey(h)) })
	}
	switch {
	case has("phone 1 - value", "e-mail 1 - value", "group membership", "organization 1 - name"):
		return "Google Contacts"
	case has("available to everyone", "included in export", "other phone number", "für alle verfügbar", "für alle verfügbar machen", "responsible person", "verantwortliche person"):
		return "Bitrix24"
	case has("business phone", "business street", "company main phone", "telefon geschäftlich", "straße geschäftlich", "telefon (geschäftlich)"):
		return "Outlook"
	}
	return ""
}
