#include "base.h"

#include "share.h"

#include <pthread.h>

#include "clock.h"

enum { SLOW_MAX = 64 };

enum ticket_state {
    TICKET_WAITING, /* in the queue */
    TICKET_LEADS,   /* out of it, to lead the next turn */
    TICKET_TAKEN,   /* in a turn of another thread */
    TICKET_DONE,    /* its call has an outcome */
    TICKET_ALONE,   /* its call has to run alone */
};

struct ticket {
    struct call *call;
    pthread_cond_t wake;
    enum ticket_state state;
    struct ticket *next;
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
    uint64_t shared;
};

struct turn {
    struct ticket *ticket[SHARE_CALLS];
    size_t tickets;
    bool answered[SHARE_CALLS];
    bool slow[SHARE_CALLS];
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

static void give_up(struct share *share, const struct ticket *ticket) {
    struct ticket **at = &share->first;
    while (*at != ticket)
        at = &(*at)->next;
    *at = ticket->next;
    if (*at == NULL)
        share->last = at;
}

static void settle(struct ticket *ticket, enum ticket_state state) {
    ticket->state = state;
    pthread_cond_signal(&ticket->wake);
}

/* The lane goes to who has waited longest, or is free. */
static void pass_lead(struct share *share) {
    struct ticket *heir = pop(share);
    if (heir != NULL)
        settle(heir, TICKET_LEADS);
    else
        share->leaders--;
}

/* --- a turn; the lock is free, every ticket of the turn belongs to the leader --- */

static struct pipeline *last_of(const struct turn *turn) {
    return &turn->ticket[turn->tickets - 1]->call->pipeline;
}

static bool send_turn(const struct turn *turn, struct connection *connection, int64_t deadline_us) {
    for (size_t i = 0; i < turn->tickets; i++) {
        struct call *call = turn->ticket[i]->call;
        pipeline_start(&call->pipeline, connection, deadline_us);
        call->pipeline.shared = true;
        call_add(call);
    }
    return pipeline_send(last_of(turn), true);
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

/* In the order of sending. The pipeline that was touched last says in what state the connection is.
 */
static struct pipeline *read_turn(struct turn *turn) {
    int64_t before_us = clock_monotonic_us();
    for (size_t i = 0; i < turn->tickets; i++) {
        struct pipeline *pipeline = &turn->ticket[i]->call->pipeline;
        pipeline_read(pipeline, pipeline == last_of(turn));
        int64_t now_us = clock_monotonic_us();
        turn->slow[i] = now_us - before_us > (int64_t)SHARE_SLOW_MS * 1000;
        turn->answered[i] = is_answered(pipeline);
        before_us = now_us;
        if (!pipeline_is_sound(pipeline))
            return pipeline;
    }
    return last_of(turn);
}

static void run_turn(struct share *share, struct turn *turn) {
    struct database *database = share->database;
    struct failure failure; /* who runs alone will meet it too */
    struct connection *connection =
        pool_take(database->requests, turn->ticket[0]->call->wait_us, &failure);
    if (connection == NULL)
        return;
    int64_t deadline_us = clock_monotonic_us() + (int64_t)SHARE_TURN_MS * 1000;
    struct pipeline *state =
        send_turn(turn, connection, deadline_us) ? read_turn(turn) : last_of(turn);
    database_give(database, database->requests, state);
    for (size_t i = 0; i < turn->tickets; i++)
        if (!turn->answered[i])
            call_drop_results(turn->ticket[i]->call);
}

static void gather(struct share *share, struct turn *turn, struct ticket *own) {
    turn->ticket[0] = own;
    turn->tickets = 1;
    while (turn->tickets < SHARE_CALLS && share->first != NULL) {
        struct ticket *ticket = pop(share);
        ticket->state = TICKET_TAKEN;
        turn->ticket[turn->tickets++] = ticket;
    }
    if (turn->tickets > 1)
        share->shared += turn->tickets;
}

/* The lock is held on both sides. */
static void lead(struct share *share, struct ticket *own) {
    struct turn turn = {0};
    gather(share, &turn, own);
    pthread_mutex_unlock(&share->lock);
    run_turn(share, &turn);
    pthread_mutex_lock(&share->lock);
    for (size_t i = 0; i < turn.tickets; i++) {
        if (turn.slow[i])
            note_slow(share, turn.ticket[i]->call);
        settle(turn.ticket[i], turn.answered[i] ? TICKET_DONE : TICKET_ALONE);
    }
    pass_lead(share);
}

/* In the queue until a leader takes it; the wait for that is bounded like the one for a connection,
 * the turn is bounded by itself. */
static void wait_turn(struct share *share, struct ticket *ticket) {
    int64_t until_us = ticket->call->wait_us;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    *share->last = ticket;
    share->last = &ticket->next;
    while (ticket->state == TICKET_WAITING || ticket->state == TICKET_TAKEN) {
        if (ticket->state == TICKET_TAKEN) {
            pthread_cond_wait(&ticket->wake, &share->lock);
        } else if (pthread_cond_timedwait(&ticket->wake, &share->lock, &until) != 0 &&
                   ticket->state == TICKET_WAITING) {
            give_up(share, ticket);
            ticket->state = TICKET_ALONE;
        }
    }
}

bool share_run(struct share *share, struct call *call) {
    struct ticket ticket = {.call = call};
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&ticket.wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_lock(&share->lock);
    if (call->count > SHARE_STATEMENTS || is_slow(share, call, clock_monotonic_us())) {
        ticket.state = TICKET_ALONE;
    } else if (share->leaders < share->lanes) {
        share->leaders++;
        ticket.state = TICKET_LEADS;
    } else {
        wait_turn(share, &ticket);
    }
    if (ticket.state == TICKET_LEADS)
        lead(share, &ticket);
    pthread_mutex_unlock(&share->lock);
    pthread_cond_destroy(&ticket.wake);
    return ticket.state == TICKET_DONE;
}
