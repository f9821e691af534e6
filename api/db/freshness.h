/* Inside the room: what a standby must have replayed before it may answer a caller.
 *
 * Every so often the primary is asked how far its log is written. Such a mark was asked at an
 * instant: whatever was acknowledged before it lies behind the mark, and a standby that has
 * replayed the mark shows it. So a standby may answer who has written nothing since the instant of
 * a mark that is no older than the staleness allowed. The oldest such mark asks least.
 *
 * Who writes is kept by a hash, in a fixed table: two callers in one place take each other's writes
 * for their own, which sends both to the primary. Clocks are the monotonic one of this process: a
 * write of an earlier process, or through another daemon, is not known here. */
#ifndef MAILLAGE_FRESHNESS_H
#define MAILLAGE_FRESHNESS_H

#include "base.h"

enum { MARK_TEXT_SIZE = 24, FRESHNESS_MARKS = 16, FRESHNESS_CALLERS = 4096 };

/* A row of engine.log_mark(), as text. */
struct log_mark {
    int64_t asked_us; /* before the primary was asked */
    char system_id[MARK_TEXT_SIZE];
    char timeline[MARK_TEXT_SIZE];
    char written_to[MARK_TEXT_SIZE];
};

struct freshness;
MUST_CHECK struct freshness *freshness_new(unsigned staleness_ms);
void freshness_free(struct freshness *freshness); /* NULL is fine */

/* How often a mark is wanted. */
int64_t freshness_interval_us(const struct freshness *freshness);
/* Marks of another history than the newest are forgotten: the primary has been replaced. */
void freshness_add_mark(struct freshness *freshness, const struct log_mark *mark);
/* The oldest mark asked after `after_us` and young enough at `now_us`; false when there is none. */
MUST_CHECK bool freshness_find_mark(struct freshness *freshness, int64_t after_us, int64_t now_us,
                                    struct log_mark *ret_mark);

/* `caller`: the digest of a credential, or the id of a key or an account; NULL = anonymous. */
void freshness_note_write(struct freshness *freshness, const char *caller, int64_t now_us);
int64_t freshness_last_write_us(struct freshness *freshness, const char *caller); /* 0 = never */

#endif
