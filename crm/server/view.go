package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// View is which rows a user's program gets (G1). All users get the records; of calls they get those that their roles let them see.
type View struct {
	User   crm.ID
	Left   bool // the user has no rights at all, and gets nothing
	Calls  crm.Reach
	owners map[crm.ID]bool // the agents whose calls are seen; not used where all are
	hash   string
}

// seen is what ViewOf remembers of a user (database.Rows.Remember), and viewKey its key there.
type (
	seen struct {
		View
		crm.Rights
	}
	viewKey crm.ID
)

// ViewOf is a user's view, and the rights that it follows from, by the roles as they are now.
func ViewOf(ctx context.Context, t *database.Tx, user crm.ID) (View, crm.Rights, error) {
	rows := t.Rows(ctx)
	found, err := rows.Remember(viewKey(user), func() (any, error) {
		v, rights, err := viewOf(rows, user)
		v.hash = v.sum()
		return seen{v, rights}, err
	})
	if err != nil {
		return View{}, crm.Rights{}, err
	}
	s := found.(seen)
	return s.View, s.Rights, nil
}

func viewOf(rows *database.Rows, user crm.ID) (View, crm.Rights, error) {
	me, rights, err := ledger.RightsOf(rows, user)
	if err != nil {
		return View{}, rights, err
	}
	v := View{User: user, Calls: rights.SeeCalls, Left: me.ID == "" || rights == (crm.Rights{}), owners: map[crm.ID]bool{}}
	if v.Calls == crm.ReachOwn {
		v.owners[user] = true
	}
	if v.Calls != crm.ReachDepartment {
		return v, rights, nil
	}
	users, err := rows.All(wire.User)
	for _, r := range users {
		u, err := ledger.Read[crm.User](r)
		if err != nil {
			return v, rights, err
		}
		if v.Calls.Includes(me, u) {
			v.owners[u.ID] = true
		}
	}
	return v, rights, err
}

// Hash names the view; users who see the same have the same. A program whose view has another hash now starts from a new snapshot.
func (v View) Hash() string { return v.hash }

func (v View) sum() string {
	owners := make([]string, 0, len(v.owners))
	for id := range v.owners {
		owners = append(owners, string(id))
	}
	slices.Sort(owners)
	sum := sha256.Sum256(fmt.Appendf(nil, "view 1 %t %d %q", v.Left, v.Calls, owners))
	return hex.EncodeToString(sum[:8])
}

// Shows says whether a row is in the view.
func (v View) Shows(r database.Stored) bool {
	switch {
	case v.Left || ledger.Hidden(r.Entity):
		return false
	case r.Entity != wire.Call || v.Calls == crm.ReachAll || r.Deleted && len(r.Data) <= len("{}"):
		return true
	}
	var call struct{ Agent crm.ID }
	_ = json.Unmarshal(r.Data, &call) // a call without an agent is seen only by those who see all calls
	return v.owners[call.Agent]
}

// Showed says whether a row that is not in the view may have been in it before: programs then get it as deleted.
func (v View) Showed(r database.Stored) bool {
	return slices.ContainsFunc(r.Former, func(id crm.ID) bool { return v.owners[id] })
}

// filter makes of database rows those that programs with the view get, in their order.
func (v View) filter(rows []database.Stored) []wire.Row {
	shown := make([]wire.Row, 0, len(rows))
	for _, r := range rows {
		row := wire.Row{Entity: r.Entity, ID: r.ID, Rev: r.Rev, Deleted: r.Deleted}
		switch {
		case v.Shows(r) && !r.Deleted:
			row.Data = r.Data
		case v.Shows(r):
		case v.Showed(r):
			row.Deleted = true
		default:
			continue
		}
		shown = append(shown, row)
	}
	return shown
}
