package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"leadline/crm"
)

// candidates are looked at before the best are taken: the index gives the newest
// first, and ranking all that begins with an m would take a second. Those of the
// one here and those of the last calls are asked for beside them.
const candidates = 100

// ownWithin is how long one's own may be looked for among very many; what is found by then is ranked.
const ownWithin = 4 * time.Millisecond

// Search finds records by the beginnings of words, of their notes too, and by any
// part of a number when there are three digits or more; at most limit (1..128), best first:
// numbers, then names, and among them what is near: one's own, and who was on the last calls.
func (s *Store) Search(ctx context.Context, text string, limit int) ([]crm.Found, error) {
	q, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), 128)
	var found []crm.Found
	seen := map[key]bool{}
	if digits, ok := typedNumber(text); ok {
		if found, err = s.foundByNumber(ctx, q, digits, limit, seen); err != nil || len(found) >= limit {
			return found, err
		}
	}
	byWords, err := s.foundByWords(ctx, q, text, seen)
	if err != nil {
		return nil, err
	}
	if s.Unindexed() > 0 {
		unindexed, err := foundByName(q, text, limit, seen)
		if err != nil {
			return nil, err
		}
		byWords = append(byWords, unindexed...)
	}
	if len(found)+len(byWords) < limit && len([]rune(strings.TrimSpace(text))) >= 3 {
		notes, err := s.notesByWords(ctx, q, text, limit, seen)
		if err != nil {
			return nil, err
		}
		byWords = append(byWords, notes...)
	}
	rankFound(byWords, text)
	found = append(found, byWords...)
	return found[:min(len(found), limit)], nil
}

// foundByNumber are the records with a number that has the digits.
func (s *Store) foundByNumber(ctx context.Context, q querier, digits string, limit int, seen map[key]bool) (found []crm.Found, err error) {
	add := func(keys []key) error {
		for _, k := range keys {
			if seen[k] || len(found) >= limit {
				continue
			}
			f, err := foundOf(q, k, digits)
			if err != nil {
				return err
			}
			if !f.ByNumber { // the parts were there, but not one after the other
				continue
			}
			seen[k] = true
			found = append(found, f)
		}
		return nil
	}
	keys, err := s.keysByNumber(q, digits, limit)
	if err == nil {
		err = add(keys)
	}
	if err != nil || len(found) >= limit || strings.HasPrefix(digits, "+") {
		return found, err
	}
	if keys, err = s.keysByDigits(ctx, digits, 2*limit); err != nil {
		return nil, err
	}
	return found, add(keys)
}

// keysByDigits asks for the newest records with a number that has the digits somewhere.
func (s *Store) keysByDigits(ctx context.Context, digits string, limit int) ([]key, error) {
	return s.keys(ctx, "SELECT rowid FROM digits WHERE digits MATCH ? ORDER BY rowid DESC LIMIT ?", windowExpression(digits), limit)
}

// keysByPart are the records with a number that has the digits, by its beginning first.
func (s *Store) keysByPart(ctx context.Context, q querier, digits string, limit int) ([]key, error) {
	keys, err := s.keysByNumber(q, digits, limit)
	if err != nil || len(keys) >= limit || strings.HasPrefix(digits, "+") {
		return keys, err
	}
	more, err := s.keysByDigits(ctx, digits, limit-len(keys))
	for _, k := range more {
		if err != nil {
			return nil, err
		}
		has := len(digits) <= widestWindow || slices.Contains(keys, k)
		if !has { // the parts are there, but maybe not one after the other
			var f crm.Found
			f, err = foundOf(q, k, digits)
			has = f.ByNumber
		}
		if has {
			keys = append(keys, k)
		}
	}
	return keys, err
}

// foundByWords are the candidates that the index has for a text, but those seen already.
func (s *Store) foundByWords(ctx context.Context, q querier, text string, seen map[key]bool) (found []crm.Found, err error) {
	typed, err := matchExpression(q, "search", text)
	if err != nil || typed == "" {
		return nil, err
	}
	recent, err := s.recent.found(q)
	if err != nil {
		return nil, err
	}
	for _, r := range recent {
		if !seen[r.key] && r.has(words(text)) {
			seen[r.key] = true
			found = append(found, r.Found)
		}
	}
	user, err := me(q)
	if err != nil {
		return nil, err
	}
	all, err := s.newestByWords(ctx, q, typed, candidates, user.ID, seen)
	if err != nil || user.ID == "" || len(all) < candidates/2 {
		return append(found, all...), err
	}
	// There are more, and one's own may be among them.
	soon, stop := context.WithTimeout(ctx, s.ownWithin)
	defer stop()
	own, err := s.newestByWords(soon, q, typed+" AND "+ownWord(user.ID), candidates/2, user.ID, seen)
	if soon.Err() != nil && ctx.Err() == nil {
		err = nil // what was found by then
	}
	return slices.Concat(found, own, all), err
}

// newestByWords are the newest records that the index has for an expression, but
// those seen already. Contacts, who are nearly all, come with the one question; other kinds are looked up by their keys.
func (s *Store) newestByWords(ctx context.Context, q querier, expression string, limit int, mine crm.ID, seen map[key]bool) (found []crm.Found, err error) {
	stmt, err := s.reads.get(`SELECT s.rowid, c.id, c.first, c.last, f.name, c.numbers, u.id,
			max(c.updated, coalesce((SELECT began FROM call_link WHERE key = s.rowid ORDER BY began DESC LIMIT 1), 0))
		FROM (SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?) s
		LEFT JOIN contact c ON c.rid = s.rowid >> 2 AND s.rowid & 3 = 0 LEFT JOIN company f ON f.rid = c.company
		LEFT JOIN user u ON u.rid = c.responsible`)
	if err != nil {
		return nil, err
	}
	// With the context: the question of the last keystroke is given up when the next comes.
	rows, err := stmt.QueryContext(ctx, expression, limit)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var k int64
		var id, first, last, company, numbers sql.RawBytes
		var at sql.NullInt64
		var responsible crm.ID
		if err := rows.Scan(&k, &id, &first, &last, &company, &numbers, idBlob{&responsible}, &at); err != nil {
			return found, explain(err)
		}
		switch {
		case seen[key(k)]:
			continue
		case len(id) == 0:
			f, err := foundOf(q, key(k), "")
			if err != nil {
				return nil, err
			}
			f.Near = mine != "" && f.Responsible == mine
			seen[key(k)] = true
			found = append(found, f)
			continue
		}
		f := crm.Found{Ref: crm.Ref{Kind: crm.KindContact}, Name: crm.FullName(string(first), string(last)), Sub: string(company),
			Responsible: responsible, Near: mine != "" && responsible == mine, At: time.UnixMilli(at.Int64)}
		if f.Ref.ID, err = crm.IDFromBytes(id); err != nil {
			return nil, err
		}
		var all []crm.Number
		if err := (numbersColumn{&all}).Scan([]byte(numbers)); err != nil {
			return nil, err
		}
		if len(all) > 0 {
			f.Number = all[0]
		}
		seen[key(k)] = true
		found = append(found, f)
	}
	return found, explain(rows.Err())
}

// indexedPrefix is the most letters of a beginning for which the index has a list of its own.
const indexedPrefix = 3

// mostCompletions of a beginning are asked for one by one.
const mostCompletions = 16

// matchExpression is a text in the language of FTS5: words of that index (search,
// note_search) that begin so, all of them. "" when nothing is to be searched for, or nothing can be found.
//
// FTS5 gives the records of a word one after the other, and likewise those of a
// beginning of up to three letters. For a longer one it gathers them all first, which took 300 ms for "gmbh"
// among a million; so that is asked for by the words that begin so, when these are few.
func matchExpression(q querier, index, text string) (string, error) {
	typed := words(text)
	for i, w := range typed {
		typed[i] = `"` + w + `"*`
		if utf8.RuneCountInString(w) <= indexedPrefix {
			continue
		}
		complete, err := completions(q, index, w)
		switch {
		case err != nil || len(complete) == 0:
			return "", err
		case len(complete) <= mostCompletions:
			typed[i] = `("` + strings.Join(complete, `" OR "`) + `")`
		}
	}
	return strings.Join(typed, " AND "), nil
}

// completions are the words of an index that begin so, at most one more than mostCompletions.
func completions(q querier, index, beginning string) (complete []string, err error) {
	// Each step jumps to the first word behind the last: a word has an entry for each record.
	err = each(q, `WITH RECURSIVE w(word, n) AS (
			SELECT (SELECT term FROM `+index+`_words WHERE term >= ?1 LIMIT 1), 1
			UNION ALL
			SELECT (SELECT term FROM `+index+`_words WHERE term >= w.word || char(1) LIMIT 1), n + 1 FROM w
				WHERE substr(w.word, 1, length(?1)) = ?1 AND n <= ?2)
		SELECT word FROM w WHERE substr(word, 1, length(?1)) = ?1`, []any{beginning, mostCompletions}, func(rows *sql.Rows) error {
		var word string
		err := rows.Scan(&word)
		complete = append(complete, word)
		return err
	})
	return complete, err
}

// words are what is searched for: folded, without signs.
func words(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// keysByWords asks the index for records that have words beginning with each of
// the typed ones; of one kind (its place in kinds), or of all with -1.
func (s *Store) keysByWords(ctx context.Context, text string, kind, limit int) (keys []key, err error) {
	q, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	typed, err := matchExpression(q, "search", text)
	if err != nil || typed == "" {
		return nil, err
	}
	query := "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?"
	args := []any{typed, limit}
	if kind >= 0 {
		query = "SELECT rowid FROM search WHERE search MATCH ? AND rowid & 3 = ? ORDER BY rowid DESC LIMIT ?"
		args = []any{args[0], kind, limit}
	}
	return s.keys(ctx, query, args...)
}

// keys asks for keys, with the context: the question of the last keystroke is given up when the next comes.
func (s *Store) keys(ctx context.Context, query string, args ...any) (keys []key, err error) {
	stmt, err := s.reads.get(query)
	if err != nil {
		return nil, err
	}
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

// foundOf is the record of a key as an answer; digits are those typed, or "": ByNumber says whether one of its numbers has them.
func foundOf(q querier, k key, digits string) (f crm.Found, err error) {
	f.Ref.Kind = k.kind()
	var numbers []crm.Number
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		if err != nil {
			return f, err
		}
		f.Ref.ID, f.Name, f.Sub, f.At, f.Responsible, numbers = c.ID, c.Name(), c.companyName, c.Updated, c.Responsible, c.Numbers
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		if err != nil {
			return f, err
		}
		f.Ref.ID, f.Name, f.At, f.Responsible, numbers = c.ID, c.Name, c.Updated, c.Responsible, c.Numbers
	case crm.KindLead:
		l, err := leadByRid(q, k.rid())
		if err != nil {
			return f, err
		}
		f.Ref.ID, f.Name, f.Sub, f.At, f.Responsible, numbers = l.ID, l.Name(), personOf(l.Lead), l.active, l.Responsible, l.Numbers
	case crm.KindDeal:
		d, err := dealByRid(q, k.rid())
		if err != nil {
			return f, err
		}
		f.Ref.ID, f.Name, f.Sub, f.At, f.Responsible = d.ID, d.Title, d.companyName, d.active, d.Responsible
	}
	if len(numbers) > 0 {
		f.Number = numbers[0]
	}
	tail := strings.TrimLeft(digits, "+0")
	for _, n := range numbers {
		if digits != "" && (strings.Contains(n.Party().Key(), tail) || strings.Contains("0"+nationalDigits(n), digits)) {
			f.Number, f.ByNumber = n, true
			break
		}
	}
	return f, nil
}

// rankFound orders what was found by words: names before the rest, what is near
// before what is not, names that begin with the text before those that have it; newest first.
func rankFound(found []crm.Found, text string) {
	typed := fold(text)
	type rank struct{ inName, near, begins int }
	ranks := make(map[crm.Ref]rank, len(found))
	for _, f := range found {
		name := fold(f.Name)
		var r rank
		switch {
		case strings.HasPrefix(name, typed):
		case strings.Contains(" "+name, " "+typed):
			r.begins = 1
		case hasAll(words(f.Name), words(text)):
			r.begins = 2
		default:
			r.inName = 1
		}
		if !f.Near {
			r.near = 1
		}
		ranks[f.Ref] = r
	}
	slices.SortStableFunc(found, func(a, b crm.Found) int {
		x, y := ranks[a.Ref], ranks[b.Ref]
		return cmp.Or(x.inName-y.inName, x.near-y.near, x.begins-y.begins, b.At.Compare(a.At))
	})
}

// hasAll says whether each typed word begins one of the words.
func hasAll(words, typed []string) bool {
	for _, t := range typed {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, t) }) {
			return false
		}
	}
	return true
}
