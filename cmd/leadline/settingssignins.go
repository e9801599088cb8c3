package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/wire"
	"leadline/ui"
	"leadline/ui/desk"
)

// client is the connection with the shared server.
func (s settings) client() (*remote.Client, error) {
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	if s.shared.client == nil || !s.shared.client.SignedIn() {
		return nil, &ui.TestFailure{Why: desk.Text{Key: "Sign in at the server first"}}
	}
	return s.shared.client, nil
}

// asServer does something at the server, and says in words why it did not work.
func (s settings) asServer(do func(*remote.Client) error) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	err = do(c)
	var p wire.Problem
	switch {
	case errors.As(err, &p) && p.Code == wire.Forbidden:
		return &ui.TestFailure{Why: desk.Text{Key: "Only somebody who may change users, and may as much as this user, can do that"}}
	case errors.As(err, &p) && p.Code == wire.BadSignIn:
		return &ui.TestFailure{Why: desk.Text{Key: "Sign in at the server first"}}
	case errors.As(err, &p) && p.Code == wire.NotFound:
		return &ui.TestFailure{Why: desk.Text{Key: ui.NotKnownThere}}
	}
	return signInFailure(err)
}

// SignInOf is how a user signs in.
func (s settings) SignInOf(ctx context.Context, user crm.ID) (view ui.SignInOf, err error) {
	err = s.asServer(func(c *remote.Client) error {
		all, err := c.SignIns(ctx)
		if err != nil {
			return err
		}
		devices, err := c.Devices(ctx, true)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o wire.SignInOf) bool { return o.User == user })
		if i < 0 {
			return wire.Problem{Code: wire.NotFound}
		}
		view = ui.SignInOf{Email: all[i].Email, Password: all[i].Password, Devices: s.viewDevices(ctx, devices, user)}
		for _, t := range all[i].Telephones {
			view.Phones = append(view.Phones, ui.UserPhone{Name: t.Name, Address: t.Address, AuthUser: t.AuthUser, Kept: t.Kept, Transport: t.Transport})
		}
		view.PBX, view.PBXTransport = commonPBX(all)
		return nil
	})
	return view, err
}

// WithoutPassword are the users who cannot sign in yet.
func (s settings) WithoutPassword(ctx context.Context) (without map[crm.ID]bool, err error) {
	err = s.asServer(func(c *remote.Client) error {
		all, err := c.SignIns(ctx)
		without = map[crm.ID]bool{}
		for _, o := range all {
			without[o.User] = !o.Password
		}
		return err
	})
	return without, err
}

// commonPBX is the host at which all telephone accounts of a company are, and their transport; "" when there is none, or are several.
func commonPBX(all []wire.SignInOf) (host, transport string) {
	for _, s := range all {
		for _, t := range s.Telephones {
			_, at, _ := strings.Cut(t.Address, "@")
			if at == "" || host != "" && (at != host || t.Transport != transport) {
				return "", ""
			}
			host, transport = at, t.Transport
		}
	}
	return host, transport
}

// viewDevices are those of a user that are signed in, the latest first.
func (s settings) viewDevices(ctx context.Context, all []wire.Device, user crm.ID) (view []ui.UserDevice) {
	this, err := s.store.Setting(ctx, settingDevice)
	if err != nil {
		s.log.Warn("read which device this is", "error", err)
	}
	for _, d := range all {
		if d.User == user && d.Revoked.IsZero() {
			view = append(view, ui.UserDevice{ID: d.ID, Name: d.Name, Platform: d.Platform, Seen: d.Seen, This: string(d.ID) == this})
		}
	}
	slices.SortStableFunc(view, func(a, b ui.UserDevice) int { return cmp.Compare(b.Seen.UnixMilli(), a.Seen.UnixMilli()) })
	return view
}

// Invite makes a link by which a user sets a password.
func (s settings) Invite(ctx context.Context, user crm.ID) (link string, ends time.Time, err error) {
	err = s.asServer(func(c *remote.Client) error {
		var i wire.Invitation
		link, i, err = c.Invite(ctx, user)
		ends = i.Ends
		return err
	})
	return link, ends, err
}

// SetPassword gives a user a password.
func (s settings) SetPassword(ctx context.Context, user crm.ID, password string) error {
	return s.asServer(func(c *remote.Client) error { return c.SetPassword(ctx, user, password) })
}

// SavePhone sets up a telephone account for a user.
func (s settings) SavePhone(ctx context.Context, user crm.ID, p ui.UserPhone) error {
	return s.asServer(func(c *remote.Client) error {
		return c.SavePhone(ctx, user, wire.Account{Name: p.Name, Address: p.Address, AuthUser: p.AuthUser, Password: p.Password, Transport: p.Transport})
	})
}

// RemovePhone takes one away.
func (s settings) RemovePhone(ctx context.Context, user crm.ID, name string) error {
	return s.asServer(func(c *remote.Client) error { return c.RemovePhone(ctx, user, name) })
}

// ChangePassword gives the agent another password.
func (s settings) ChangePassword(ctx context.Context, current, password string) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	err = c.ChangePassword(ctx, current, password)
	var p wire.Problem
	switch {
	case errors.As(err, &p) && p.Code == wire.BadSignIn:
		return &ui.TestFailure{Field: ui.FieldPassword, Why: desk.Text{Key: "The present password is wrong"}}
	case errors.As(err, &p) && p.Code == wire.NotFound:
		return &ui.TestFailure{Why: desk.Text{Key: "The server is too old for that"}}
	}
	return signInFailure(err)
}

// OwnDevices are those that the agent has signed in on.
func (s settings) OwnDevices(ctx context.Context) (view []ui.UserDevice, err error) {
	me, err := s.store.Me(ctx)
	if err != nil {
		return nil, err
	}
	err = s.asServer(func(c *remote.Client) error {
		all, err := c.Devices(ctx, false)
		view = s.viewDevices(ctx, all, me.ID)
		return err
	})
	return view, err
}

// SignOutDevice signs a device out and has it erase its copy.
func (s settings) SignOutDevice(ctx context.Context, device crm.ID) error {
	return s.asServer(func(c *remote.Client) error { return c.RevokeDevice(ctx, device) })
}
