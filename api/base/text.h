/* Small checks on text: UTF-8, dates, instants, UUIDs, base64url. All take slices, none needs the
 * locale. */
#ifndef MAILLAGE_TEXT_H
#define MAILLAGE_TEXT_H

#include "buffer.h"

/* Takes the code point at the start of `text`: its width in bytes, 0 when `text` is empty or no
 * valid UTF-8 starts there (overlong forms and surrogates are not valid). */
size_t text_decode(struct slice text, uint32_t *ret_point);

bool text_is_utf8(struct slice text);       /* no overlong form, no surrogate, no NUL */
size_t text_code_points(struct slice text); /* of valid UTF-8 */
/* Cc but HT, LF, CR; Cf (bidi marks and overrides, zero-width) but the two joiners. */
bool text_has_control(struct slice text);

/* Strict `YYYY-MM-DD`, a day that exists, years 1000 to 9999 (PostgreSQL's own cast takes
 * "infinity"). */
bool text_is_date(struct slice text);
/* RFC 3339 instant with offset or Z, up to microseconds, years 1000 to 9999 in UTC, offsets
 * PostgreSQL can read (below 16 hours); a leap second only where UTC can have one. */
bool text_is_instant(struct slice text);
bool text_is_uuid(struct slice text); /* 8-4-4-4-12, any version, either case */

enum { UUID_TEXT_SIZE = 36 };
/* A new UUIDv7 as text, ending with NUL. */
void text_new_uuid(char ret_text[UUID_TEXT_SIZE + 1]);

void buffer_add_base64url(struct buffer *buffer, struct slice bytes); /* no padding */
/* Decodes into `buffer`; false when a character or the length is impossible. */
MUST_CHECK bool buffer_decode_base64url(struct buffer *buffer, struct slice text);

#endif
