# shellcheck shell=bash
# Compiles, and stages what the services read into the run folder: a rebuild never changes a running system,
# and only the run folder has to be readable for the services' user.

build_daemon() {
    [[ -f $BUILD/build.ninja ]] || meson setup "$BUILD" "$ROOT" --buildtype=release -Db_lto=true
    ninja -C "$BUILD" -j "$(nproc)" api/maillage openapi/openapi.json # the tests are compiled by those who run them
}

# stage_file SOURCE TARGET: replaced in one go, untouched when equal.
stage_file() {
    cmp -s "$1" "$2" && return 0
    install -m "${3:-644}" "$1" "$2.new"
    mv -f "$2.new" "$2"
}

# stage_tree SOURCE TARGET [PATTERN of the files to keep]
stage_tree() {
    rm -rf "$2.new"
    cp -R --preserve=timestamps "$1" "$2.new"
    chmod -R u=rwX,go=rX "$2.new"
    [[ -z ${3:-} ]] || find "$2.new" -type f -not -name "$3" -delete
    rm -rf "$2"
    mv "$2.new" "$2"
}

# npm_fetch FOLDER: what its lock file pins; a copy that is there already is not fetched again. The machine's own
# certificates count too: many networks have a proxy of theirs.
npm_fetch() {
    cd "$1" || return
    cmp -s package-lock.json node_modules/.maillage-lock && return 0
    NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt} \
        npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.maillage-lock
}

# The served tree of the client: replaced in one go, like every staged tree. It says that its data is invented: what
# deploy/start runs is always the demonstration.
stage_client() {
    node "$ROOT/web/build.mjs" "$RUN/app/web.new" demonstration=true
    chmod -R u=rwX,go=rX "$RUN/app/web.new"
    rm -rf "$RUN/app/web"
    mv "$RUN/app/web.new" "$RUN/app/web"
}

stage() {
    local app=$RUN/app
    mkdir -p "$app"
    stage_file "$BUILD/api/maillage" "$app/maillage" 755
    stage_file "$ROOT/deploy/supervise.py" "$app/supervise.py" 755
    stage_file "$BUILD/openapi/openapi.json" "$app/openapi.json"
    stage_file "$BUILD/openapi/problems.json" "$app/problems.json"
    [[ ! -f $BUILD/openapi/openapi.yaml ]] || stage_file "$BUILD/openapi/openapi.yaml" "$app/openapi.yaml"
    stage_tree "$ROOT/api/operations" "$app/operations" '*.sql'
    stage_client
}
