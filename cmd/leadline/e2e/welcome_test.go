package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	phone "leadline/phone/rig"
)

// A first start: the account is tested as it is typed in, and is there again after
// a restart. Its password is in no file that others can read.
func TestTheWelcomeTestsTheAccountAsItIsTypedIn(t *testing.T) {
	o := newOffice(t)
	o.configure("") // no account yet
	p := o.start()
	p.shows("main", "Connect the account")
	p.types("main", "Address", o.pbx.URI("101"))
	p.types("main", "Password", "wrong")
	p.shows("main", "Wrong user or password")
	p.types("main", "Password", "one")
	p.shows("main", "Registered")
	p.tap("main", "Save and continue")
	registered := func(s state) bool { return len(s.Accounts) == 1 && s.Accounts[0].State == "registered" }
	p.until("the account is registered", registered)
	phone.Eventually(t, soon, "one contact of ours at the PBX", func() (bool, string) {
		n := len(o.pbx.Contacts("101")) // the tests as one typed have unregistered theirs
		return n == 1, o.pbx.CLI("pjsip show contacts")
	})
	p.Stop()

	config, err := os.ReadFile(o.config)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(config, []byte(`"one"`)) || bytes.Contains(config, []byte("'one'")) {
		t.Errorf("the password is in the configuration:\n%s", config)
	}
	err = filepath.WalkDir(o.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others can read %s (%v)", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if log, _ := os.ReadFile(filepath.Join(o.dir, "data", "leadline.log")); bytes.Contains(log, []byte("wrong")) {
		t.Errorf("a password is in the log:\n%s", log)
	}

	o.start().until("the account is registered after a restart", registered)
}
