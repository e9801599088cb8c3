package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"leadline/crm"
)

const userColumns = "u.id, u.name, u.email, u.extension, u.numbers, u.roles, u.department, u.gone"

func scanUser(row interface{ Scan(...any) error }) (u crm.User, err error) {
	err = row.Scan(idBlob{&u.ID}, &u.Name, &u.Email, &u.Extension, numbersColumn{&u.Numbers}, jsonColumn{&u.Roles}, &u.Department, &u.Left)
	return u, err
}

// changeUser saves a user if they may become so.
func (t *tx) changeUser(u crm.User) error {
	if err := t.mayBecome(u); err != nil {
		return err
	}
	return t.saveUser(u)
}

func (t *tx) saveUser(u crm.User) error {
	numbers := toJSON(u.Numbers)
	if numbers == nil {
		numbers = "[]"
	}
	_, err := t.exec(`INSERT INTO user(id, name, email, extension, numbers, roles, department, gone) VALUES(?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT(id) DO UPDATE SET name = excluded.name, email = excluded.email, extension = excluded.extension,
			numbers = excluded.numbers, roles = excluded.roles, department = excluded.department, gone = excluded.gone`,
		u.ID.Bytes(), u.Name, u.Email, u.Extension, numbers, toJSON(u.Roles), u.Department, u.Left)
	if err != nil {
		return err
	}
	rid, err := ridOf(t, "user", u.ID)
	if err != nil {
		return err
	}
	if err := t.saveWays(rid, u); err != nil {
		return err
	}
	t.changed.Lists = true
	return nil
}

// mayBecome refuses what would lock out who works here, or everybody (G1). What the server has was judged there.
func (t *tx) mayBecome(u crm.User) error {
	was, err := userByID(t, u.ID)
	if t.fromServer || errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	by, err := setting(t, settingMe)
	if err != nil {
		return err
	}
	all, err := users(t)
	if err != nil {
		return err
	}
	if why := crm.WhyUserStays(crm.ID(by), was, u, all); why != "" {
		return crm.Invalid{Text: crm.Say(why)}
	}
	return nil
}

// saveWays makes a user known as a colleague by extension and numbers; one who has left is none.
func (t *tx) saveWays(rid int64, u crm.User) error {
	if _, err := t.exec("DELETE FROM colleague WHERE user = ?", rid); err != nil || u.Left {
		return err
	}
	// An extension as long as a national number is read as one when it calls.
	peers := map[string]bool{u.Extension: true, crm.Parse(u.Extension, t.s.region).Key(): true}
	for _, n := range u.Numbers {
		peers[n.Party().Key()] = true
	}
	delete(peers, "")
	for peer := range peers {
		if _, err := t.exec("INSERT INTO colleague(peer, user) VALUES(?, ?)", peer, rid); err != nil {
			return err
		}
	}
	return nil
}

// ridOf is the row of a record by its id; the zero id has row 0. table is one of
// our own names, never foreign input.
func ridOf(q querier, table string, id crm.ID) (rid int64, err error) {
	if id == "" {
		return 0, nil
	}
	err = q.row("SELECT rid FROM "+table+" WHERE id = ?", id.Bytes()).Scan(&rid)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("%s %s: %w", table, id, ErrNotFound)
	}
	return rid, explain(err)
}

// ridsWhere are the rows of a table for which a condition holds; both are our own words.
func ridsWhere(q querier, table, condition string, args ...any) (rids []int64, err error) {
	err = each(q, "SELECT rid FROM "+table+" WHERE "+condition+" ORDER BY rid", args, func(rows *sql.Rows) error {
		var rid int64
		err := rows.Scan(&rid)
		rids = append(rids, rid)
		return err
	})
	return rids, err
}

// nullRid is a rid for a column that may point nowhere.
func nullRid(rid int64) any {
	if rid == 0 {
		return nil
	}
	return rid
}

// userRid is ridOf for a user who may be unknown here: then nobody is meant.
func userRid(q querier, id crm.ID) (any, error) {
	rid, err := ridOf(q, "user", id)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return nullRid(rid), err
}

const settingMe = "me"

// SignIn remembers who works here, and makes the user (by extension, else by
// e-mail, else by name) when there is none yet.
func (s *Store) SignIn(ctx context.Context, u crm.User) (crm.User, error) {
	err := s.write(ctx, func(t *tx) error {
		found, err := scanUser(t.row(`SELECT `+userColumns+` FROM user u WHERE u.gone = 0 AND (
			(? <> '' AND u.extension = ?) OR (? <> '' AND u.email = ?) OR (? <> '' AND u.name = ?))
			ORDER BY u.extension = ? DESC, u.email = ? DESC, u.rid LIMIT 1`,
			u.Extension, u.Extension, u.Email, u.Email, u.Name, u.Name, u.Extension, u.Email))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			if u.ID, err = t.s.makeID(); err != nil {
				return err
			}
			if err := t.do(crm.SaveUser{User: u}); err != nil {
				return err
			}
		case err != nil:
			return explain(err)
		default:
			u = found
		}
		return t.setSetting(settingMe, string(u.ID))
	})
	if err != nil {
		return crm.User{}, fmt.Errorf("remember who works here: %w", err)
	}
	return u, nil
}

// Me is who SignIn remembered; the zero User when nobody.
func (s *Store) Me(ctx context.Context) (crm.User, error) {
	r, err := s.read(ctx)
	if err != nil {
		return crm.User{}, err
	}
	return me(r)
}

func me(q querier) (crm.User, error) {
	u, err := scanUser(q.row("SELECT "+userColumns+" FROM setting s JOIN user u ON u.id = unhex(replace(s.value, '-', '')) WHERE s.name = ?", settingMe))
	if errors.Is(err, sql.ErrNoRows) {
		return crm.User{}, nil
	}
	return u, explain(err)
}

func userByID(q querier, id crm.ID) (crm.User, error) {
	if id == "" {
		return crm.User{}, ErrNotFound
	}
	u, err := scanUser(q.row("SELECT "+userColumns+" FROM user u WHERE u.id = ?", id.Bytes()))
	return u, explain(err)
}

// Users are all who have not left, by name.
func (s *Store) Users(ctx context.Context) ([]crm.User, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return users(r)
}

// FormerUsers are all who have left, by name.
func (s *Store) FormerUsers(ctx context.Context) ([]crm.User, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return usersWhere(r, "u.gone = 1")
}

func users(q querier) ([]crm.User, error) { return usersWhere(q, "u.gone = 0") }

// usersWhere are the users for whom a condition of our own words holds, by name.
func usersWhere(q querier, condition string) (all []crm.User, err error) {
	err = each(q, "SELECT "+userColumns+" FROM user u WHERE "+condition+" ORDER BY u.name", nil, func(rows *sql.Rows) error {
		u, err := scanUser(rows)
		all = append(all, u)
		return err
	})
	return all, err
}

// Colleague is the user who calls by that number or extension; the zero User when none does.
func (s *Store) Colleague(ctx context.Context, p crm.Party) (crm.User, error) {
	r, err := s.read(ctx)
	if err != nil || p.Kind == crm.Withheld {
		return crm.User{}, err
	}
	return colleagueOf(r, p)
}

// colleagueOf is the user who calls by that number or extension; the zero User when none does.
func colleagueOf(q querier, p crm.Party) (crm.User, error) {
	u, err := scanUser(q.row("SELECT "+userColumns+" FROM colleague c JOIN user u ON u.rid = c.user WHERE c.peer = ? LIMIT 1", p.Key()))
	if errors.Is(err, sql.ErrNoRows) {
		return crm.User{}, nil
	}
	return u, explain(err)
}
