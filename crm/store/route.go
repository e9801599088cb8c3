package store

import (
	"context"
	"errors"

	"leadline/crm"
)

// Route says where an incoming call of a caller on a line goes (D3). ready says whether a
// user's phone is there and not busy; the store knows nothing of phones.
func (s *Store) Route(ctx context.Context, caller, line string, ready func(crm.User) bool) (crm.Route, error) {
	l, ok, err := s.LineByNumber(ctx, line)
	if err != nil || !ok {
		return crm.Route{}, err
	}
	r, err := s.read(ctx)
	if err != nil {
		return crm.Route{}, err
	}
	region := l.Region
	if region == "" {
		region = s.region
	}
	f := crm.RouteFacts{Line: l, At: s.now(), Party: crm.Parse(caller, region)}
	if f.Exception, err = entryOf(r, crm.Exceptions, f.Party); err != nil {
		return crm.Route{}, err
	}
	if f.Matches, err = match(r, f.Party); err != nil || len(f.Matches) == 0 {
		return crm.DecideRoute(f), err
	}
	card, err := s.Card(ctx, f.Matches[0].Ref, 0, "")
	if err != nil {
		return crm.Route{}, err
	}
	if f.Responsible, err = userByID(r, card.ResponsibleID); errors.Is(err, ErrNotFound) {
		err = nil
	}
	f.Ready = err == nil && f.Responsible.ID != "" && ready(f.Responsible)
	return crm.DecideRoute(f), err
}
