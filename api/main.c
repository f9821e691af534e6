#include "base.h"
#include "commands.h"

#include <jansson.h>

static const char usage[] =
    "maillage — service de données d'un réseau d'entreprises solidaires\n"
    "\n"
    "  maillage serve   -c FICHIER               répond aux requêtes jusqu'à SIGTERM\n"
    "  maillage check   -c FICHIER               vérifie réglages, contrat, SQL et base, sans "
    "servir\n"
    "  maillage migrate --database URI [--schema DOSSIER]   met le schéma à jour (sqitch)\n"
    "  maillage key     create|list|revoke …     gère les clés d'accès (maillage key --help)\n"
    "  maillage account create|reset|disable|list …   gère les comptes des personnes\n"
    "  maillage job     [NOM] -c FICHIER         fait les tâches échues, ou celle de ce nom\n"
    "  maillage --version\n";

static const struct {
    const char *name;
    int (*run)(int count, char **argument);
} command[] = {
    {"serve", command_serve}, {"check", command_check},     {"migrate", command_migrate},
    {"key", command_key},     {"account", command_account}, {"job", command_job},
};

int main(int count, char **argument) {
    if (!digest_start()) {
        fputs("maillage: no source of randomness\n", stderr);
        return 1;
    }
    json_object_seed(0); /* before any thread */
    if (count >= 2 && strcmp(argument[1], "--version") == 0) {
        puts("maillage " MAILLAGE_VERSION);
        return 0;
    }
    for (size_t i = 0; count >= 2 && i < COUNT_OF(command); i++) {
        if (strcmp(argument[1], command[i].name) == 0) {
            return command[i].run(count - 2, argument + 2);
        }
    }
    bool asked = count >= 2 && strcmp(argument[1], "--help") == 0;
    fputs(usage, asked ? stdout : stderr);
    return asked ? 0 : 2;
}
