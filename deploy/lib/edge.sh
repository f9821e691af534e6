# shellcheck shell=bash
# nginx in front: own configuration, own logs and temporary files in the run folder, unprivileged.

edge_pid() { pid_in "$RUN/edge/nginx.pid"; }

edge_settings() {
    local file
    mkdir -p "$RUN/edge/temporary" "$RUN/app/web/.well-known"
    for file in http.conf server.conf api.conf headers.conf; do
        stage_file "$ROOT/deploy/nginx/$file" "$RUN/edge/$file"
    done
    sed -e "s|@PORT@|$PORT|g" -e "s|@SOCKET@|$SOCKETS/http/api.sock|g" \
        -e "s|@FILES@|$(edge_files)|g" "$ROOT/deploy/nginx/nginx.conf.in" >"$RUN/edge/nginx.conf"
    /usr/bin/python3 "$ROOT/deploy/nginx/render.py" --contract "$RUN/app/openapi.json" \
        --problems "$RUN/app/problems.json" --origin "http://127.0.0.1:$PORT" --folder "$RUN/edge"
    printf 'Contact: %s\nExpires: %s\nPreferred-Languages: fr, en\nCanonical: http://127.0.0.1:%s/.well-known/security.txt\n' \
        "${MAILLAGE_SECURITY_CONTACT:-mailto:security@example.org}" \
        "$(date -u -d '+180 days' +%Y-%m-%dT00:00:00Z)" "$PORT" >"$RUN/app/web/.well-known/security.txt"
    own "$SERVICE_USER" "$RUN/edge"
    edge_nginx -t
}

# Open files that this machine lets one process have, within reason: 5,000 idle connections must fit.
edge_files() {
    local most
    most=$(ulimit -Hn)
    [[ $most =~ ^[0-9]+$ && $most -lt 16384 ]] || most=16384
    printf '%s' "$most"
}

edge_nginx() {
    (cd "$RUN" && as_service nginx -e "$RUN/edge/error.log" -p "$RUN/" -c "$RUN/edge/nginx.conf" "$@")
}

port_valid() { [[ $PORT =~ ^[0-9]{1,5}$ ]] && ((10#$PORT >= 1 && 10#$PORT <= 65535)); }

# True when nobody else listens on the port.
port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

edge_start() {
    [[ -z $(edge_pid) ]] || return 0
    port_free || fail "port $PORT is in use by another program" "Choose another one: MAILLAGE_PORT=8081 deploy/start"
    rm -f "$RUN/edge/nginx.pid"
    edge_nginx </dev/null 9>&-
    wait_until 10 edge_pid
}

edge_stop() {
    local pid
    pid=$(edge_pid) && end_process "$pid" QUIT 5
    # Workers of a killed master keep the port: they are known by the log that they hold open.
    for pid in $(pgrep -x nginx || true); do
        ! readlink "/proc/$pid/fd/"* 2>/dev/null | grep -qF "$RUN/edge/" || end_process "$pid" TERM 5
    done
    rm -f "$RUN/edge/nginx.pid"
}

edge_ready() { curl -s -f -o /dev/null -m 5 "http://127.0.0.1:$PORT/v1/status"; }
