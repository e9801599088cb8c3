package main

import (
	"context"
	"errors"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/wire"
	"leadline/ui"
	"leadline/ui/desk"
)

// userNames are the names of users by their ids, also of those who have left.
func (s settings) userNames(ctx context.Context) (map[crm.ID]string, error) {
	names := map[crm.ID]string{}
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	former, err := s.store.FormerUsers(ctx)
	for _, u := range append(users, former...) {
		names[u.ID] = u.Name
	}
	return names, err
}

// Keys are those that let other software in.
func (s settings) Keys(ctx context.Context) (view []ui.APIKey, err error) {
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	var all []wire.APIKey
	err = s.asAdministrator(func(c *remote.Client) (err error) {
		all, err = c.Keys(ctx)
		return err
	})
	for _, k := range all {
		view = append(view, ui.APIKey{ID: k.ID, Name: k.Name, User: names[k.User], Scopes: k.Scopes, MadeBy: names[k.MadeBy], Made: k.Made, Used: k.Used, Revoked: k.Revoked})
	}
	return view, err
}

// MakeKey makes a key.
func (s settings) MakeKey(ctx context.Context, name string, user crm.ID, scopes []string) (token string, err error) {
	err = s.asAdministrator(func(c *remote.Client) error {
		made, err := c.AddKey(ctx, wire.NewKey{Name: name, User: user, Scopes: scopes})
		token = made.Token
		return err
	})
	return token, err
}

// RevokeKey makes a key good for nothing.
func (s settings) RevokeKey(ctx context.Context, id crm.ID) error {
	return s.asAdministrator(func(c *remote.Client) error { return c.RevokeKey(ctx, id) })
}

// Webhooks are the software that is told of changes.
func (s settings) Webhooks(ctx context.Context) (view []ui.Webhook, err error) {
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	var all []wire.Webhook
	err = s.asAdministrator(func(c *remote.Client) (err error) {
		all, err = c.Webhooks(ctx)
		return err
	})
	for _, h := range all {
		view = append(view, ui.Webhook{ID: h.ID, URL: h.URL, User: names[h.User], Kinds: h.Kinds, Told: h.Told.Local(), Failures: h.Failures, Reason: h.Reason,
			Next: h.Next.Local(), Broken: h.Broken})
	}
	return view, err
}

// AddWebhook adds one.
func (s settings) AddWebhook(ctx context.Context, url string, user crm.ID, kinds []string) (secret string, err error) {
	err = s.asAdministrator(func(c *remote.Client) error {
		made, err := c.AddWebhook(ctx, wire.NewWebhook{URL: url, User: user, Kinds: kinds})
		secret = made.Secret
		var p wire.Problem
		if errors.As(err, &p) && p.Code == wire.Malformed {
			return &ui.TestFailure{Why: desk.Text{Key: "A webhook's address begins with https://; http:// is for the server's own machine"}}
		}
		return err
	})
	return secret, err
}

// TryWebhook has the server post something to it that tells of nothing.
func (s settings) TryWebhook(ctx context.Context, id crm.ID) (failure string, err error) {
	err = s.asAdministrator(func(c *remote.Client) error {
		tried, err := c.TryWebhook(ctx, id)
		failure = tried.Failure
		return err
	})
	return failure, err
}

// RemoveWebhook removes one.
func (s settings) RemoveWebhook(ctx context.Context, id crm.ID) error {
	return s.asAdministrator(func(c *remote.Client) error { return c.RemoveWebhook(ctx, id) })
}
