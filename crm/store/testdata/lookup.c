/* What a program in C needs for the questions of Store.Match on the same file:
 * the yardstick of BenchmarkLookup. It prints the median in nanoseconds.
 *
 *     lookup FILE NUMBER_OF_CONTACTS ROUNDS
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int by_size(const void *a, const void *b) {
	long long x = *(const long long *)a, y = *(const long long *)b;
	return x < y ? -1 : x > y;
}

static long long now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
	sqlite3 *db;
	sqlite3_stmt *phone, *contact, *last;
	if (argc != 4 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL)) return 1;
	sqlite3_exec(db, "PRAGMA query_only=ON; PRAGMA cache_size=-4000", NULL, NULL, NULL);
	if (sqlite3_prepare_v2(db, "SELECT key FROM phone WHERE e164 = ? ORDER BY key & 3 LIMIT 32", -1, &phone, NULL) ||
	    sqlite3_prepare_v2(db, "SELECT c.id, c.first, c.last, coalesce(f.name, ''), c.numbers FROM contact c "
	                           "LEFT JOIN company f ON f.rid = c.company WHERE c.rid = ?", -1, &contact, NULL) ||
	    sqlite3_prepare_v2(db, "SELECT c.began FROM call_link k JOIN call c ON c.rid = k.call "
	                           "WHERE k.key = ? AND c.answered IS NOT NULL ORDER BY k.began DESC LIMIT 1", -1, &last, NULL)) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(db));
		return 1;
	}
	long long contacts = atoll(argv[2]), rounds = atoll(argv[3]), sum = 0;
	long long *took = malloc(rounds * sizeof *took);
	unsigned long long random = 88172645463325252ULL;
	for (long long i = -rounds / 10; i < rounds; i++) { /* the first tenth warms up */
		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		long long start = now();
		sqlite3_bind_int64(phone, 1, 493020000000LL + (long long)(random % contacts) * 6700417LL % 80000000LL);
		while (sqlite3_step(phone) == SQLITE_ROW) {
			long long key = sqlite3_column_int64(phone, 0);
			sqlite3_bind_int64(contact, 1, key >> 2);
			if (sqlite3_step(contact) == SQLITE_ROW)
				for (int c = 0; c < 5; c++) sum += sqlite3_column_bytes(contact, c);
			sqlite3_reset(contact);
			sqlite3_bind_int64(last, 1, key);
			if (sqlite3_step(last) == SQLITE_ROW) sum += sqlite3_column_int64(last, 0);
			sqlite3_reset(last);
		}
		sqlite3_reset(phone);
		if (i >= 0) took[i] = now() - start;
	}
	qsort(took, rounds, sizeof *took, by_size);
	if (!sum) return 2;
	printf("%lld\n", took[rounds / 2]);
	return 0;
}
