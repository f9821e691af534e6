# shellcheck shell=bash
# The suites of tests/run: what they need, how each runs, how results are counted.
# Every suite leaves build/tests/NAME.log and NAME.count, a line `passed failed skipped seconds`.

# Seconds that a suite may take: a suite that hangs is ended and counts as failed.
declare -A LIMIT=([lint]=900 [unit]=600 [schema]=400 [fault]=600 [web]=1200)
LIMIT_COMMON=480
LANES=()

suites_all() {
    local folder
    printf 'lint\nunit\nschema\n'
    # domain looks at the demonstration data before the others write to it; other folders follow by themselves.
    for folder in domain contract access web; do
        ! compgen -G "$TESTS/$folder/test_*.py" >/dev/null || printf '%s\n' "$folder"
    done
    for folder in "$TESTS"/*/; do
        folder=$(basename "$folder")
        case $folder in
        lint | unit | contract | access | domain | web | fault) continue ;;
        esac
        ! compgen -G "$TESTS/$folder/test_*.py" >/dev/null || printf '%s\n' "$folder"
    done
    ! compgen -G "$TESTS/fault/test_*.py" >/dev/null || printf 'fault\n'
    [[ ! -f $TESTS/exchange/validate.py ]] || printf 'record\n'
}

wanted() { [[ " ${SUITES[*]} " == *" $1 "* ]]; }

# True when a suite of this run needs the running system.
system_wanted() {
    local suite
    for suite in "${SUITES[@]}"; do
        case $suite in lint | unit | schema | record) ;; *) return 0 ;; esac
    done
    return 1
}


build_asan() {
    [[ -f $ROOT/build/asan/build.ninja ]] || meson setup "$ROOT/build/asan" "$ROOT" --werror \
        -Doptimization=1 -Ddebug=true -Db_sanitize=address,undefined -Db_lundef=false
    ninja -C "$ROOT/build/asan" -j "$(nproc)"
}

build_release() { BUILD=$ROOT/build/release build_daemon; }

suites_build() {
    if wanted unit || system_wanted; then step 900 "Compile with address and undefined-behaviour sanitizers" build_asan; fi
    if system_wanted; then step 900 "Compile the release flavour" build_release; fi
}

# Two lanes: what needs no system runs beside what does. The machine has two cores at least.
suites_run() {
    say "Suites: ${SUITES[*]}"
    lane_begin lane_alone
    ! system_wanted || lane_begin lane_system
    local lane
    for lane in "${LANES[@]}"; do wait "$lane" || true; done
    LANES=()
    ! wanted record || suite record
}

lane_begin() {
    set -m
    ("$1") </dev/null 9>&- &
    LANES+=($!)
    set +m
}

lanes_abandon() {
    local lane
    for lane in "${LANES[@]}"; do kill -TERM -- "-$lane" 2>/dev/null || true; done
    LANES=()
}

lane_alone() {
    local name
    for name in unit schema lint; do
        ! wanted "$name" || suite "$name"
    done
}

lane_system() {
    local name
    if ! system_begin >"$LOGS/start.log" 2>&1; then
        tail -n 25 "$LOGS/start.log" | sed 's/^/  | /'
        for name in "${SUITES[@]}"; do
            case $name in lint | unit | schema | record) ;; *) result "$name" 0 1 0 0 "no system to test" ;; esac
        done
        return
    fi
    set -a
    # shellcheck source=/dev/null
    . "$RUN/env"
    set +a
    for name in "${SUITES[@]}"; do
        case $name in lint | unit | schema | record) ;; *) suite "$name" ;; esac
    done
    system_end >>"$LOGS/start.log" 2>&1
    sanitizer_result
}

free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Runs before the lanes fork, so that every lane sees the same environment.
system_environment() {
    local reports=$RUN/log/sanitizer/report
    MAILLAGE_PORT=$(free_port)
    export MAILLAGE_PORT PORT=$MAILLAGE_PORT
    export ASAN_OPTIONS=log_path=$reports:abort_on_error=0:detect_stack_use_after_return=1
    export UBSAN_OPTIONS=log_path=$reports:print_stacktrace=1
    export TSAN_OPTIONS=halt_on_error=1
    export MAILLAGE_RECORD=$LOGS/exchanges.jsonl MAILLAGE_LOGS=$RUN/log/kept
    : >"$MAILLAGE_RECORD"
    chmod 600 "$MAILLAGE_RECORD"
}

system_begin() {
    system_environment
    timeout --kill-after=10 600 "$ROOT/deploy/start" --detach
}

system_end() {
    [[ -e $MAILLAGE_RUN/stamps ]] || return 0
    timeout --kill-after=10 150 "$ROOT/deploy/stop" || true
    mkdir -p "$LOGS/system"
    cp -R "$MAILLAGE_RUN"/log/. "$LOGS/system/" 2>/dev/null || true
    cp "$MAILLAGE_RUN"/edge/*.log "$LOGS/system/" 2>/dev/null || true
}

system_remove() {
    [[ -e $MAILLAGE_RUN ]] || return 0
    system_end >/dev/null 2>&1
    rm -rf -- "$(readlink -f "$MAILLAGE_RUN")" "$MAILLAGE_RUN"
}

# Whatever a sanitizer has written about the daemon fails the run.
sanitizer_result() {
    local reports
    mapfile -t reports < <(find "$LOGS/system/sanitizer" -type f -size +0 2>/dev/null)
    if ((${#reports[@]} > 0)); then
        head -n 30 "${reports[0]}" | sed 's/^/  | /'
        result sanitizer 0 "${#reports[@]}" 0 0 "reports in build/tests/system/sanitizer"
    else
        result sanitizer 1 0 0 0
    fi
}

# suite NAME: runs it with its limit, its output in a log; counts.
suite() {
    local name=$1 began=$SECONDS status=0 counted
    timeout --kill-after=10 "${LIMIT[$name]:-$LIMIT_COMMON}" "$TESTS/lib/suite" "$name" "$LOGS/$name.xml" \
        >"$LOGS/$name.log" 2>&1 </dev/null || status=$?
    counted=$(/usr/bin/python3 "$TESTS/lib/count.py" "$name" "$LOGS" "$status")
    read -r passed failed skipped <<<"$counted"
    ((failed == 0)) || tail -n 40 "$LOGS/$name.log" | sed 's/^/  | /'
    result "$name" "$passed" "$failed" "$skipped" $((SECONDS - began)) "$( ((status != 124 && status != 137)) || echo 'ended by its time limit')"
}

result() { # result NAME PASSED FAILED SKIPPED SECONDS [NOTE]
    printf '%s %s %s %s\n' "$2" "$3" "$4" "$5" >"$LOGS/$1.count"
    printf '  %-10s %4d passed, %d failed%s, %d s%s\n' "$1" "$2" "$3" \
        "$( (($4 == 0)) || printf ', %d skipped' "$4")" "$5" "${6:+ ($6)}"
}

suites_report() {
    cat "$LOGS"/*.count 2>/dev/null | awk '{ passed += $1; failed += $2 } END { print passed + 0, failed + 0 }'
}
