package front

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/webhook"
	"leadline/crm/wire"
)

// withHooks passes administrators on to what is about webhooks.
func (f *Front) withHooks(next handler) http.HandlerFunc {
	return f.onDevice(func(w http.ResponseWriter, r *http.Request, p access.Person) error {
		if f.Hooks == nil {
			return wire.Problem{Code: wire.NotFound, Message: "this server has no webhooks"}
		}
		if err := f.mustBeAdministrator(r.Context(), p); err != nil {
			return err
		}
		err := next(w, r, p)
		switch {
		case errors.Is(err, webhook.ErrNone):
			err = wire.Problem{Code: wire.NotFound, Message: err.Error()}
		case errors.Is(err, webhook.ErrURL), errors.Is(err, webhook.ErrKinds):
			err = wire.Problem{Code: wire.Malformed, Message: err.Error()}
		}
		return err
	})
}

func (f *Front) webhooks(w http.ResponseWriter, r *http.Request, p access.Person) error {
	all, err := f.Hooks.List(r.Context(), p.Workspace)
	if err != nil {
		return err
	}
	_, head, err := f.Engine.Head(r.Context(), p.Workspace)
	if err != nil {
		return err
	}
	list := make([]wire.Webhook, 0, len(all))
	for _, h := range all {
		list = append(list, viewHook(h, head))
	}
	f.answer(w, r, http.StatusOK, list)
	return nil
}

func viewHook(h webhook.Hook, head uint64) wire.Webhook {
	view := wire.Webhook{ID: h.ID, URL: h.URL, User: h.User, Kinds: h.Kinds, Told: h.Told, Waits: h.Cursor < head, Failures: h.Failures, Reason: h.Reason, Broken: h.Broken()}
	if h.Failures > 0 {
		view.Next = h.Next
	}
	return view
}

// addWebhook makes one. Its secret is in this answer alone.
func (f *Front) addWebhook(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.NewWebhook
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	in.URL = strings.TrimSpace(in.URL)
	if err := texts(crm.ID(in.URL)); err != nil {
		return err
	}
	if err := f.mustBeThere(r.Context(), p.Workspace, in.User); err != nil {
		return err
	}
	h, secret, err := f.Hooks.Add(r.Context(), p.Workspace, in.User, in.URL, slices.Clone(in.Kinds))
	if err != nil {
		return err
	}
	f.Log.Info("a webhook was added", "webhook", h.ID, "by", p.User)
	f.answer(w, r, http.StatusOK, wire.MadeWebhook{Webhook: viewHook(h, h.Cursor), Secret: string(secret)})
	return nil
}

// tryWebhook posts something that tells of nothing, and answers what came of it.
func (f *Front) tryWebhook(w http.ResponseWriter, r *http.Request, p access.Person) error {
	id, err := crm.ParseID(r.PathValue("id"))
	if err != nil {
		return webhook.ErrNone
	}
	failure, err := f.Hooks.Try(r.Context(), p.Workspace, id)
	if err != nil {
		return err
	}
	f.answer(w, r, http.StatusOK, wire.WebhookTried{Failure: failure})
	return nil
}

func (f *Front) removeWebhook(w http.ResponseWriter, r *http.Request, p access.Person) error {
	id, err := crm.ParseID(r.PathValue("id"))
	if err != nil {
		return webhook.ErrNone
	}
	if err := f.Hooks.Remove(r.Context(), p.Workspace, id); err != nil {
		return err
	}
	f.Log.Info("a webhook was removed", "webhook", id, "by", p.User)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
