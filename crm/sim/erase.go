package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// wrote remembers what somebody wrote of a record or a call: it has to be nowhere once that was an erased person's. Each text is
// there once in a world, and is no part of another.
func (w *World) wrote(of crm.ID, texts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts[of] = append(w.texts[of], texts...)
}

// unwrote forgets texts that may be somebody else's from now on, if the server lets them.
func (w *World) unwrote(texts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for of, wrote := range w.texts {
		w.texts[of] = slices.DeleteFunc(wrote, func(text string) bool { return slices.Contains(texts, text) })
	}
}

// ringCustomer is a call of somebody whom the program knows.
func (w *World) ringCustomer(ctx context.Context) error {
	a := w.anyone()
	c, ok, err := a.someContact(ctx)
	if err != nil || !ok || len(c.Numbers) == 0 {
		return err
	}
	return a.takeCall(ctx, c.Numbers[0].Written, w.dice.chance(0.5))
}

// erase has a person's data gone, as leadline-server erase does it (I4): one of those that the server has, or has had.
func (w *World) erase(ctx context.Context) error {
	if w.engine == nil {
		return nil
	}
	kind := crm.KindContact
	if w.dice.chance(0.2) {
		kind = crm.KindLead
	}
	person, ok, err := w.somebody(ctx, kind)
	if err != nil || !ok {
		return err
	}
	if w.dice.chance(0.3) { // who removes something makes a backup before
		if err := w.backUpServer(ctx); err != nil {
			return err
		}
	}
	if _, err := w.engine.Erase(ctx, w.workspace, ledger.Sender{System: true}, []crm.Ref{person}); err != nil {
		return err
	}
	if err := w.engine.EraseRemains(ctx, nil); err != nil {
		return err
	}
	all, err := w.engine.Erasures(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.erasures = all
	w.mu.Unlock()
	return w.snapshots.Tidy(ctx)
}

// somebody is a contact or a lead of the server's, perhaps one that was removed.
func (w *World) somebody(ctx context.Context, kind crm.Kind) (who crm.Ref, ok bool, err error) {
	var ids []crm.ID
	err = w.db.Read(ctx, string(w.workspace), func(t *database.Tx) error {
		return t.Each(ctx, "SELECT id FROM document WHERE ws = $1 AND entity = $2 ORDER BY id", []any{t.Workspace, string(wire.EntityOf(kind))}, func(scan func(...any) error) error {
			var id crm.ID
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	if err != nil || len(ids) == 0 {
		return who, false, err
	}
	return crm.Ref{Kind: kind, ID: ids[w.dice.n(len(ids))]}, true, nil
}

// erasedIDs are all records of erased persons, and what hung on them.
func (w *World) erasedIDs() map[crm.ID]bool {
	ids := map[crm.ID]bool{}
	for _, e := range w.erasures[w.workspace] {
		for _, id := range idsOf(e) {
			ids[id] = true
		}
	}
	return ids
}

func idsOf(e database.Erasure) (ids []crm.ID) {
	for _, r := range e.Refs {
		ids = append(ids, r.ID)
	}
	for _, k := range e.Hung {
		ids = append(ids, k.ID)
	}
	return ids
}

// textsOf is what was written of the persons that some erasures, or all, were about.
func (w *World) textsOf(erasures ...crm.ID) (texts []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.erasures[w.workspace] {
		if len(erasures) > 0 && !slices.Contains(erasures, e.ID) {
			continue
		}
		ids := idsOf(e)
		for _, id := range ids {
			if !slices.ContainsFunc(w.merged[id], func(into crm.ID) bool { return !slices.Contains(ids, into) }) {
				texts = append(texts, w.texts[id]...)
			}
		}
	}
	return texts
}

// merging remembers that somebody puts one record into another. Where the server refused that, who made it has what was written of the
// one under the name of the other, in the tray and to take back: that nobody can know for a person's who is erased under the first.
func (w *World) merging(keep, gone crm.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.merged[gone] = append(w.merged[gone], keep)
}

// hasErased is called as an agent's program says that it has purged some persons: then nothing of them may be in its file.
func (a *agent) hasErased(erasures []crm.ID) {
	if len(erasures) == 0 {
		return
	}
	if err := stands(a.w.textsOf(erasures...), a.path, a.path+"-wal"); err != nil {
		a.w.fail(fmt.Errorf("%s says that a person is erased, but %w", a.user.Name, err))
	}
}

// checkErased: of who was erased nothing is left in the bytes of any file, and every program has said so.
func (w *World) checkErased(ctx context.Context, _ map[wire.RowID]wire.Row) error {
	server := filepath.Join(w.o.Dir, "server.db")
	files := []string{server, server + "-wal"}
	for _, a := range w.agents {
		files = append(files, a.path, a.path+"-wal")
	}
	loaded, err := filepath.Glob(filepath.Join(w.o.Dir, "*-parts", "*"))
	if err != nil {
		return err
	}
	made, err := filepath.Glob(filepath.Join(w.o.Dir, "snapshots", "*"))
	if err != nil {
		return err
	}
	if err := stands(w.textsOf(), append(append(files, loaded...), made...)...); err != nil {
		return fmt.Errorf("of an erased person %w", err)
	}
	return w.checkAcknowledged(ctx)
}

func (w *World) checkAcknowledged(ctx context.Context) error {
	programs := map[crm.ID]*agent{}
	for _, a := range w.agents {
		at, err := a.file.Standing(ctx)
		if err != nil {
			return err
		}
		if !a.user.Left { // who has nothing any more says nothing
			programs[at.Client] = a
		}
	}
	for _, e := range w.erasures[w.workspace] {
		owed, err := w.engine.Acknowledgements(ctx, w.workspace, e.ID)
		if err != nil {
			return err
		}
		said := 0
		for _, o := range owed {
			if a := programs[o.Client]; a != nil && o.Done == 0 {
				return fmt.Errorf("%s has not said that the persons of %v are erased", a.user.Name, e.Refs)
			} else if a != nil {
				said++
			}
		}
		if said != len(programs) {
			return fmt.Errorf("%d of %d programs were told of %v", said, len(programs), e.Refs)
		}
	}
	return nil
}

// stands says in which of some files which of some texts stands; nil when none does. Compressed ones are looked into.
func stands(texts []string, files ...string) error {
	if len(texts) == 0 {
		return nil
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err == nil && strings.HasSuffix(file, ".zst") {
			b, err = unpacked(b)
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		}
		for _, text := range texts {
			if bytes.Contains(b, []byte(text)) {
				return fmt.Errorf("%q stands in %s", text, filepath.Base(file))
			}
		}
	}
	return nil
}

func unpacked(b []byte) ([]byte, error) {
	plain, err := zstd.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	return io.ReadAll(plain)
}
