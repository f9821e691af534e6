/* maillage check: everything that serve would refuse, without serving. */
#include "base.h"
#include "commands.h"

int command_check(int count, char **argument) {
    static const char *const options[] = {"-c", NULL};
    char error[COMMAND_LINE_SIZE] = "";
    bool unreachable = false;
    struct house house;
    if (!command_accepts(count, argument, options, NULL)) {
        return 2;
    }
    bool fine = house_open(&house, command_option(count, argument, "-c"), error, sizeof error) &&
                house_check(&house, &unreachable, error, sizeof error);
    if (fine) {
        printf("ok: %zu operations, contract %s\n", contract_operations(house.service.contract),
               contract_revision(house.service.contract));
    } else {
        fprintf(stderr, "maillage: %s\n", error);
    }
    house_close(&house);
    return fine ? 0 : 1;
}
