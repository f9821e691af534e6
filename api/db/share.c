#include "base.h"

#include "share.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "clock.h"

enum { SLOW_MAX = 64 };

enum ticket_state {
    TICKET_WAITING, /* in the queue */
    TICKET_TAKEN,   /* in a turn of another thread */
    TICKET_LEADS,   /* has a turn to send and to read */
    TICKET_READS,   /* has a turn to read: the leader before has sent it behind its own */
    TICKET_DONE,    /* its call has an outcome */
    TICKET_ALONE,   /* its call has to run alone */
};

/* The calls of one Sync; the first one's thread reads the answers. */
struct turn {
    struct ticket *ticket[SHARE_CALLS];
    size_t tickets;
    struct connection *connection; /* NULL: not sent yet, or there was none */
    bool sent;                     /* false: its connection failed while sending */
    uint64_t number;               /* of all turns, for who asks whether others are under way */
    bool answered[SHARE_CALLS];
    bool slow[SHARE_CALLS];
};

/* On its caller's stack. The caller sleeps on a semaphore of its own, not on the lock: who is woken
 * has nothing to wait for, and whoever wakes it does not touch it afterwards. */
struct ticket {
    struct call *call;
    sem_t wake;
    _Atomic(enum ticket_state) state; /* the last one publishes what the leader wrote */
    struct ticket *next;
    struct turn turn; /* when it leads or reads */
};

struct slow {
    uint64_t key;
    int64_t until_us;
    int64_t pause_us; /* the one that ends then */
};

struct share {
    struct database *database;
    pthread_mutex_t lock;
    unsigned lanes, leaders;
    struct ticket *first, **last;
    struct slow slow[SLOW_MAX]; /* a ring: the newest forgets the oldest */
    size_t slow_next;
    uint64_t turns;
    int64_t began_us; /* the newest of them */
    uint64_t shared;
};

struct share *share_new(struct database *database, unsigned lanes) {
    struct share *share = calloc(1, sizeof *share);
    if (share == NULL)
        return NULL;
    pthread_mutex_init(&share->lock, NULL);
    share->database = database;
    share->lanes = lanes;
    share->last = &share->first;
    return share;
}

void share_free(struct share *share) {
    if (share == NULL)
        return;
    pthread_mutex_destroy(&share->lock);
    free(share);
}

uint64_t share_count(struct share *share) {
    pthread_mutex_lock(&share->lock);
    uint64_t count = share->shared;
    pthread_mutex_unlock(&share->lock);
    return count;
}

/* --- with the lock held --- */

static bool is_slow(const struct share *share, const struct call *call, int64_t now_us) {
    for (size_t i = 0; i < call->count; i++)
        for (size_t j = 0; j < SLOW_MAX; j++)
            if (share->slow[j].key == call->statement[i].key && share->slow[j].until_us > now_us)
                return true;
    return false;
}

/* Its note, or the place of the oldest one. */
static struct slow *slow_place(struct share *share, uint64_t key) {
    for (size_t i = 0; i < SLOW_MAX; i++)
        if (share->slow[i].key == key)
            return &share->slow[i];
    struct slow *place = &share->slow[share->slow_next];
    share->slow_next = (share->slow_next + 1) % SLOW_MAX;
    *place = (struct slow){.key = key};
    return place;
}

/* Slow again soon after its last pause: twice as long. Fast for as long as the longest pause:
 * forgiven. */
static void note_slow(struct share *share, const struct call *call) {
    const int64_t most_us = (int64_t)SHARE_SLOW_MOST_MS * 1000;
    int64_t now_us = clock_monotonic_us();
    for (size_t i = 0; i < call->count; i++) {
        struct slow *slow = slow_place(share, call->statement[i].key);
        bool again = slow->pause_us > 0 && now_us - slow->until_us < most_us;
        if (slow->until_us > now_us)
            continue; /* several of one turn, or of turns side by side, are one event */
        slow->pause_us = again ? slow->pause_us * 2 : (int64_t)SHARE_SLOW_FIRST_MS * 1000;
        if (slow->pause_us > most_us)
            slow->pause_us = most_us;
        slow->until_us = now_us + slow->pause_us;
    }
}

static struct ticket *pop(struct share *share) {
    struct ticket *ticket = share->first;
    if (ticket != NULL) {
        share->first = ticket->next;
        if (share->first == NULL)
            share->last = &share->first;
    }
    return ticket;
}

static void leave_queue(struct share *share, const struct ticket *ticket) {
    struct ticket **at = &share->first;
    while (*at != ticket)
        at = &(*at)->next;
    *at = ticket->next;
    if (*at == NULL)
        share->last = at;
}

static void gather(struct share *share, struct ticket *own) {
    struct turn *turn = &own->turn;
    turn->ticket[0] = own;
    turn->tickets = 1;
    while (turn->tickets < SHARE_CALLS && share->first != NULL) {
        struct ticket *ticket = pop(share);
        atomic_store(&ticket->state, TICKET_TAKEN);
        turn->ticket[turn->tickets++] = ticket;
    }
    if (turn->tickets > 1)
        share->shared += turn->tickets;
    turn->number = ++share->turns;
    share->began_us = clock_monotonic_us();
}

/* No turn has begun for a while: those under way are held up by something slow. */
static bool is_stuck(const struct share *share, int64_t now_us) {
    return now_us - share->began_us > (int64_t)SHARE_PATIENCE_MS * 1000;
}

static bool may_lead(const struct share *share, int64_t now_us) {
    return share->leaders < share->lanes ||
           (share->leaders < 2 * share->lanes && is_stuck(share, now_us));
}

static void take_lane(struct share *share, struct ticket *own) {
    share->leaders++;
    gather(share, own);
    atomic_store(&own->state, TICKET_LEADS);
}

/* Who has waited longest, with a turn made up. NULL: nobody waits, or the lane is one too many:
 * opened beside one that was stuck and goes on again. */
static struct ticket *next_leader(struct share *share, const struct turn *last) {
    bool one_too_many = share->leaders > share->lanes && share->turns > last->number;
    struct ticket *heir = one_too_many ? NULL : pop(share);
    if (heir != NULL) {
        atomic_store(&heir->state, TICKET_TAKEN);
        gather(share, heir);
    }
    return heir;
}

/* --- without the lock: its holder would make those who are woken wait again --- */

static void settle(struct ticket *ticket, enum ticket_state state) {
    atomic_store_explicit(&ticket->state, state, memory_order_release);
    sem_post(&ticket->wake);
}

/* --- a turn; the lock is free, every ticket of the turn belongs to the leader --- */

static struct pipeline *last_of(const struct turn *turn) {
    return &turn->ticket[turn->tickets - 1]->call->pipeline;
}

static void send_turn(struct turn *turn, struct connection *connection) {
    int64_t deadline_us = clock_monotonic_us() + (int64_t)SHARE_TURN_MS * 1000;
    for (size_t i = 0; i < turn->tickets; i++) {
        struct call *call = turn->ticket[i]->call;
        pipeline_start(&call->pipeline, connection, deadline_us);
        call->pipeline.shared = true;
        call_add(call);
    }
    turn->connection = connection;
    turn->sent = pipeline_send(last_of(turn), true);
}

/* A statement that an earlier turn should have prepared and did not, or that went stale: cured
 * where it runs alone.
 */
static bool is_curable(const struct pipeline *pipeline) {
    return strcmp(pipeline->failure.sqlstate, "26000") == 0 ||
           strcmp(pipeline->failure.sqlstate, "42P05") == 0 ||
           strcmp(pipeline->failure.sqlstate, "0A000") == 0;
}

static bool is_answered(const struct pipeline *pipeline) {
    return pipeline->outcome == OUTCOME_FINE ||
           (pipeline->outcome == OUTCOME_REFUSED && !is_curable(pipeline));
}

/* While the database still works on the turn, the next one is sent after it: else the database
 * would have nothing to do until its leader is awake. It stays on this connection unless that has
 * become old or somebody else waits for one. */
static struct ticket *send_ahead(struct share *share, const struct turn *turn) {
    pthread_mutex_lock(&share->lock);
    struct ticket *heir = next_leader(share, turn);
    pthread_mutex_unlock(&share->lock);
    if (heir != NULL && pool_may_keep(share->database->requests, turn->connection)) {
        last_of(turn)->followed = true;
        send_turn(&heir->turn, turn->connection);
    }
    return heir;
}

static void read_one(struct turn *turn, size_t i) {
    int64_t before_us = clock_monotonic_us();
    struct pipeline *pipeline = &turn->ticket[i]->call->pipeline;
    pipeline_read(pipeline, pipeline == last_of(turn));
    turn->slow[i] = clock_monotonic_us() - before_us > (int64_t)SHARE_SLOW_MS * 1000;
    turn->answered[i] = is_answered(pipeline);
}

/* In the order of sending. The pipeline that was touched last says in what state the connection is.
 */
static struct pipeline *read_turn(struct share *share, struct turn *turn,
                                  struct ticket **ret_heir) {
    for (size_t i = 0; i < turn->tickets; i++) {
        if (i == turn->tickets / 2)
            *ret_heir = send_ahead(share, turn);
        read_one(turn, i);
        struct pipeline *pipeline = &turn->ticket[i]->call->pipeline;
        if (!pipeline_is_sound(pipeline))
            return pipeline;
    }
    return last_of(turn);
}

/* The time of a turn that was sent ahead starts when the one before has ended. */
static void begin_now(struct turn *turn) {
    int64_t now_us = clock_monotonic_us();
    for (size_t i = 0; i < turn->tickets; i++) {
        struct pipeline *pipeline = &turn->ticket[i]->call->pipeline;
        pipeline->started_us = now_us;
        pipeline->deadline_us = now_us + (int64_t)SHARE_TURN_MS * 1000;
    }
}

/* What remains is the state of its connection; NULL when there was none. */
static struct pipeline *run_turn(struct share *share, struct turn *turn, struct ticket **ret_heir) {
    struct database *database = share->database;
    if (turn->connection == NULL) {
        struct failure failure; /* who runs alone will meet it too */
        struct connection *connection =
            pool_take(database->requests, turn->ticket[0]->call->wait_us, &failure);
        if (connection == NULL)
            return NULL;
        send_turn(turn, connection);
    } else {
        begin_now(turn);
    }
    struct pipeline *state = turn->sent ? read_turn(share, turn, ret_heir) : last_of(turn);
    for (size_t i = 0; i < turn->tickets; i++)
        if (!turn->answered[i])
            call_drop_results(turn->ticket[i]->call);
    return state;
}

static bool was_sent_ahead(const struct ticket *heir) {
    return heir != NULL && heir->turn.connection != NULL;
}

/* Its connection broke before its answers came. */
static void abandon(struct ticket *heir) {
    for (size_t i = 1; i < heir->turn.tickets; i++)
        settle(heir->turn.ticket[i], TICKET_ALONE);
    settle(heir, TICKET_ALONE);
}

/* The lane goes to the heir, or to whoever came since; or it is closed. */
static struct ticket *hand_over(struct share *share, const struct turn *turn, struct ticket *heir) {
    pthread_mutex_lock(&share->lock);
    for (size_t i = 0; i < turn->tickets; i++)
        if (turn->slow[i])
            note_slow(share, turn->ticket[i]->call);
    if (heir == NULL)
        heir = next_leader(share, turn);
    if (heir == NULL)
        share->leaders--;
    pthread_mutex_unlock(&share->lock);
    return heir;
}

static void lead(struct share *share, struct ticket *own) {
    struct database *database = share->database;
    struct turn *turn = &own->turn;
    struct ticket *heir = NULL;
    struct pipeline *state = run_turn(share, turn, &heir);
    bool sound = state != NULL && pipeline_is_sound(state);
    if (!sound && was_sent_ahead(heir)) {
        abandon(heir);
        heir = NULL;
    }
    heir = hand_over(share, turn, heir);
    if (was_sent_ahead(heir))
        database_note(database, state);
    else if (state != NULL)
        database_give(database, database->requests, state);
    if (heir != NULL)
        settle(heir, was_sent_ahead(heir) ? TICKET_READS : TICKET_LEADS);
    for (size_t i = 1; i < turn->tickets; i++)
        settle(turn->ticket[i], turn->answered[i] ? TICKET_DONE : TICKET_ALONE);
    atomic_store(&own->state, turn->answered[0] ? TICKET_DONE : TICKET_ALONE);
}

/* The time to look again is over. False when somebody has taken it, so that it will be woken. */
static bool decide(struct share *share, struct ticket *ticket) {
    int64_t now_us = clock_monotonic_us();
    pthread_mutex_lock(&share->lock);
    bool waiting = atomic_load(&ticket->state) == TICKET_WAITING;
    bool in_vain = now_us >= ticket->call->wait_us;
    if (waiting && (in_vain || may_lead(share, now_us))) {
        leave_queue(share, ticket);
        if (in_vain)
            atomic_store(&ticket->state, TICKET_ALONE);
        else
            take_lane(share, ticket);
    }
    pthread_mutex_unlock(&share->lock);
    return waiting;
}

static bool sleep_until(struct ticket *ticket, int64_t until_us) {
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    int error;
    while ((error = sem_clockwait(&ticket->wake, CLOCK_MONOTONIC, &until)) != 0 && errno == EINTR) {
    }
    return error == 0;
}

static void sleep_until_woken(struct ticket *ticket) {
    while (sem_wait(&ticket->wake) != 0) {
    }
}

/* In the queue until a leader takes it; the wait for that is bounded like the one for a connection,
 * the turn is bounded by itself. `looks`: was first, so it is the one to see when a lane is stuck;
 * whoever arrives later sees it on arrival. */
static void wait_turn(struct share *share, struct ticket *ticket, bool looks) {
    do {
        int64_t until_us = ticket->call->wait_us;
        int64_t look_us = clock_monotonic_us() + (int64_t)SHARE_PATIENCE_MS * 1000;
        if (sleep_until(ticket, looks && look_us < until_us ? look_us : until_us))
            return;
        if (!decide(share, ticket)) {
            sleep_until_woken(ticket);
            return;
        }
    } while (atomic_load(&ticket->state) == TICKET_WAITING);
}

/* False: this call has to wait in the queue. */
static bool enter(struct share *share, struct ticket *ticket, bool *ret_first) {
    const struct call *call = ticket->call;
    int64_t now_us = clock_monotonic_us();
    pthread_mutex_lock(&share->lock);
    *ret_first = share->first == NULL;
    bool waits = false;
    if (call->count > SHARE_STATEMENTS || is_slow(share, call, now_us)) {
        atomic_store(&ticket->state, TICKET_ALONE);
    } else if (may_lead(share, now_us)) {
        take_lane(share, ticket);
    } else {
        *share->last = ticket;
        share->last = &ticket->next;
        waits = true;
    }
    pthread_mutex_unlock(&share->lock);
    return !waits;
}

bool share_run(struct share *share, struct call *call) {
    struct ticket ticket = {.call = call, .state = TICKET_WAITING};
    bool first;
    sem_init(&ticket.wake, 0, 0);
    if (!enter(share, &ticket, &first))
        wait_turn(share, &ticket, first);
    enum ticket_state state = atomic_load_explicit(&ticket.state, memory_order_acquire);
    if (state == TICKET_LEADS || state == TICKET_READS)
        lead(share, &ticket);
    sem_destroy(&ticket.wake);
    return atomic_load_explicit(&ticket.state, memory_order_relaxed) == TICKET_DONE;
}
