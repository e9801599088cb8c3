package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
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
	who, err := s.boardOf(r, mine)
	if err != nil {
		return b, err
	}
	if err := boardColumns(r, &b, who); err != nil {
		return b, err
	}
	for i := range b.Columns {
		if err := ctx.Err(); err != nil {
			return b, err
		}
		if c := &b.Columns[i]; c.Count > 0 {
			c.Cards, err = boardCards(r, b.Pipeline.ID, *c, who, limit)
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// boardOf is the row of the user whose deals a board has; nil when it has everybody's.
func (s *Store) boardOf(q querier, mine bool) (any, error) {
	if !mine {
		return nil, nil
	}
	user, err := me(q)
	if err != nil {
		return nil, err
	}
	rid, err := userRid(q, user.ID)
	if rid == nil && err == nil {
		return int64(-1), nil // nobody works here, who has no deals
	}
	return rid, err
}

// boardPipeline is the pipeline of a deal as the table deal_count and the index deal_board have it: one without is in the standard one.
var boardPipeline = fmt.Sprintf("ifnull(pipeline, x'%x')", crm.StandardPipelineID.Bytes())

// countDeals fills the table deal_count, which triggers keep from then on.
func (t *tx) countDeals() error {
	if _, err := t.exec("DELETE FROM deal_count"); err != nil {
		return err
	}
	_, err := t.exec("INSERT INTO deal_count SELECT " + boardPipeline + ", stage, currency, ifnull(responsible, 0), count(*), sum(cents) FROM deal GROUP BY 1, 2, 3, 4")
	return err
}

// boardColumns counts and sums up the deals of each stage.
func boardColumns(q querier, b *crm.Board, who any) error {
	at := map[crm.DealStage]int{}
	for i, s := range b.Pipeline.Stages {
		b.Columns = append(b.Columns, crm.BoardColumn{Stage: s})
		at[s.ID] = i
	}
	err := each(q, `SELECT stage, currency, sum(deals), sum(cents) FROM deal_count WHERE pipeline = ?1 AND (?2 IS NULL OR responsible = ?2)
		GROUP BY stage, currency HAVING sum(deals) > 0 ORDER BY stage, currency`, []any{b.Pipeline.ID.Bytes(), who},
		func(rows *sql.Rows) error {
			var stage crm.DealStage
			var sum crm.Money
			var n int
			if err := rows.Scan(&stage, &sum.Currency, &n, &sum.Minor); err != nil {
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
			b.Columns[i].Sums = crm.AddMoney(b.Columns[i].Sums, sum)
			return nil
		})
	for i := range b.Columns {
		c := &b.Columns[i]
		c.Sums = slices.DeleteFunc(c.Sums, func(m crm.Money) bool { return m.Minor == 0 })
		slices.SortStableFunc(c.Sums, func(a, b crm.Money) int { return cmp.Compare(b.Minor, a.Minor) })
	}
	return err
}

// latestDeals walks the index deal_board backwards: it has all that is asked for.
var latestDeals = "SELECT rid FROM deal WHERE " + boardPipeline + " = ?1 AND stage = ?2 AND (?3 IS NULL OR ifnull(responsible, 0) = ?3) ORDER BY active DESC, responsible DESC, rid DESC LIMIT ?4"

// fewDeals looks at each deal that somebody has in a stage: on the way through the index deal_board they may come after all others.
var fewDeals = "SELECT rid FROM deal INDEXED BY deal_of_responsible WHERE responsible = ?3 AND stage = ?2 AND " + boardPipeline + " = ?1 ORDER BY active DESC, rid DESC LIMIT ?4"

// few is how many deals are looked at in less time than it takes to walk by those of others.
const few = 1000

// boardCards are the latest deals of a column.
func boardCards(q querier, pipeline crm.ID, c crm.BoardColumn, who any, limit int) (cards []crm.BoardCard, err error) {
	latest := latestDeals
	if who != nil && c.Count <= few {
		latest = fewDeals
	}
	err = each(q, "SELECT "+dealColumns+", (SELECT min(due) FROM followup WHERE key = d.rid << 2 | 3 AND done IS NULL)"+dealTables+
		"WHERE d.rid IN ("+latest+") ORDER BY d.active DESC, d.rid DESC", []any{pipeline.Bytes(), string(c.Stage.ID), who, limit},
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
