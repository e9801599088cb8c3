package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/wire"
)

// The key file is lost, and there is no copy. What the server says then is done, word for word: it serves, programs sign in and keep the
// telephone password that they have, and telephone accounts and webhooks are set up anew.
func TestALostKeyIsReplacedAsTheServerSays(t *testing.T) {
	s := shell{t, t.TempDir()}
	secret := filepath.Join(s.dir, "sip")
	if err := os.WriteFile(secret, []byte("sip-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator", "-password-file", "-", "-sip", "sip:101@pbx.example.org", "-sip-password-file", secret)
	s.do("webhook", "add", "-email", "ada@example.org", "-url", "https://127.0.0.1:1/")
	file := filepath.Join(s.dir, "server.db.key")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	_, err := s.try("serve", "-listen", "127.0.0.1:0")
	if err == nil || !strings.Contains(err.Error(), "openssl rand -base64 32 > "+file) {
		t.Fatalf("without the key it says %v", err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	if err := os.WriteFile(file, []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o644); err != nil { // as openssl and a shell do
		t.Fatal(err)
	}

	address, said, stop := s.serve()
	if !strings.Contains(said.String(), "does not open the passwords of telephone accounts") {
		t.Errorf("with another key: %s", said)
	}
	ada := signIn(t, address, "ada@example.org")
	if a := ada.welcome.Accounts; len(a) != 1 || a[0].Password != "" || a[0].Address != "sip:101@pbx.example.org" {
		t.Errorf("her program gets %+v", a)
	}
	all, err := ada.client.SignIns(t.Context())
	if err != nil || len(all) != 1 || len(all[0].Telephones) != 1 || all[0].Telephones[0].Kept {
		t.Fatalf("an administrator sees %+v, %v", all, err)
	}
	phone := all[0].Telephones[0].Account
	var refused wire.Problem
	if err := ada.client.SavePhone(t.Context(), all[0].User, phone); !errors.As(err, &refused) || !strings.Contains(refused.Message, "type it again") {
		t.Errorf("saved without a password it says %v", err)
	}
	phone.Password = "another secret"
	if err := ada.client.SavePhone(t.Context(), all[0].User, phone); err != nil {
		t.Fatal(err)
	}
	if ada.hello(ada.welcome.Epoch); len(ada.welcome.Accounts) != 1 || ada.welcome.Accounts[0].Password != "another secret" {
		t.Errorf("set up anew, her program gets %+v", ada.welcome.Accounts)
	}
	ada.push(crm.CreateContact{Contact: crm.Contact{ID: newID(t), LastName: "Meier"}})
	stop()

	hook := regexp.MustCompile(`(?m)^(\S+)\s+https://127`).FindStringSubmatch(s.do("webhook", "list"))
	if hook == nil {
		t.Fatal("the webhook is gone")
	}
	s.do("webhook", "remove", "-id", hook[1])
	s.do("webhook", "add", "-email", "ada@example.org", "-url", "https://127.0.0.1:1/")
	_, said, stop = s.serve()
	stop()
	if strings.Contains(said.String(), "does not open") || strings.Contains(said.String(), "cannot be read") {
		t.Errorf("set up anew, it says %s", said)
	}
}
