# shellcheck shell=bash
# The daemon behind its supervisor (deploy/supervise.py), its settings and its keys.

supervisor_pid() { pid_in "$RUN/daemon/supervisor.pid"; }
daemon_pid() { pid_in "$RUN/daemon/daemon.pid"; }

daemon_settings() {
    mkdir -p "$RUN/daemon" "$RUN/log/sanitizer"
    own "$SERVICE_USER" "$RUN/daemon"
    own "$SERVICE_USER" "$RUN/log/sanitizer"
    secret_make secret
    own "$SERVICE_USER" "$RUN/secret"
    own "$SERVICE_USER" "$RUN/secret-key"
    cat >"$RUN/maillage.conf" <<SETTINGS
# Written by deploy/start; api/base/config.h says what each line means.
listen = unix:$SOCKETS/http/api.sock
admin_listen = unix:$SOCKETS/http/admin.sock
database = host=$SOCKETS/database dbname=maillage user=maillage_app
contract = $RUN/app/openapi.json
operations = $RUN/app/operations
problems = $RUN/app/problems.json
public_url = http://127.0.0.1:$PORT
secret_file = $RUN/secret
secret_key_file = $RUN/secret-key
environment = demo
SETTINGS
}

# The daemon reads MAILLAGE_<KEY> from the environment, and .run/env holds MAILLAGE_DATABASE with the owner's
# rights: nothing of the caller's environment may reach it but the sanitizers' options.
as_service_clean() {
    local name
    local -a kept=(PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8)
    for name in ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS; do
        [[ -z ${!name:-} ]] || kept+=("$name=${!name}")
    done
    as_service env -i "${kept[@]}" "$@"
}

daemon_check() { as_service_clean "$RUN/app/maillage" check -c "$RUN/maillage.conf"; }

daemon_start() {
    [[ -z $(supervisor_pid) ]] || return 0
    rm -f "$RUN/daemon/"*.pid "$SOCKETS/http/"*.sock
    touch "$RUN/log/daemon.log"
    (
        cd "$RUN" || exit
        BECOME='exec' as_service_clean setsid /usr/bin/python3 "$RUN/app/supervise.py" \
            --socket "$SOCKETS/http/api.sock" --state "$RUN/daemon" --jobs "$RUN/maillage.conf" -- \
            "$RUN/app/maillage" serve -c "$RUN/maillage.conf" \
            </dev/null >>"$RUN/log/daemon.log" 2>&1 9>&- &
    )
    wait_until 10 supervisor_pid
}

# daemon_stop: ends supervisor and daemon; the daemon drains for 30 s at most.
daemon_stop() {
    local pid
    pid=$(supervisor_pid) && end_process "$pid" TERM 45
    pid=$(daemon_pid) && end_process "$pid" TERM 45
    rm -f "$SOCKETS/http/"*.sock "$RUN/daemon/"*.pid
}

daemon_replace() {
    local pid
    pid=$(supervisor_pid) || return 1
    kill -USR2 "$pid"
}

# Status of a page of the admin listener.
admin_status() {
    curl -s -o /dev/null -m 5 -w '%{http_code}' --unix-socket "$SOCKETS/http/admin.sock" "http://localhost$1" || true
}
daemon_ready() { [[ $(admin_status /readyz) == 200 ]]; }

daemon_wait_ready() {
    local tries=$((${1:-60} * 10))
    until daemon_ready; do
        [[ -n $(supervisor_pid) ]] || { tail -n 20 "$RUN/log/daemon.log"; return 1; }
        ((tries-- > 0)) || { tail -n 20 "$RUN/log/daemon.log"; return 1; }
        sleep 0.1
    done
}
