package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"leadline/crm"
)

// Board are the deals of a pipeline by their stages, at most limit cards in each column;
// mine are those of who works here. The zero pipeline is the standard one.
func (s *Store) Board(ctx context.Context, pipeline crm.ID, mine bool, limit int) (b crm.Board, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return b, err
	}
	if b.Pipeline, err = pipelineByID(r, pipeline); err != nil {
		return b, err
	}
	where, args, err := s.boardFilter(r, b.Pipeline.ID, mine)
	if err != nil {
		return b, err
	}
	if err := boardColumns(r, &b, where, args); err != nil {
		return b, err
	}
	for i := range b.Columns {
		if err := ctx.Err(); err != nil {
			return b, err
		}
		if c := &b.Columns[i]; c.Count > 0 {
			c.Cards, err = boardCards(r, where+" AND d.stage = ? ORDER BY d.active DESC, d.rid DESC LIMIT ?", append(slices.Clone(args), string(c.Stage.ID), limit))
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

func (s *Store) boardFilter(q querier, pipeline crm.ID, mine bool) (where string, args []any, err error) {
	where = "d.pipeline = ?"
	if pipeline == crm.StandardPipelineID {
		where = "(d.pipeline IS NULL OR d.pipeline = ?)"
	}
	args = []any{pipeline.Bytes()}
	if mine {
		own, me, err := s.filter(q, "d.responsible = ?")
		if err != nil {
			return "", nil, err
		}
		where, args = where+" AND "+own, append(args, me...)
	}
	return where, args, nil
}

// boardColumns counts and sums up the deals of each stage.
func boardColumns(q querier, b *crm.Board, where string, args []any) error {
	at := map[crm.DealStage]int{}
	for i, s := range b.Pipeline.Stages {
		b.Columns = append(b.Columns, crm.BoardColumn{Stage: s})
		at[s.ID] = i
	}
	err := each(q, "SELECT d.stage, d.currency, count(*), sum(d.cents) FROM deal d WHERE "+where+" GROUP BY d.stage, d.currency ORDER BY d.stage, d.currency", args,
		func(rows *sql.Rows) error {
			var stage crm.DealStage
			var sum crm.Money
			var n int
			if err := rows.Scan(&stage, &sum.Currency, &n, &sum.Cents); err != nil {
				return err
			}
			i, known := at[stage]
			if !known {
				i = len(b.Columns)
				at[stage] = i
				result := crm.Lost // of a stage that is no more
				if b.Pipeline.Open(stage) {
					result = crm.Undecided
				}
				b.Columns = append(b.Columns, crm.BoardColumn{Stage: crm.Stage{ID: stage, Name: string(stage), Result: result}})
			}
			b.Columns[i].Count += n
			if sum.Cents != 0 {
				b.Columns[i].Sums = append(b.Columns[i].Sums, sum)
			}
			return nil
		})
	for _, c := range b.Columns {
		slices.SortStableFunc(c.Sums, func(a, b crm.Money) int { return cmp.Compare(b.Cents, a.Cents) })
	}
	return err
}

func boardCards(q querier, where string, args []any) (cards []crm.BoardCard, err error) {
	err = each(q, "SELECT "+dealColumns+", (SELECT min(due) FROM followup WHERE key = d.rid << 2 | 3 AND done IS NULL)"+dealTables+"WHERE "+where, args,
		func(rows *sql.Rows) error {
			var due sql.NullInt64
			d, err := scanDeal(withLast{rows, &due})
			card := crm.BoardCard{Deal: d.Deal, CompanyName: d.companyName, ContactName: d.contactName, Who: d.responsible}
			if due.Valid {
				card.Due = time.UnixMilli(due.Int64)
			}
			cards = append(cards, card)
			return err
		})
	return cards, err
}

// withLast reads one column more than it is asked for.
type withLast struct {
	rows *sql.Rows
	last any
}

func (w withLast) Scan(dest ...any) error { return w.rows.Scan(append(slices.Clone(dest), w.last)...) }
