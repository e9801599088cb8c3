package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"leadline/crm"
)

// candidates are looked at before the best are taken: the index gives the newest
// first, and ranking all that begins with an m would take a second.
const candidates = 100

// Search finds records by the beginnings of words, and of numbers when there are
// three digits or more; at most limit (1..128), best first.
func (s *Store) Search(ctx context.Context, text string, limit int) ([]crm.Found, error) {
	q, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), 128)
	var found []crm.Found
	seen := map[key]bool{}
	if digits, ok := typedNumber(text); ok {
		keys, err := s.keysByNumber(q, digits, limit)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			f, err := foundOf(q, k, digits)
			if err != nil {
				return nil, err
			}
			seen[k] = true
			found = append(found, f)
		}
	}
	byWords, err := s.foundByWords(ctx, q, text, seen)
	if err != nil {
		return nil, err
	}
	rankFound(byWords, text)
	found = append(found, byWords...)
	return found[:min(len(found), limit)], nil
}

// foundByWords are the candidates that the index has for a text, but those seen already. Contacts,
// who are nearly all, come with the one question; other kinds are looked up by their keys.
func (s *Store) foundByWords(ctx context.Context, q querier, text string, seen map[key]bool) (found []crm.Found, err error) {
	typed := matchExpression(text)
	if typed == "" {
		return nil, nil
	}
	stmt, err := s.reads.get(`SELECT s.rowid, c.id, c.first, c.last, f.name, c.numbers, c.updated
		FROM (SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?) s
		LEFT JOIN contact c ON c.rid = s.rowid >> 2 AND s.rowid & 3 = 0 LEFT JOIN company f ON f.rid = c.company`)
	if err != nil {
		return nil, err
	}
	// With the context: the question of the last keystroke is given up when the next comes.
	rows, err := stmt.QueryContext(ctx, typed, candidates)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var k int64
		var id, first, last, company, numbers sql.RawBytes
		var updated sql.NullInt64
		if err := rows.Scan(&k, &id, &first, &last, &company, &numbers, &updated); err != nil {
			return nil, explain(err)
		}
		switch {
		case seen[key(k)]:
			continue
		case len(id) == 0:
			f, err := foundOf(q, key(k), "")
			if err != nil {
				return nil, err
			}
			found = append(found, f)
			continue
		}
		f := crm.Found{Ref: crm.Ref{Kind: crm.KindContact}, Name: crm.FullName(string(first), string(last)), Sub: string(company),
			At: time.UnixMilli(updated.Int64)}
		if f.Ref.ID, err = crm.IDFromBytes(id); err != nil {
			return nil, err
		}
		var all []crm.Number
		if err := (jsonColumn{&all}).Scan([]byte(numbers)); err != nil {
			return nil, err
		}
		if len(all) > 0 {
			f.Number = all[0]
		}
		found = append(found, f)
	}
	return found, explain(rows.Err())
}

// matchExpression is a text in the language of FTS5: words that begin so, all of
// them. "" when nothing is to be searched for.
func matchExpression(text string) string {
	typed := words(text)
	for i, w := range typed {
		typed[i] = `"` + w + `"*`
	}
	return strings.Join(typed, " ")
}

// words are what is searched for: folded, without signs.
func words(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// keysByWords asks the index for records that have words beginning with each of
// the typed ones; of one kind (its place in kinds), or of all with -1.
func (s *Store) keysByWords(ctx context.Context, text string, kind, limit int) (keys []key, err error) {
	typed := matchExpression(text)
	if typed == "" {
		return nil, nil
	}
	query := "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?"
	args := []any{typed, limit}
	if kind >= 0 {
		query = "SELECT rowid FROM search WHERE search MATCH ? AND rowid & 3 = ? ORDER BY rowid DESC LIMIT ?"
		args = []any{args[0], kind, limit}
	}
	stmt, err := s.reads.get(query)
	if err != nil {
		return nil, err
	}
	// With the context: the question of the last keystroke is given up when the next comes.
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var k int64
		if err := rows.Scan(&k); err != nil {
			return nil, explain(err)
		}
		keys = append(keys, key(k))
	}
	return keys, explain(rows.Err())
}

// typedNumber are the digits of a text that is a number under way: at least
// three digits, and nothing that a number has not.
func typedNumber(text string) (digits string, ok bool) {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -/().", r):
		default:
			return "", false
		}
	}
	digits = b.String()
	return digits, len(strings.TrimPrefix(digits, "+")) >= 3
}

// keysByNumber finds records by the first digits of a number, as it is dialled
// here (030…), abroad (+4930…, 004930…), or inside (101).
func (s *Store) keysByNumber(q querier, digits string, limit int) (keys []key, err error) {
	add := func(rows *sql.Rows) error {
		var k int64
		err := rows.Scan(&k)
		if !slices.Contains(keys, key(k)) {
			keys = append(keys, key(k))
		}
		return err
	}
	for _, prefix := range worldPrefixes(digits, s.region) {
		for _, span := range spans(prefix) {
			if len(keys) >= limit {
				return keys[:limit], nil
			}
			err := each(q, "SELECT key FROM phone WHERE e164 BETWEEN ? AND ? ORDER BY e164 LIMIT ?", []any{span[0], span[1], limit}, add)
			if err != nil {
				return nil, err
			}
		}
	}
	if !strings.HasPrefix(digits, "+") {
		err = each(q, "SELECT key FROM address WHERE peer BETWEEN ? AND ? ORDER BY peer LIMIT ?", []any{digits, digits + "~", limit}, add)
	}
	return keys[:min(len(keys), limit)], err
}

// worldPrefixes are the beginnings of E.164 numbers that typed digits may mean.
func worldPrefixes(digits, region string) []string {
	code := strconv.Itoa(crm.CountryCode(region))
	switch {
	case strings.HasPrefix(digits, "+"):
		return []string{digits[1:]}
	case strings.HasPrefix(digits, "00"):
		if len(digits) < 4 {
			return nil
		}
		return []string{digits[2:]}
	case strings.HasPrefix(digits, "0"):
		return []string{code + digits[1:]}
	}
	return []string{code + digits, digits}
}

// spans are the numbers that begin with the prefix, one span for each length.
func spans(prefix string) (spans [][2]int64) {
	const shortest, longest = 7, 15 // ITU-T E.164 §6.1
	low, err := strconv.ParseInt(prefix, 10, 64)
	if err != nil || len(prefix) > longest {
		return nil
	}
	high := low
	for n := len(prefix); n <= longest; n++ {
		if n >= shortest {
			spans = append(spans, [2]int64{low, high})
		}
		low, high = low*10, high*10+9
	}
	return spans
}

// foundOf is the record of a key as an answer; digits are those that matched, or "".
func foundOf(q querier, k key, digits string) (f crm.Found, err error) {
	f.Ref.Kind, f.ByNumber = k.kind(), digits != ""
	var numbers []crm.Number
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		if err != nil {
			return f, err
		}
		f.Ref.ID, f.Name, f.Sub, f.At, numbers = c.ID, c.Name(), c.companyName, c.Updated, c.Numbers
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		if err != nil {
			return f, err
		}
		f.Ref.ID, f.Name, f.At, numbers = c.ID, c.Name, c.Updated, c.Numbers
	case crm.KindLead:
		l, err := leadByRid(q, k.rid())
		if err != nil {
			return f, err
		}
		f.Ref.ID, f.Name, f.Sub, f.At, numbers = l.ID, l.Name(), personOf(l.Lead), l.active, l.Numbers
	case crm.KindDeal:
		d, err := dealByRid(q, k.rid())
		if err != nil {
			return f, err
		}
		f.Ref.ID, f.Name, f.Sub, f.At = d.ID, d.Title, d.companyName, d.active
	}
	if len(numbers) > 0 {
		f.Number = numbers[0]
	}
	tail := strings.TrimLeft(digits, "+0")
	for _, n := range numbers {
		if tail != "" && strings.Contains(n.Party().Key(), tail) {
			f.Number = n
			break
		}
	}
	return f, nil
}

// rankFound orders what was found by words: names that begin with the text,
// names that have it, the rest; newest first.
func rankFound(found []crm.Found, text string) {
	typed := fold(text)
	rank := make(map[crm.Ref]int, len(found))
	for _, f := range found {
		name := fold(f.Name)
		switch {
		case strings.HasPrefix(name, typed):
			rank[f.Ref] = 0
		case strings.Contains(" "+name, " "+typed):
			rank[f.Ref] = 1
		default:
			rank[f.Ref] = 2
		}
	}
	slices.SortStableFunc(found, func(a, b crm.Found) int {
		if d := rank[a.Ref] - rank[b.Ref]; d != 0 {
			return d
		}
		return b.At.Compare(a.At)
	})
}
