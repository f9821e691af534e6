#include "base.h"
#include "page_notes.h"

#include <pthread.h>

struct page_notes {
    pthread_mutex_t lock;
    struct page_note note[PAGE_NOTES];
};

struct page_notes *page_notes_new(void) {
    struct page_notes *notes = calloc(1, sizeof *notes);
    if (notes)
        pthread_mutex_init(&notes->lock, NULL);
    return notes;
}

void page_notes_free(struct page_notes *notes) {
    if (!notes)
        return;
    pthread_mutex_destroy(&notes->lock);
    free(notes);
}

/* The key is a digest: any of its digits are as good as a hash. */
static struct page_note *place_of(struct page_notes *notes, const char *key) {
    char digits[9] = "";
    memcpy(digits, key, sizeof digits - 1);
    return &notes->note[strtoul(digits, NULL, 16) % PAGE_NOTES];
}

bool page_notes_find(struct page_notes *notes, const char key[DIGEST_HEX_SIZE + 1],
                     struct page_note *ret_note) {
    pthread_mutex_lock(&notes->lock);
    const struct page_note *note = place_of(notes, key);
    bool found = memcmp(note->key, key, DIGEST_HEX_SIZE) == 0;
    if (found)
        *ret_note = *note;
    pthread_mutex_unlock(&notes->lock);
    return found;
}

void page_notes_keep(struct page_notes *notes, const char key[DIGEST_HEX_SIZE + 1],
                     const char *etag, const char *stamp) {
    struct page_note note = {0};
    if (strlen(stamp) > PAGE_STAMP_MAX || strlen(etag) >= ETAG_SIZE)
        return;
    memcpy(note.key, key, DIGEST_HEX_SIZE);
    snprintf(note.etag, sizeof note.etag, "%s", etag);
    snprintf(note.stamp, sizeof note.stamp, "%s", stamp);
    pthread_mutex_lock(&notes->lock);
    *place_of(notes, key) = note;
    pthread_mutex_unlock(&notes->lock);
}
