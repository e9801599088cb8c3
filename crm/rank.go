package crm

import (
	"cmp"
	"slices"
)

// Rank orders matches best first (C3): contact before company before open lead
// before closed lead, then the one last spoken to.
func Rank(matches []Match) {
	slices.SortStableFunc(matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), b.Last.Compare(a.Last))
	})
}

func rank(m Match) int {
	switch {
	case m.Ref.Kind == KindContact:
		return 0
	case m.Ref.Kind == KindCompany:
		return 1
	case m.Ref.Kind == KindLead && !m.Closed:
		return 2
	case m.Ref.Kind == KindLead:
		return 3
	}
	return 4
}
