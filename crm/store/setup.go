package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"leadline/crm"
)

// saveSetup keeps one of the things that an administrator sets up.
func (t *tx) saveSetup(kind crm.SetupKind, id crm.ID, name string, v any) error {
	if len(id.Bytes()) == 0 {
		return fmt.Errorf("%s %q has no id", kind, name)
	}
	return t.writeSetup(kind, id.Bytes(), name, v)
}

func (t *tx) writeSetup(kind crm.SetupKind, id []byte, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	t.changed.Lists = true
	_, err = t.exec(`INSERT INTO setup(kind, id, name, data) VALUES(?, ?, ?, ?)
		ON CONFLICT(kind, id) DO UPDATE SET name = excluded.name, data = excluded.data`, string(kind), id, name, string(data))
	return err
}

// setupOf are all things of a kind, by name.
func setupOf[T any](q querier, kind crm.SetupKind) (all []T, err error) {
	err = each(q, "SELECT data FROM setup WHERE kind = ? ORDER BY name", []any{string(kind)}, func(rows *sql.Rows) error {
		var v T
		err := rows.Scan(jsonColumn{&v})
		all = append(all, v)
		return err
	})
	return all, err
}

// setupByID is one thing of a kind; the zero value when there is none.
func setupByID[T any](q querier, kind crm.SetupKind, id []byte) (v T, ok bool, err error) {
	if len(id) == 0 {
		return v, false, nil
	}
	err = q.row("SELECT data FROM setup WHERE kind = ? AND id = ?", string(kind), id).Scan(jsonColumn{&v})
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, explain(err)
}

// removeSetup takes a thing away. What points to it means nothing from then on: a line without its queue
// has none. The standard pipeline and roles come back as they were at first.
func (t *tx) removeSetup(r crm.RemoveSetup) error {
	t.changed.Lists = true
	if r.Kind == crm.SetupLine {
		_, err := t.exec("DELETE FROM line WHERE id = ?", r.ID.Bytes())
		return err
	}
	if r.Kind == crm.SetupPipeline {
		var deals int
		if err := t.row("SELECT count(*) FROM (SELECT 1 FROM deal WHERE pipeline = ? LIMIT 1)", r.ID.Bytes()).Scan(&deals); err != nil {
			return explain(err)
		}
		if deals > 0 && r.ID != crm.StandardPipelineID {
			return crm.Invalid{Text: crm.Say(crm.PipelineInUse)}
		}
	}
	_, err := t.exec("DELETE FROM setup WHERE kind = ? AND id = ?", string(r.Kind), r.ID.Bytes())
	return err
}

// theWorkspace is the id of the one row of its kind.
var theWorkspace = []byte{0}

const setupWorkspace crm.SetupKind = "workspace"

// Workspace are the settings of the whole company.
func (s *Store) Workspace(ctx context.Context) (crm.Workspace, error) {
	r, err := s.read(ctx)
	if err != nil {
		return crm.Workspace{}, err
	}
	return workspace(r)
}

func workspace(q querier) (crm.Workspace, error) {
	w, _, err := setupByID[crm.Workspace](q, setupWorkspace, theWorkspace)
	return w, err
}

func (t *tx) saveWorkspace(w crm.Workspace) error {
	return t.writeSetup(setupWorkspace, theWorkspace, "", w)
}

// Queues are all queue groups, by name (D4).
func (s *Store) Queues(ctx context.Context) ([]crm.Queue, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return setupOf[crm.Queue](r, crm.SetupQueue)
}

func queueByID(q querier, id crm.ID) (crm.Queue, error) {
	queue, _, err := setupByID[crm.Queue](q, crm.SetupQueue, id.Bytes())
	return queue, err
}

// Pipelines are all pipelines, the standard one first, then by name (F4).
func (s *Store) Pipelines(ctx context.Context) ([]crm.Pipeline, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	all, err := setupOf[crm.Pipeline](r, crm.SetupPipeline)
	if err != nil {
		return nil, err
	}
	isStandard := func(p crm.Pipeline) bool { return p.ID == crm.StandardPipelineID }
	if !slices.ContainsFunc(all, isStandard) {
		all = append(all, crm.StandardPipeline())
	}
	slices.SortStableFunc(all, func(a, b crm.Pipeline) int { return cmp.Compare(b2i(isStandard(b)), b2i(isStandard(a))) })
	return all, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pipelineByID is a pipeline; the standard one for the zero id, and for one that is not there.
func pipelineByID(q querier, id crm.ID) (crm.Pipeline, error) {
	if id == "" {
		id = crm.StandardPipelineID
	}
	p, ok, err := setupByID[crm.Pipeline](q, crm.SetupPipeline, id.Bytes())
	if err == nil && !ok && id != crm.StandardPipelineID {
		return pipelineByID(q, crm.StandardPipelineID)
	}
	if !ok {
		p = crm.StandardPipeline()
	}
	return p, err
}

// pipelineThere is the id of a pipeline if it is there, else "": what names one that was removed names the standard one.
func pipelineThere(q querier, id crm.ID) (crm.ID, error) {
	if id == "" || id == crm.StandardPipelineID {
		return id, nil
	}
	_, ok, err := setupByID[crm.Pipeline](q, crm.SetupPipeline, id.Bytes())
	if !ok {
		return "", err
	}
	return id, err
}

// pipelineOf is the pipeline of deals that leads of a line become: the line's own, else the one of the CRM mode (F4).
func pipelineOf(q querier, line crm.ID) (crm.ID, error) {
	l, err := lineByID(q, line)
	if err != nil {
		return "", err
	}
	w, err := workspace(q)
	if err != nil {
		return "", err
	}
	own, err := pipelineThere(q, l.Pipeline)
	if err != nil || own != "" {
		return own, err
	}
	return pipelineThere(q, w.Pipeline)
}

// savePipeline keeps a pipeline and says anew which of its deals are open.
func (t *tx) savePipeline(p crm.Pipeline) error {
	if err := p.Check(); err != nil {
		return err
	}
	if err := t.saveSetup(crm.SetupPipeline, p.ID, p.Name, p); err != nil {
		return err
	}
	mine := "pipeline = ?"
	if p.ID == crm.StandardPipelineID {
		mine = "(pipeline IS NULL OR pipeline = ?)"
	}
	var stages []crm.DealStage
	err := each(t, "SELECT DISTINCT stage FROM deal WHERE "+mine, []any{p.ID.Bytes()}, func(rows *sql.Rows) error {
		var stage crm.DealStage
		err := rows.Scan(&stage)
		stages = append(stages, stage)
		return err
	})
	for _, stage := range stages {
		if err == nil {
			_, err = t.exec("UPDATE deal SET open = ? WHERE stage = ? AND open <> ? AND "+mine,
				p.Open(stage), string(stage), p.Open(stage), p.ID.Bytes())
		}
	}
	return err
}

// Fields are the company's custom fields, in their order.
func (s *Store) Fields(ctx context.Context) ([]crm.Field, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return fields(r)
}

func fields(q querier) ([]crm.Field, error) {
	all, err := setupOf[crm.Field](q, crm.SetupField)
	slices.SortStableFunc(all, func(a, b crm.Field) int { return cmp.Compare(a.Order, b.Order) })
	return all, err
}

// Roles are the standard roles, as they were changed, and the company's own, by name (G1).
func (s *Store) Roles(ctx context.Context) ([]crm.Role, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return roles(r)
}

func roles(q querier) ([]crm.Role, error) {
	own, err := setupOf[crm.Role](q, crm.SetupRole)
	if err != nil {
		return nil, err
	}
	all := crm.StandardRoles()
	for _, r := range own {
		if i := slices.IndexFunc(all, func(s crm.Role) bool { return s.ID == r.ID }); i >= 0 {
			all[i] = r
		} else {
			all = append(all, r)
		}
	}
	return all, nil
}

// Rights are what the user may do who works here. While nobody has a role yet, as in
// a file of its own without a server, everybody is an administrator.
func (s *Store) Rights(ctx context.Context) (crm.Rights, error) {
	r, err := s.read(ctx)
	if err != nil {
		return crm.Rights{}, err
	}
	var given int
	if err := r.row("SELECT count(*) FROM (SELECT 1 FROM user WHERE roles IS NOT NULL AND gone = 0 LIMIT 1)").Scan(&given); err != nil {
		return crm.Rights{}, explain(err)
	}
	if given == 0 {
		return crm.AllRights, nil
	}
	user, err := me(r)
	if err != nil {
		return crm.Rights{}, err
	}
	all, err := roles(r)
	return crm.RightsOf(user, all), err
}
