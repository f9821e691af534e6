# shellcheck shell=bash
# The private PostgreSQL cluster: Unix socket only, peer authentication, nothing shared with a system cluster.

PG_BIN=/usr/lib/postgresql/15/bin

database_pid() { pid_in "$RUN/postgres/postmaster.pid"; }

database_make() {
    rm -rf "$RUN/postgres.new"
    mkdir -m 700 "$RUN/postgres.new"
    own "$DATABASE_USER" "$RUN/postgres.new"
    as_database "$PG_BIN/initdb" --pgdata="$RUN/postgres.new" --data-checksums --encoding=UTF8 \
        --locale=C.UTF-8 --username="$DATABASE_USER" --auth=peer --no-instructions \
        ${MAILLAGE_THROWAWAY:+--no-sync}
    mv "$RUN/postgres.new" "$RUN/postgres"
}

# Written at every start: the place of the sockets may have changed.
database_settings() {
    local user
    {
        cat "$ROOT/deploy/postgresql.conf"
        printf "unix_socket_directories = '%s'\n" "$SOCKETS/database"
        # A crash of the machine may cost a test's cluster, nothing else.
        [[ -z ${MAILLAGE_THROWAWAY:-} ]] || printf 'fsync = off\nfull_page_writes = off\n'
    } >"$RUN/postgres/maillage.conf"
    grep -q "^include 'maillage.conf'" "$RUN/postgres/postgresql.conf" ||
        printf "include 'maillage.conf'\n" >>"$RUN/postgres/postgresql.conf"
    printf 'local %s all peer map=maillage\n' all replication >"$RUN/postgres/pg_hba.conf"
    # The services' user may become the application role only; people who own the run folder, any role.
    {
        for user in "$DATABASE_USER" "$(id -un)"; do
            printf 'maillage "%s" "%s"\n' "$user" "$DATABASE_USER"
            printf 'maillage "%s" maillage_owner\nmaillage "%s" maillage_app\n' "$user" "$user"
        done
        printf 'maillage "%s" maillage_app\n' "$SERVICE_USER"
    } | sort -u >"$RUN/postgres/pg_ident.conf"
    own "$DATABASE_USER" "$RUN/postgres/maillage.conf"
    touch "$RUN/log/postgres.log"
    own "$DATABASE_USER" "$RUN/log/postgres.log"
}

database_start() {
    [[ -z $(database_pid) ]] || return 0
    rm -f "$RUN/postgres/postmaster.pid"
    as_database env LC_MESSAGES=C "$PG_BIN/pg_ctl" --pgdata="$RUN/postgres" --log="$RUN/log/postgres.log" \
        --wait --timeout=60 start
}

# database_stop [smart|fast|immediate]
database_stop() {
    local pid
    pid=$(database_pid) || return 0
    as_database "$PG_BIN/pg_ctl" --pgdata="$RUN/postgres" --mode="${1:-fast}" --wait --timeout=30 stop \
        >/dev/null 2>&1 && return 0
    end_process "$pid" QUIT 10
}

query() { # query ROLE DATABASE [psql options…]
    local role=$1 database=$2
    shift 2
    psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$SOCKETS/database" -U "$role" -d "$database" "$@"
}

database_bootstrap() {
    query "$DATABASE_USER" postgres -v database=maillage -f "$ROOT/deploy/bootstrap.sql"
}

# Deploys what is missing, then compares: a migration that was edited after it had run would go unnoticed otherwise.
database_deploy() {
    local target="db:pg://maillage_owner@/maillage?host=$SOCKETS/database"
    export SQITCH_FULLNAME=maillage SQITCH_EMAIL=deploy@localhost TZ=UTC
    cd "$ROOT/schema" || return
    sqitch deploy --verify "$target" && { sqitch check "$target" || schema_diverged; }
}

schema_diverged() {
    printf '%s\n' 'The migrations differ from those that made this database.' \
        'deploy/start --reset throws its data away and starts from fresh demonstration data.'
    return 1
}
