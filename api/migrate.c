/* maillage migrate: the schema to the last change of the plan. sqitch does the work; this knows
 * where things are. */
#include "base.h"
#include "commands.h"

#include <unistd.h>

int command_migrate(int count, char **argument) {
    static const char *const options[] = {"--database", "--schema", NULL};
    const char *database = command_option(count, argument, "--database");
    const char *schema = command_option(count, argument, "--schema");
    if (!command_accepts(count, argument, options, NULL) || !database) {
        fputs("usage: maillage migrate --database URI [--schema FOLDER]\n", stderr);
        return 2;
    }
    if (chdir(schema ? schema : MAILLAGE_SCHEMA_FOLDER) != 0) {
        fprintf(stderr, "maillage: the schema folder %s cannot be entered\n",
                schema ? schema : MAILLAGE_SCHEMA_FOLDER);
        return 1;
    }
    execlp("sqitch", "sqitch", "deploy", "--verify", "--target", database, (char *)NULL);
    fputs("maillage: sqitch cannot be run; install the package sqitch\n", stderr);
    return 1;
}
