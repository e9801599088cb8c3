package remote

import (
	"context"
	"net/http"
	"net/url"

	"leadline/crm"
	"leadline/crm/wire"
)

// SignIns is how everybody signs in, for who may change users.
func (c *Client) SignIns(ctx context.Context) (all []wire.SignInOf, err error) {
	err = c.send(ctx, http.MethodGet, wire.PathSignIns, nil, &all)
	return all, err
}

// Invite makes the one-time link by which a user sets their password.
func (c *Client) Invite(ctx context.Context, user crm.ID) (link string, i wire.Invitation, err error) {
	err = c.send(ctx, http.MethodPost, signInOf(user, "invitation"), nil, &i)
	return c.base + i.Path, i, err
}

// SetPassword gives a user a password; all their devices sign in anew.
func (c *Client) SetPassword(ctx context.Context, user crm.ID, password string) error {
	return c.send(ctx, http.MethodPut, signInOf(user, "password"), wire.NewPassword{Password: password}, nil)
}

// ChangePassword gives oneself another password; one's other devices sign in anew.
func (c *Client) ChangePassword(ctx context.Context, current, password string) error {
	return c.send(ctx, http.MethodPut, wire.PathPassword, wire.ChangePassword{Current: current, New: password}, nil)
}

// SavePhone sets up a telephone account that a user gets by signing in. An empty password leaves the one that is kept.
func (c *Client) SavePhone(ctx context.Context, user crm.ID, a wire.Account) error {
	return c.send(ctx, http.MethodPut, signInOf(user, "telephone"), a, nil)
}

// RemovePhone takes such an account away.
func (c *Client) RemovePhone(ctx context.Context, user crm.ID, name string) error {
	return c.send(ctx, http.MethodDelete, signInOf(user, "telephone")+"/"+url.PathEscape(name), nil, nil)
}

// Devices are one's own; with all, everybody's, for who may change users.
func (c *Client) Devices(ctx context.Context, all bool) (list []wire.Device, err error) {
	path := wire.PathDevices
	if all {
		path += "?all"
	}
	err = c.send(ctx, http.MethodGet, path, nil, &list)
	return list, err
}

// RevokeDevice signs a device out and has it erase its copy.
func (c *Client) RevokeDevice(ctx context.Context, device crm.ID) error {
	return c.send(ctx, http.MethodDelete, wire.PathDevices+"/"+url.PathEscape(string(device)), nil, nil)
}

// Erase erases a person's data, for administrators. Asked again under the same id, as after an answer that was lost, it is done once.
func (c *Client) Erase(ctx context.Context, id crm.ID, person crm.Ref) (done wire.Erased, err error) {
	err = c.send(ctx, http.MethodPut, wire.PathErasures+"/"+url.PathEscape(string(id)), wire.ErasePerson{Person: person}, &done)
	return done, err
}

// Erasures are those that were asked for, the latest first, for administrators.
func (c *Client) Erasures(ctx context.Context) (all []wire.Erased, err error) {
	err = c.send(ctx, http.MethodGet, wire.PathErasures, nil, &all)
	return all, err
}

// Keys are those of other software, for administrators.
func (c *Client) Keys(ctx context.Context) (all []wire.APIKey, err error) {
	err = c.send(ctx, http.MethodGet, wire.PathKeys, nil, &all)
	return all, err
}

// AddKey makes one, whose token is told only here.
func (c *Client) AddKey(ctx context.Context, k wire.NewKey) (made wire.MadeKey, err error) {
	err = c.send(ctx, http.MethodPost, wire.PathKeys, k, &made)
	return made, err
}

// RevokeKey makes one good for nothing.
func (c *Client) RevokeKey(ctx context.Context, id crm.ID) error {
	return c.send(ctx, http.MethodDelete, wire.PathKeys+"/"+url.PathEscape(string(id)), nil, nil)
}

// Webhooks are the software that is told of changes, for administrators.
func (c *Client) Webhooks(ctx context.Context) (all []wire.Webhook, err error) {
	err = c.send(ctx, http.MethodGet, wire.PathWebhooks, nil, &all)
	return all, err
}

// AddWebhook adds one, whose secret is told only here.
func (c *Client) AddWebhook(ctx context.Context, h wire.NewWebhook) (made wire.MadeWebhook, err error) {
	err = c.send(ctx, http.MethodPost, wire.PathWebhooks, h, &made)
	return made, err
}

// TryWebhook has the server post something to it that tells of nothing.
func (c *Client) TryWebhook(ctx context.Context, id crm.ID) (tried wire.WebhookTried, err error) {
	err = c.send(ctx, http.MethodPost, wire.PathWebhooks+"/"+url.PathEscape(string(id))+"/test", nil, &tried)
	return tried, err
}

// RemoveWebhook removes one.
func (c *Client) RemoveWebhook(ctx context.Context, id crm.ID) error {
	return c.send(ctx, http.MethodDelete, wire.PathWebhooks+"/"+url.PathEscape(string(id)), nil, nil)
}

func signInOf(user crm.ID, what string) string {
	return wire.PathSignIns + "/" + url.PathEscape(string(user)) + "/" + what
}

// send asks the server by a method, as who is signed in.
func (c *Client) send(ctx context.Context, method, path string, question, answer any) error {
	var body []byte
	if question != nil {
		var err error
		if body, err = wire.Encode(wire.TypeCBOR, question); err != nil {
			return err
		}
	}
	return c.signedIn(ctx, func(token string) error { return c.do(ctx, method, path, token, body, answer) })
}
