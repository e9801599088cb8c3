package exchange

import (
	"errors"
	"testing"
)

// What a header's columns are is told by their words, whatever stands around them; by hand one may take what one likes.
func TestColumnsAreRecognised(t *testing.T) {
	names := func(header []string, byHand map[string]Field) (fields []Field, err error) {
		columns, err := recognise(header, byHand)
		for _, c := range columns {
			fields = append(fields, c.name())
		}
		return fields, err
	}
	for what, c := range map[string]struct {
		header []string
		byHand map[string]Field
		want   []Field // nil: none are known
	}{
		"signs around a header":         {[]string{"\ufeffFirst name *", " Phone: ", "E-mail"}, nil, []Field{FirstName, Phone, Email}},
		"of two names the first":        {[]string{"Name", "Full name", "Phone"}, nil, []Field{FullName, Ignored, Phone}},
		"by hand both":                  {[]string{"Name", "Alias", "Phone"}, map[string]Field{"Name": FullName, "alias": FullName}, []Field{FullName, FullName, Phone}},
		"by hand numbers alone":         {[]string{"X"}, map[string]Field{"X": Phone}, []Field{Phone}},
		"numbers alone":                 {[]string{"Phone"}, nil, nil},
		"names alone":                   {[]string{"First name", "Last name"}, nil, nil},
		"companies alone":               {[]string{"Company"}, nil, []Field{Company}},
		"by hand neither":               {[]string{"X"}, map[string]Field{"X": Email}, nil},
		"a billing address is another":  {[]string{"Company", "Street", "Street (billing)"}, nil, []Field{Company, Street, Street + ":other"}},
		"a label says no more than one": {[]string{"Name", "Phone type", "Work phone"}, nil, []Field{FullName, Ignored, Phone + ":work"}},
	} {
		got, err := names(c.header, c.byHand)
		if c.want == nil {
			if !errors.Is(err, ErrUnknownColumns) {
				t.Errorf("%s: %v, %v", what, got, err)
			}
			continue
		}
		for i := range c.want {
			if err != nil || got[i] != c.want[i] {
				t.Errorf("%s: %v, %v, want %v", what, got, err, c.want)
				break
			}
		}
	}
	if _, err := names([]string{"Name", "Phone"}, map[string]Field{"Fax": Phone}); err == nil {
		t.Error("a column that the file has not is taken by hand")
	}
}
