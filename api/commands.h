/* What the program can be asked to do. Each command reads its own arguments and gives the exit
 * status: 0 done, 1 refused with one line on stderr, 2 used wrongly. */
#ifndef MAILLAGE_COMMANDS_H
#define MAILLAGE_COMMANDS_H

#include "service.h"

int command_serve(int count, char **argument);
int command_check(int count, char **argument);
int command_migrate(int count, char **argument);
int command_key(int count, char **argument);
int command_account(int count, char **argument);
int command_job(int count, char **argument);

/* --- shared by them --- */

/* The value that follows `name` ("-c", "--database"), or NULL. */
const char *command_option(int count, char **argument, const char *name);
bool command_flag(int count, char **argument, const char *name);
/* True when every argument is a known option with its value, or a known flag. */
bool command_accepts(int count, char **argument, const char *const *options,
                     const char *const *flags);

enum { COMMAND_LINE_SIZE = 1024 };

/* Everything but the listeners: settings, contract, statements, problems, pools. On failure one
 * line in `reterr`. */
struct house {
    struct config config;
    struct service service;
};
MUST_CHECK bool house_open(struct house *house, const char *config_path, char *reterr,
                           size_t reterr_size);
void house_close(struct house *house);
/* The contract, the SQL files and the database agree; `*ret_unreachable`: the database could not be
 * asked. */
MUST_CHECK bool house_check(struct house *house, bool *ret_unreachable, char *reterr,
                            size_t reterr_size);

#endif
