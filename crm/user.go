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
