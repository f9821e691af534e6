# shellcheck shell=bash
# Messages, bounded steps, users and processes.

say() { printf '%s\n' "$*"; }

# fail MESSAGE [WHAT TO DO]: the one way out of a broken step.
fail() {
    printf '\nerror: %s\n' "$1" >&2
    [[ -z ${2:-} ]] || printf '  %s\n' "$2" >&2
    exit 1
}

# Root never runs the services: the cluster belongs to postgres, daemon and edge to www-data.
# An ordinary user runs everything as himself.
if [[ $(id -u) == 0 ]]; then
    DATABASE_USER=postgres SERVICE_USER=www-data
else
    DATABASE_USER=$(id -un) SERVICE_USER=$(id -un)
fi

as_user() {
    local user=$1
    shift
    # setpriv becomes the command; runuser would stay as its parent.
    # BECOME=exec: this very shell becomes the command, so that no shell stays behind a service.
    if [[ $user == "$(id -un)" ]]; then
        ${BECOME:-} "$@"
    else
        ${BECOME:-} setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"
    fi
}
as_database() { as_user "$DATABASE_USER" "$@"; }
as_service() { as_user "$SERVICE_USER" "$@"; }

# step LIMIT SENTENCE COMMAND…: runs a command or function with its output in a log, shows the seconds,
# and ends it after LIMIT seconds. The command gets a process group of its own so that it can be ended whole.
STEP_GROUP=
step() {
    local limit=$1 sentence=$2 log began=$SECONDS spent=0 shown=0 status=0
    shift 2
    log=$RUN/log/setup-${1##*/}.log
    [[ -t 1 ]] || printf '  %s …\n' "$sentence"
    set -m
    ("$@") </dev/null >"$log" 2>&1 9>&- & # 9: the lock is ours alone
    STEP_GROUP=$!
    set +m
    while kill -0 "$STEP_GROUP" 2>/dev/null; do
        sleep 0.1
        spent=$((SECONDS - began))
        if [[ -t 1 ]]; then
            printf '\r  %s … %d s ' "$sentence" "$spent"
        elif ((spent >= shown + 10)); then
            shown=$spent
            printf '  %s … %d s so far\n' "$sentence" "$spent"
        fi
        if ((spent > limit)); then
            kill -TERM -- "-$STEP_GROUP" 2>/dev/null || true
            sleep 1
            kill -KILL -- "-$STEP_GROUP" 2>/dev/null || true
            echo "ended after $limit seconds" >>"$log"
        fi
    done
    wait "$STEP_GROUP" || status=$?
    STEP_GROUP=
    [[ -t 1 ]] && printf '\r'
    if ((status != 0)); then
        printf '  %s … failed after %d s\n' "$sentence" "$spent"
        printf '  --- last lines of %s\n' "$log" >&2
        tail -n 15 "$log" | sed 's/^/  | /' >&2
        fail "$sentence: failed" "The whole output is in $log"
    fi
    printf '  %s … done, %d s\n' "$sentence" "$spent"
}

# Called on every way out: a step that still runs must not outlive the script.
step_abandon() {
    [[ -n $STEP_GROUP ]] || return 0
    kill -TERM -- "-$STEP_GROUP" 2>/dev/null || true
    STEP_GROUP=
}

# wait_until SECONDS COMMAND…: true as soon as the command is; false after SECONDS.
wait_until() {
    local tries=$(($1 * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        ((tries-- > 0)) || return 1
        sleep 0.05
    done
}

# A pid counts as ours only when its command line names our run folder: pids are reused after a crash.
is_ours() {
    local pid=$1
    [[ $pid =~ ^[0-9]+$ && -r /proc/$pid/cmdline ]] || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$RUN/"
}

pid_in() {
    local pid=
    [[ ! -r $1 ]] || read -r pid <"$1" || true
    is_ours "$pid" && printf '%s' "$pid"
}

gone() { ! is_ours "$1"; }

# end_process PID SIGNAL SECONDS: signal, bounded wait, then kill.
end_process() {
    kill "-$2" "$1" 2>/dev/null || return 0
    wait_until "$3" gone "$1" && return 0
    kill -KILL "$1" 2>/dev/null || true
    wait_until 5 gone "$1" || say "  process $1 does not end, even killed" >&2
}

# A stamp holds the digest of a step's inputs: the same digest means the step is done.
digest_of() { (cd "$ROOT" && find "$@" -type f -not -path '*/node_modules/*' -not -path '*/__pycache__/*' \
    -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64); }
stamped() { [[ -f $RUN/stamps/$1 && $(<"$RUN/stamps/$1") == "$2" ]]; }
stamp() { printf '%s\n' "$2" >"$RUN/stamps/$1"; }

# The run folder, made reachable. Where the services' user cannot enter (a checkout below /root, a private
# temporary folder), the folder lives in /var/lib and the expected place is a link to it.
run_folder() {
    local place=$RUN
    mkdir -p "$(dirname "$RUN")"
    [[ ! -d $RUN ]] || as_service test -x "$RUN" || chmod 755 "$RUN" 2>/dev/null || true
    [[ ! -d $RUN ]] || as_service test -x "$RUN" || rmdir "$RUN" 2>/dev/null || true
    if [[ ! -e $RUN ]]; then
        if ! as_service test -x "$(dirname "$RUN")"; then
            place=/var/lib/maillage-$(printf '%s' "$RUN" | sha256sum | cut -c1-12)
            ln -sfn "$place" "$RUN"
        fi
        mkdir -p "$place"
        chmod 755 "$place"
    fi
    [[ -O $RUN/. ]] || fail "$RUN belongs to another user" \
        "Start and stop as that user, or set MAILLAGE_RUN to a folder of your own."
    RUN=$(cd "$RUN" && pwd -P)
    as_service test -x "$RUN" || fail "user $SERVICE_USER cannot enter $RUN" \
        "Remove the folder, or set MAILLAGE_RUN to one that everybody may enter (mode 755)."
    mkdir -p "$RUN/log" "$RUN/stamps"
    socket_folder
}

# Sockets: a path of at most 107 bytes made of harmless characters, so that no connection string, sqitch
# target or nginx line needs quoting. Otherwise a folder in /tmp that is named after the run folder.
socket_folder() {
    SOCKETS=$RUN/sockets
    if ((${#SOCKETS} > 80)) || [[ $SOCKETS =~ [^A-Za-z0-9._/-] ]]; then
        SOCKETS=/tmp/maillage-$(printf '%s' "$RUN" | sha256sum | cut -c1-12)
    fi
    export SOCKETS
}

socket_folder_make() {
    if [[ -L $SOCKETS ]] || { [[ -e $SOCKETS ]] && [[ ! -O $SOCKETS ]]; }; then
        fail "$SOCKETS belongs to somebody else" "Remove it and start again."
    fi
    mkdir -p "$SOCKETS/database" "$SOCKETS/http"
    chmod 755 "$SOCKETS"
    own "$DATABASE_USER" "$SOCKETS/database"
    own "$SERVICE_USER" "$SOCKETS/http"
}

own() {
    [[ $(id -u) != 0 ]] || chown -R "$1:" "$2"
}

# One start or stop at a time in a run folder; the descriptor is never handed to a service.
run_lock() {
    exec 9>"$RUN/lock"
    flock -w "$1" 9
}
run_unlock() { exec 9>&-; }

system_running() { [[ -n $(supervisor_pid) && -n $(edge_pid) && -n $(database_pid) ]]; }

system_stop() {
    edge_stop
    daemon_stop
    database_stop fast
    case $SOCKETS in
    "$RUN"/*) rm -rf "$SOCKETS" ;;
    /tmp/maillage-*) rm -rf "$SOCKETS" ;;
    esac
}
