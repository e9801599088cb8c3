package store

import (
	"context"
	"database/sql"

	"leadline/crm"
)

// EachContact calls f for every contact with its company's name, by name, until f returns an error.
func (s *Store) EachContact(ctx context.Context, f func(c crm.Contact, company string) error) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	return each(r, "SELECT "+contactColumns+contactTables+"ORDER BY c.sort, c.rid", nil, func(rows *sql.Rows) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := scanContact(rows)
		if err != nil {
			return err
		}
		return f(c.Contact, c.companyName)
	})
}

// EachCompany calls f for every company, by name, until f returns an error.
func (s *Store) EachCompany(ctx context.Context, f func(crm.Company) error) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	return each(r, "SELECT "+companyColumns+companyTables+"ORDER BY f.sort, f.rid", nil, func(rows *sql.Rows) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := scanCompany(rows)
		if err != nil {
			return err
		}
		return f(c.Company)
	})
}
