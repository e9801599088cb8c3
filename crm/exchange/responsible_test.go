package exchange

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/store"
)

// Who is responsible comes in as Bitrix24 writes it, and goes out and in again; who is no user here is told.
func TestWhoIsResponsibleComesAlong(t *testing.T) {
	s := open(t)
	anna, ben := crm.User{ID: s.NewID(), Name: "Anna Krüger", Email: "anna@example.org"}, crm.User{ID: s.NewID(), Name: "Ben Groß"}
	twins := []crm.User{{ID: s.NewID(), Name: "Jan Weber", Email: "jan@example.org"}, {ID: s.NewID(), Name: "Jan Weber", Email: "weber@example.org"}}
	for _, u := range append(twins, anna, ben) {
		if err := s.Do(ctx, crm.SaveUser{User: u}); err != nil {
			t.Fatal(err)
		}
	}
	r := in(t, s, "Nachname;Firma;Telefon;Verantwortliche Person\n"+
		"Meier;Meier GmbH;030 1234567;Anna Krüger\n"+
		"Huber;;030 1234568;BEN GROSS\n"+
		"Vogel;;030 1234569;weber@example.org\n"+
		"Mayr;;030 1234560;Jan Weber\n"+
		"Klein;;030 1234561;Petra\n"+
		"Lang;;030 1234562;Petra\n"+
		"Kurz;;030 1234563;\n")
	if r.Contacts != 7 || fmt.Sprint(r.Strangers) != "[{Jan Weber 1} {Petra 2}]" {
		t.Errorf("report %+v", r)
	}
	responsible := func(s *store.Store) string {
		t.Helper()
		var all []string
		names := map[crm.ID]string{anna.ID: "Anna", ben.ID: "Ben", twins[0].ID: "Jan", twins[1].ID: "the other Jan", "": "nobody"}
		if err := s.EachContact(ctx, func(c crm.Contact, _ string) error {
			all = append(all, c.LastName+": "+names[c.Responsible])
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.EachCompany(ctx, func(c crm.Company) error { all = append(all, c.Name+": "+names[c.Responsible]); return nil }); err != nil {
			t.Fatal(err)
		}
		return strings.Join(all, ", ")
	}
	const want = "Huber: Ben, Klein: nobody, Kurz: nobody, Lang: nobody, Mayr: nobody, Meier: Anna, Vogel: the other Jan, Meier GmbH: Anna"
	if got := responsible(s); got != want {
		t.Errorf("responsible are %s", got)
	}
	for _, how := range []Format{GoogleCSV, VCard3, VCard4} {
		var out bytes.Buffer
		if _, err := Export(ctx, s, &out, how); err != nil {
			t.Fatal(err)
		}
		again := open(t)
		sameUsers(t, s, again)
		if r := in(t, again, out.String()); len(r.Strangers) > 0 || responsible(again) != want {
			t.Errorf("%s: out and in again %s, report %+v of\n%s", how, responsible(again), r, out.String())
		}
	}
}
