package front

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/webhook"
	"leadline/crm/wire"
)

// Requirement I3: an administrator adds, tries and removes webhooks from the program, and sees how they fare.
func TestAnAdministratorSetsUpWebhooks_I3(t *testing.T) {
	o := open(t)
	vault, err := access.OpenVault(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	boss := o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	anna.refused(wire.NotFound, "GET", wire.PathWebhooks, nil) // a server without
	o.front.Hooks = webhook.New(o.front.Engine, o.access, vault)
	status, posts := http.StatusOK, []string{}
	listens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		posts = append(posts, string(body))
		if r.Header.Get(webhook.SignatureHeader) == "" {
			t.Error("it is not signed")
		}
		w.WriteHeader(status)
	}))
	defer listens.Close()
	wish := wire.NewWebhook{URL: listens.URL, User: boss.ID, Kinds: []string{"contact"}}
	ben.refused(wire.Forbidden, "GET", wire.PathWebhooks, nil)
	ben.refused(wire.Forbidden, "POST", wire.PathWebhooks, wish)
	anna.refused(wire.Malformed, "POST", wire.PathWebhooks, wire.NewWebhook{URL: "http://example.org", User: boss.ID})
	anna.refused(wire.Malformed, "POST", wire.PathWebhooks, wire.NewWebhook{URL: listens.URL, User: boss.ID, Kinds: []string{"passwords"}})
	anna.refused(wire.NotFound, "POST", wire.PathWebhooks, wire.NewWebhook{URL: listens.URL, User: newID(t, o)})
	var made wire.MadeWebhook
	anna.must(http.StatusOK, "POST", wire.PathWebhooks, wish, &made)
	at := wire.PathWebhooks + "/" + string(made.ID)
	list := func() wire.Webhook {
		t.Helper()
		var all []wire.Webhook
		anna.must(http.StatusOK, "GET", wire.PathWebhooks, nil, &all)
		if len(all) != 1 {
			t.Fatalf("%+v", all)
		}
		return all[0]
	}
	if h := list(); h.URL != listens.URL || h.User != boss.ID || len(h.Kinds) != 1 || !h.Told.IsZero() || h.Waits || h.Broken {
		t.Errorf("%+v", h)
	}
	var tried wire.WebhookTried
	anna.must(http.StatusOK, "POST", at+"/test", nil, &tried)
	var post struct {
		Test   bool
		Events []json.RawMessage
	}
	if len(posts) != 1 || json.Unmarshal([]byte(posts[0]), &post) != nil || !post.Test || len(post.Events) > 0 || tried.Failure != "" {
		t.Errorf("%q came of the test, which failed by %q", posts, tried.Failure)
	}
	w, client := anna.hello()
	anna.push(w, client, 1, crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")})
	if !list().Waits {
		t.Error("nothing waits to be told")
	}
	status = http.StatusInternalServerError
	tell := func() wire.Webhook {
		t.Helper()
		if err := o.front.Hooks.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
		return list()
	}
	if h := tell(); h.Failures != 1 || !strings.Contains(h.Reason, "500") || h.Next.IsZero() || !h.Told.IsZero() {
		t.Errorf("%+v", h)
	}
	anna.must(http.StatusOK, "POST", at+"/test", nil, &tried)
	if !strings.Contains(tried.Failure, "500") {
		t.Errorf("the test says %q", tried.Failure)
	}
	status = http.StatusNoContent
	o.clock.advance(time.Minute)
	if h := tell(); h.Failures != 0 || h.Reason != "" || h.Told.IsZero() || h.Waits {
		t.Errorf("%+v", h)
	}
	ben.refused(wire.Forbidden, "POST", at+"/test", nil)
	ben.refused(wire.Forbidden, "DELETE", at, nil)
	anna.must(http.StatusNoContent, "DELETE", at, nil, nil)
	anna.refused(wire.NotFound, "DELETE", at, nil)
	anna.refused(wire.NotFound, "POST", at+"/test", nil)
	if strings.Contains(o.log.String(), made.Secret) {
		t.Error("the log has the secret")
	}
}
