package main

import (
	"path/filepath"
	"testing"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/crm"
	"leadline/ui/desk"
)

// The main window asks for its first list while it is made: places have their names in the agent's language by then.
func TestPlacesAreNamedInTheLanguageFromTheFirstListOn(t *testing.T) {
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	c.Data, c.Audio = t.TempDir(), config.Audio{Microphone: "null", Speaker: "null", Ringer: "null"}
	c.UI.Language = "de"
	p, err := newProgram(options{Config: c, File: filepath.Join(c.Data, "leadline.toml"), Private: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	call := crm.Call{Direction: crm.Incoming, Party: crm.Parse("0176 12345678", "DE"), Began: time.Now()}
	if _, _, err := p.store.BeginCall(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	page, err := p.desk.List(t.Context(), desk.Query{List: desk.CallList, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Rows) != 1 || page.Rows[0].Sub != "Deutschland" {
		t.Errorf("the calls are %+v", page.Rows)
	}
}
