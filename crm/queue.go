package crm

// Ringing is the way that a queue group is rung (requirements.md D4).
type Ringing string

const (
	InOrder   Ringing = ""       // the first, then the next
	Evenly    Ringing = "evenly" // who has had fewest calls first
	AllAtOnce Ringing = "all"    // all members together
)

// Queue is a queue group: who is rung for a line, in order.
type Queue struct {
	ID      ID      `json:"id"`
	Name    string  `json:"name"`
	Members []ID    `json:"members,omitempty"`
	Ringing Ringing `json:"ringing,omitempty"`
}

// Present are the members who have not left the company, in their order; users
// who are not known count as gone.
func (q Queue) Present(users []User) []User {
	byID := make(map[ID]User, len(users))
	for _, u := range users {
		byID[u.ID] = u
	}
	var present []User
	for _, id := range q.Members {
		if u, ok := byID[id]; ok && !u.Left {
			present = append(present, u)
		}
	}
	return present
}

// Order is who is rung in one go after the other: taken says how many calls each
// had today. All members of one element are rung at once.
func (q Queue) Order(users []User, taken map[ID]int) [][]User {
	present := q.Present(users)
	if len(present) == 0 {
		return nil
	}
	switch q.Ringing {
	case AllAtOnce:
		return [][]User{present}
	case Evenly:
		sortByCalls(present, taken)
	}
	order := make([][]User, len(present))
	for i, u := range present {
		order[i] = []User{u}
	}
	return order
}
