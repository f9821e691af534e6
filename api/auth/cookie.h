/* The session cookie of people who signed in. Its prefix makes the browser keep it to this origin:
 * Secure, no Domain, Path=/ (a browser takes 127.0.0.1 and localhost for secure without TLS). */
#ifndef MAILLAGE_COOKIE_H
#define MAILLAGE_COOKIE_H

#include "digest.h"

#define COOKIE_NAME "__Host-maillage"

enum { COOKIE_TOKEN_SIZE = 43, COOKIE_DIGEST_SIZE = 2 + DIGEST_HEX_SIZE };

/* 256 random bits in base64url, ending with NUL. */
void cookie_new_token(char ret_token[COOKIE_TOKEN_SIZE + 1]);
/* What session.open is asked with: "s:" and the SHA-256 of the token. */
void cookie_digest(struct slice token, char ret_digest[COOKIE_DIGEST_SIZE + 1]);
/* The token in a Cookie header; false when there is none, several, or one of another form. */
MUST_CHECK bool cookie_read(const char *header, struct slice *ret_token);

/* Whether a request with a cookie that changes something comes from our own pages: `origin` is its
 * Origin header, or NULL; `own` the setting public_url. The two names of the loopback are one. */
bool cookie_origin_is_own(const char *origin, const char *own);

#endif
