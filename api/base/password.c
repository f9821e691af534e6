#include "base.h"

#include "password.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <time.h>

enum { AT_ONCE = 4, OPERATIONS = 2, MEMORY = 19 * 1024 * 1024 };
static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "the text form fits");

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t places;
static char nobodys[PASSWORD_HASH_SIZE]; /* of a password that nobody knows */

static void prepare(void) {
    char unknown[PASSWORD_NEW_SIZE + 1];
    sem_init(&places, 0, AT_ONCE);
    password_new(unknown);
    if (!password_hash((struct slice){unknown, PASSWORD_NEW_SIZE}, nobodys))
        nobodys[0] = '\0';
    explicit_bzero(unknown, sizeof unknown);
}

bool password_hash(struct slice password, char ret_hash[PASSWORD_HASH_SIZE]) {
    return crypto_pwhash_str_alg(ret_hash, password.at, password.size, OPERATIONS, MEMORY,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static bool take_place(unsigned wait_ms) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int taken;
    do
        taken = sem_timedwait(&places, &until);
    while (taken != 0 && errno == EINTR);
    return taken == 0;
}

enum password_match password_compare(const char *hash, struct slice password, unsigned wait_ms) {
    pthread_once(&once, prepare);
    if (!take_place(wait_ms))
        return PASSWORD_BUSY;
    bool same =
        crypto_pwhash_str_verify(hash != NULL ? hash : nobodys, password.at, password.size) == 0;
    sem_post(&places);
    return same && hash != NULL ? PASSWORD_RIGHT : PASSWORD_WRONG;
}

void password_new(char ret_password[PASSWORD_NEW_SIZE + 1]) {
    static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    for (size_t i = 0; i < PASSWORD_NEW_SIZE; i++)
        ret_password[i] = letters[randombytes_uniform(sizeof letters - 1)];
    ret_password[PASSWORD_NEW_SIZE] = '\0';
}
