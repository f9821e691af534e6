#include "base.h"

#include "digest.h"
#include "password.h"
#include "tap.h"

#include <pthread.h>

static char known[PASSWORD_HASH_SIZE];

static void compares(void) {
    char again[PASSWORD_HASH_SIZE];
    MUST(password_hash(SLICE("un mot de passe"), known));
    MUST(password_hash(SLICE("un mot de passe"), again));
    CHECK(strncmp(known, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
    CHECK(strcmp(known, again) != 0); /* each has its own salt */
    CHECK(password_compare(known, SLICE("un mot de passe"), 1000) == PASSWORD_RIGHT);
    CHECK(password_compare(known, SLICE("un mot de passE"), 1000) == PASSWORD_WRONG);
    CHECK(password_compare(known, (struct slice){"", 0}, 1000) == PASSWORD_WRONG);
    CHECK(password_compare(NULL, SLICE("un mot de passe"), 1000) == PASSWORD_WRONG);
    CHECK(password_compare("$argon2id$broken", SLICE("x"), 1000) == PASSWORD_WRONG);
}

static void draws(void) {
    char one[PASSWORD_NEW_SIZE + 1], other[PASSWORD_NEW_SIZE + 1];
    password_new(one);
    password_new(other);
    CHECK_NUMBER(strlen(one), PASSWORD_NEW_SIZE);
    CHECK(strcmp(one, other) != 0);
    CHECK(strcspn(one, "0O1lIo") == PASSWORD_NEW_SIZE);
}

static void *compare_once(void *ret_match) {
    *(enum password_match *)ret_match = password_compare(known, SLICE("x"), 1);
    return NULL;
}

/* Who finds no free place in time is told so: memory stays bounded. */
static void waits_no_longer_than_asked(void) {
    enum { THREADS = 24 };
    pthread_t thread[THREADS];
    enum password_match match[THREADS];
    unsigned busy = 0, wrong = 0;
    for (size_t i = 0; i < THREADS; i++)
        MUST(pthread_create(&thread[i], NULL, compare_once, &match[i]) == 0);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        busy += match[i] == PASSWORD_BUSY;
        wrong += match[i] == PASSWORD_WRONG;
    }
    CHECK_NUMBER(busy + wrong, THREADS);
    CHECK(busy > 0 && wrong > 0);
}

int main(void) {
    MUST(digest_start());
    compares();
    draws();
    waits_no_longer_than_asked();
    return tap_end();
}
