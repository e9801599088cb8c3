package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"leadline/crm"
	"leadline/crm/disk"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/front"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// eraseCommand has a person's data gone (I4): here, and on each device when it next connects.
func eraseCommand(ctx context.Context, args []string, t terminal) error {
	flags := flag.NewFlagSet("leadline-server erase", flag.ContinueOnError)
	var where place
	where.flags(flags)
	number := flags.String("number", "", "the person's `number`, or SIP address: contacts and leads that have it")
	record := flags.String("record", "", "the record of the person, in place of -number: `contact:ID` or lead:ID")
	yes := flags.Bool("yes", false, "do it; without, it is only told what would go")
	list := flags.Bool("list", false, "tell which devices have erased what was asked for before")
	if done, err := parse(flags, args, t); done || err != nil {
		return err
	}
	if err := where.exists(); err != nil {
		return err
	}
	e, err := where.engine(ctx, where.database)
	if err != nil {
		return err
	}
	switch {
	case *list:
		err = listErasures(ctx, e, t)
	case (*number == "") == (*record == ""):
		err = misuse("say who: -number or -record")
	default:
		err = erase(ctx, where, e, *number, *record, *yes, t)
	}
	return errors.Join(err, e.DB.Close())
}

func erase(ctx context.Context, where place, e *server.Engine, number, record string, yes bool, t terminal) error {
	found, err := find(ctx, e, number, record)
	if err != nil {
		return err
	}
	count := 0
	for workspace, refs := range found {
		for _, r := range refs {
			count++
			fmt.Fprintf(t.out, "%s %s\n", r.Kind, r.ID)
		}
		if !yes {
			continue
		}
		done, err := e.Erase(ctx, workspace, ledger.Sender{System: true}, refs)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "Erased here; devices do so when they next connect, and leadline-server erase -list tells which have. Recordings: %d\n", len(done.Recordings))
	}
	if count == 0 {
		return errors.New("nobody was found")
	}
	if !yes {
		_, err := fmt.Fprintln(t.out, "Nothing was erased. Give -yes to erase these and what hangs on them: calls, notes, follow-ups, recordings.")
		return err
	}
	return e.EraseRemains(ctx, func(ctx context.Context) error {
		return errors.Join(where.keepErasures(ctx, e), where.dropSnapshots(), where.dropRecordings(ctx, e))
	})
}

// dropRecordings removes the files of recordings that erasures took. A server that takes a piece of one just now removes it
// itself.
func (p place) dropRecordings(ctx context.Context, e *server.Engine) error {
	vault, err := access.NewVault(make([]byte, access.KeySize)) // nothing is opened, and no key to be made where the company's is missing
	if err != nil {
		return err
	}
	sounds, err := p.sounds(e, vault)
	if err != nil {
		return err
	}
	return sounds.Erased(ctx)
}

// dropSnapshots removes what has the person in it still, also what a server makes just now; it makes new ones.
func (p place) dropSnapshots() error {
	dir, err := p.folder()
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, snapshotsFolder, "*"))
	for _, f := range files {
		err = errors.Join(err, os.RemoveAll(f))
	}
	return err
}

// find are the records of a person in each workspace.
func find(ctx context.Context, e *server.Engine, number, record string) (map[crm.ID][]crm.Ref, error) {
	heads, err := e.Heads(ctx)
	if err != nil {
		return nil, err
	}
	found := map[crm.ID][]crm.Ref{}
	for workspace := range heads {
		err := e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
			keys, err := keysOf(ctx, t, number, record)
			for _, k := range keys {
				if k.Entity == wire.Contact || k.Entity == wire.Lead {
					found[workspace] = append(found[workspace], k.Ref())
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func keysOf(ctx context.Context, t *database.Tx, number, record string) ([]ledger.Key, error) {
	rows := t.Rows(ctx)
	if record == "" {
		head, err := t.Head(ctx, false)
		if err != nil {
			return nil, err
		}
		return rows.Peer(crm.Parse(number, head.Region).Key())
	}
	kind, written, _ := strings.Cut(record, ":")
	id, err := crm.ParseID(written)
	if err != nil {
		return nil, err
	}
	k := ledger.Key{Entity: wire.Entity(kind), ID: id}
	r, err := rows.Row(k)
	if err != nil || r == nil {
		return nil, err
	}
	return []ledger.Key{k}, nil
}

func listErasures(ctx context.Context, e *server.Engine, t terminal) error {
	all, err := e.Erasures(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ASKED FOR\tRECORDS\tDEVICES THAT HAVE\tDEVICES THAT HAVE NOT")
	for workspace, erasures := range all {
		users, err := front.Company{Engine: e}.Users(ctx, workspace)
		if err != nil {
			return err
		}
		names := map[crm.ID]string{}
		for _, u := range users {
			names[u.ID] = u.Name
		}
		for _, erasure := range erasures {
			owed, err := e.Acknowledgements(ctx, workspace, erasure.ID)
			if err != nil {
				return err
			}
			listErasure(table, erasure, owed, names)
		}
	}
	return table.Flush()
}

// listErasure tells of one: each device that has not done so yet by whose it is and when it was last here, so that somebody can ask them.
func listErasure(table io.Writer, erasure database.Erasure, owed []database.Owed, names map[crm.ID]string) {
	var open []string
	for _, o := range owed {
		if o.Done == 0 {
			open = append(open, fmt.Sprintf("%s, last here %s (%s)", cmp.Or(names[o.User], "a device"), moment(o.Seen), o.Client))
		}
	}
	fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", moment(erasure.At), len(erasure.Refs), len(owed)-len(open), strings.Join(open[:min(len(open), 1)], ""))
	for _, o := range open[min(len(open), 1):] {
		fmt.Fprintf(table, "\t\t\t%s\n", o)
	}
}

func moment(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

// erasuresFile stands beside the database, so that a restore onto another machine does not bring people back. It has
// ids only.
const erasuresFile = "erasures.json"

func (p place) keepErasures(ctx context.Context, e *server.Engine) error {
	all, err := e.Erasures(ctx)
	if err != nil {
		return err
	}
	dir, err := p.folder()
	if err != nil {
		return err
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return disk.WriteFile(filepath.Join(dir, erasuresFile), text)
}

// erasures are all that were asked for, by the file and by the database that is there.
func (p place) erasures(ctx context.Context) (map[crm.ID][]database.Erasure, error) {
	dir, err := p.folder()
	if err != nil {
		return nil, err
	}
	all := map[crm.ID][]database.Erasure{}
	text, err := os.ReadFile(filepath.Join(dir, erasuresFile))
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the list of erasures: %w", err)
	}
	for _, url := range []string{p.database, p.replaced} {
		there := place{database: url}
		if _, embedded := there.sqliteFile(); url == "" || embedded && !there.hasDatabase() {
			continue
		}
		// The database that is replaced may be damaged: that is why it is.
		e, err := p.engine(ctx, url)
		if err != nil {
			continue
		}
		here, err := e.Erasures(ctx)
		if err == nil {
			merge(all, here)
		}
		if err := e.DB.Close(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func merge(all, more map[crm.ID][]database.Erasure) {
	for workspace, erasures := range more {
		for _, e := range erasures {
			if !slices.ContainsFunc(all[workspace], func(o database.Erasure) bool { return o.ID == e.ID }) {
				all[workspace] = append(all[workspace], e)
			}
		}
	}
}
