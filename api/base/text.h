/* Small checks on text: UTF-8, dates, instants, UUIDs, base64url. All take slices, none needs the locale. */
#ifndef MAILLAGE_TEXT_H
#define MAILLAGE_TEXT_H

#include "buffer.h"

bool text_is_utf8(struct slice text);       /* no overlong form, no surrogate, no NUL */
size_t text_code_points(struct slice text); /* of valid UTF-8 */
bool text_has_control(struct slice text);   /* Cc but HT, LF, CR; bidi overrides; zero-width but joiners */

/* Strict `YYYY-MM-DD`, a day that exists, years 1000 to 9999 (PostgreSQL's own cast takes "infinity"). */
bool text_is_date(struct slice text);
/* RFC 3339 instant with offset or Z, up to microseconds. */
bool text_is_instant(struct slice text);
bool text_is_uuid(struct slice text); /* 8-4-4-4-12, any version, either case */

enum { UUID_TEXT_SIZE = 36 };
/* A new UUIDv7 as text, ending with NUL. */
void text_new_uuid(char ret_text[UUID_TEXT_SIZE + 1]);

void buffer_add_base64url(struct buffer *buffer, struct slice bytes); /* no padding */
/* Decodes into `buffer`; false when a character or the length is impossible. */
MUST_CHECK bool buffer_decode_base64url(struct buffer *buffer, struct slice text);

#endif
