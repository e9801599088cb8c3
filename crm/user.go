package crm

import (
	"cmp"
	"slices"
)

// User is a person who works with Leadline; one with an extension is an agent.
type User struct {
	ID         ID       `json:"id"`
	Name       string   `json:"name"`
	Email      string   `json:"email,omitempty"`
	Extension  string   `json:"extension,omitempty"`
	Numbers    []Number `json:"numbers,omitempty"` // a colleague's own numbers never make a lead (B5)
	Roles      []ID     `json:"roles,omitempty"`   // the highest of several wins (G1)
	Department string   `json:"department,omitempty"`
	Left       bool     `json:"left,omitempty"` // has left the company
}

// sortByCalls puts who has had fewest calls first, else keeps the order.
func sortByCalls(users []User, taken map[ID]int) {
	slices.SortStableFunc(users, func(a, b User) int { return cmp.Compare(taken[a.ID], taken[b.ID]) })
}

// IsAdministrator says whether a user who is still here has that role.
func (u User) IsAdministrator() bool { return !u.Left && slices.Contains(u.Roles, Administrator) }

// WhyUserStays says why a user may not become so: nobody removes themselves, and one administrator stays
// (requirements.md G1). "" when it may be. by is who changes the user; all are the users as they were.
func WhyUserStays(by ID, was, becomes User, all []User) string {
	if was.ID == by && !was.Left && becomes.Left {
		return RemovesSelf
	}
	another := func(u User) bool { return u.ID != was.ID && u.IsAdministrator() }
	if was.IsAdministrator() && !becomes.IsAdministrator() && !slices.ContainsFunc(all, another) {
		return LastAdmin
	}
	return ""
}
