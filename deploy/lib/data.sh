# shellcheck shell=bash
# What is in the database: roles, schema, geography, demonstration data, keys. Each step is skipped while the
# digest of its inputs stays the same; demonstration data is loaded once and then belongs to whoever uses it.

data_remove() {
    [[ -z $(database_pid) ]] || database_stop immediate
    rm -rf "$RUN/postgres" "$RUN/postgres.new" "$RUN/stamps" "$RUN/env" "$RUN/secret-key"
    mkdir -p "$RUN/stamps"
}

data_prepare() {
    local digest
    # A cluster whose making was interrupted holds nothing of anybody: made again from the start.
    if [[ ! -s $RUN/postgres/PG_VERSION || ! -f $RUN/stamps/demonstration ]]; then
        data_remove
        step 120 "Create the PostgreSQL cluster" database_make
    fi
    secret_make secret-key
    step 90 "Start PostgreSQL" database_up
    digest=$(digest_of deploy/bootstrap.sql)
    if ! stamped bootstrap "$digest"; then
        step 60 "Create roles and database" database_bootstrap
        stamp bootstrap "$digest"
    fi
    digest=$(digest_of schema/sqitch.plan schema/sqitch.conf schema/deploy schema/verify)
    if ! stamped schema "$digest"; then
        step 300 "Deploy the schema" database_deploy
        stamp schema "$digest"
    fi
    digest=$(digest_of schema/reference)
    if ! stamped reference "$digest"; then
        step 300 "Fetch the official geography" reference_fetch
        step 300 "Load the official geography" reference_load
        stamp reference "$digest"
    fi
    if ! [[ -f $RUN/stamps/demonstration ]]; then
        step 300 "Load the demonstration data" demonstration_load
        stamp demonstration "$(digest_of schema/demo)"
    fi
}

database_up() {
    database_settings
    database_start
}

reference_fetch() { npm_fetch "$ROOT/schema/reference"; }

# As a URI: it needs no quotes in the env file, whoever reads it.
owner_connection() { printf 'postgresql://maillage_owner@/maillage?host=%s' "$SOCKETS/database"; }

# 32 bytes as hex that only the services may read; made once.
secret_make() {
    [[ -s $RUN/$1 ]] || (umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$RUN/$1")
}

# query, able to seal and open personal data: the key of the database comes with the connection.
query_keyed() { PGOPTIONS="-c keyed.secret=$(<"$RUN/secret-key")" query "$@"; }

reference_load() { "$ROOT/schema/reference/load" --database "$(owner_connection)"; }

demonstration_load() {
    /usr/bin/python3 "$ROOT/schema/demo/generate.py" >"$RUN/demonstration.sql"
    query_keyed maillage_owner maillage -c 'select keyed.adopt()' -f "$RUN/demonstration.sql"
    query maillage_owner maillage -c 'analyze'
    rm -f "$RUN/demonstration.sql"
}

env_value() {
    [[ ! -f $RUN/env ]] || sed -n "s/^$1=//p" "$RUN/env" | head -n 1
}

# key NAME KIND LABEL [more options]: the key of an earlier start when there is one, else a new one.
key() {
    local name=$1 kind=$2 label=$3 text
    shift 3
    text=$(env_value "MAILLAGE_KEY_$name")
    [[ -n $text ]] || text=$(env -i PATH="$PATH" LANG=C.UTF-8 "$RUN/app/maillage" key create -c "$RUN/maillage.conf" \
        --database "$(owner_connection)" --kind "$kind" --label "$label" "$@")
    printf 'MAILLAGE_KEY_%s=%s\n' "$name" "$text"
}

# account NAME KIND LABEL ADDRESS [more options]: the account of an earlier start, or a new one with a password of its own.
account() {
    local name=$1 kind=$2 label=$3 email=$4 password
    shift 4
    password=$(env_value "MAILLAGE_PASSWORD_$name")
    [[ -n $password ]] || password=$(env -i PATH="$PATH" LANG=C.UTF-8 "$RUN/app/maillage" account create \
        -c "$RUN/maillage.conf" --database "$(owner_connection)" --kind "$kind" --label "$label" --email "$email" "$@")
    printf 'MAILLAGE_ACCOUNT_%s=%s\nMAILLAGE_PASSWORD_%s=%s\n' "$name" "$email" "$name" "$password"
}

delegation_of_region() {
    query maillage_owner maillage -v region="$1" <<'SQL'
select d.delegation_id from network.delegation_region d
where d.region_code = :'region' and d.ends_on is null order by d.starts_on desc limit 1
SQL
}

# One AI of Bretagne that is a member today.
structure_of_bretagne() {
    query maillage_owner maillage <<'SQL'
select m.id from network.member m
where m.kind = 'AI' and m.region_code = '53' and exists (
    select from network.membership p where p.member_id = m.id and p.during @> engine.today())
order by m.siret limit 1
SQL
}

# Keys of an earlier start hold all that their kind may hold, scopes of a newer schema too.
keys_widen() {
    query maillage_owner maillage -c "update access.api_key set scopes = access.scopes_of(kind)
        where label like 'Démonstration : %' and scopes <> access.scopes_of(kind)"
}

data_keys() {
    local bretagne ocean structure
    bretagne=$(delegation_of_region 53)
    ocean=$(delegation_of_region 04)
    keys_widen
    structure=$(structure_of_bretagne)
    (
        umask 077
        {
            printf 'MAILLAGE_URL=http://127.0.0.1:%s\n' "$PORT"
            key NATIONAL NATIONAL 'Démonstration : siège'
            key DELEGATION_BRETAGNE DELEGATION 'Démonstration : Bretagne' --delegation "$bretagne"
            key DELEGATION_OCEAN_INDIEN DELEGATION 'Démonstration : océan Indien' --delegation "$ocean"
            key STRUCTURE STRUCTURE 'Démonstration : une structure' --member "$structure"
            key PARTNER PARTNER 'Démonstration : partenaire'
            account NATIONAL NATIONAL 'Démonstration : siège' siege@exemple.invalid
            account DELEGATION DELEGATION 'Démonstration : Bretagne' bretagne@exemple.invalid --delegation "$bretagne"
            account STRUCTURE STRUCTURE 'Démonstration : une structure' structure@exemple.invalid --member "$structure"
            account PARTNER PARTNER 'Démonstration : partenaire' partenaire@exemple.invalid
            printf 'MAILLAGE_DATABASE=%s\n' "$(owner_connection)"
            printf 'MAILLAGE_SECRET_KEY_FILE=%s\n' "$RUN/secret-key"
            printf 'MAILLAGE_ADMIN=unix:%s\n' "$SOCKETS/http/admin.sock"
        } >"$RUN/env.new"
    )
    mv "$RUN/env.new" "$RUN/env"
}
