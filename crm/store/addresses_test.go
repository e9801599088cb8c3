package store

import (
	"path/filepath"
	"testing"

	"leadline/crm"
)

func hauptstrasse() []crm.Address {
	return []crm.Address{{Street: "Hauptstraße 5\nHinterhaus", PostalCode: "10115", City: "Berlin-Mitte", Label: crm.LabelWork},
		{Street: "Rue de l'Église 3", City: "Évian", Country: "France"}}
}

// addressed are a contact, a company and a lead with addresses, by their names.
func addressed(t *testing.T, s *Store) {
	t.Helper()
	ok(t, s.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Contact A", Addresses: hauptstrasse(), SIP: []string{"kontakt@pbx.example"}}},
		crm.CreateCompany{Company: crm.Company{ID: s.NewID(), Name: "Company A", Addresses: hauptstrasse(), SIP: []string{"firma@pbx.example"}}},
		crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), LastName: "Lead A", Status: crm.LeadNew, Addresses: hauptstrasse(), SIP: []string{"lead@pbx.example"}}}))
}

func findsAddressed(t *testing.T, s *Store) {
	t.Helper()
	for _, typed := range []string{"hauptstr", "hauptstrasse 5", "mitte berlin", "10115 ber", "hinterhaus", "evian", "eglise", "france"} {
		for _, name := range []string{"Contact A", "Company A", "Lead A"} {
			if found := must(s.Search(ctx, typed, 20))(t); !hasName(found, name) {
				t.Errorf("%q does not find %s: %+v", typed, name, found)
			}
		}
	}
	for typed, name := range map[string]string{"kontakt@pbx": "Contact A", "firma": "Company A", "lead@pbx.example": "Lead A"} {
		if found := must(s.Search(ctx, typed, 20))(t); !hasName(found, name) {
			t.Errorf("%q does not find %s: %+v", typed, name, found)
		}
	}
}

func TestRecordsAreFoundByTheirAddresses(t *testing.T) {
	s := seeded(t)
	addressed(t, s)
	findsAddressed(t, s)
	for _, found := range must(s.Search(ctx, "hauptstr", 20))(t) {
		if found.Ref.Kind != crm.KindContact {
			continue
		}
		c := *must(s.Record(ctx, found.Ref))(t).Contact
		c.Addresses = nil
		ok(t, s.Do(ctx, crm.UpdateContact{Contact: c}))
	}
	if found := must(s.Search(ctx, "hauptstr", 20))(t); hasName(found, "Contact A") {
		t.Error("found by an address that it has no longer")
	}
}

func TestAddressesOfAnEarlierVersionAreFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	ok(t, s.SeedDemo(ctx, noon))
	addressed(t, s)
	// as the version before addresses were searched left it
	for _, statement := range []string{"INSERT INTO search(search) VALUES('delete-all')", "DROP INDEX deal_of_responsible",
		"DROP INDEX call_agent", "DROP INDEX call_line", "DROP INDEX call_outcome", "DROP INDEX call_result", "DROP INDEX call_length",
		"DROP INDEX deal_largest_of_contact", "DROP INDEX deal_largest_of_company", "DROP INDEX deal_largest_of_company_alone",
		"CREATE INDEX deal_contact ON deal(contact) WHERE open = 1", "CREATE INDEX deal_company ON deal(company) WHERE open = 1",
		"DROP INDEX call_link_spoken", "ALTER TABLE call_link DROP COLUMN spoken", "PRAGMA user_version = 16"} {
		_, err := s.writer.ExecContext(ctx, statement)
		ok(t, err)
	}
	ok(t, s.Close())
	s = openAt(t, path)
	ok(t, s.WaitIndexed(ctx))
	findsAddressed(t, s)
}
