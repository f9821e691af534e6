# shellcheck shell=bash
# How each suite runs; called by tests/lib/suites.sh in a process of its own, from the root of the checkout.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

pytest_folder() {
    /usr/bin/python3 -B -m pytest -p no:cacheprovider -q --color=no --tb=short --timeout=120 \
        --junitxml="$SUITE_XML" "$ROOT/tests/$1"
}

suite_command() {
    local name=$1 status=0
    cd "$ROOT"
    case $name in
    unit)
        # The database is a mock nowhere: these are the parts that need none.
        meson test -C build/asan --no-rebuild --print-errorlogs --timeout-multiplier 3 || status=1
        cp build/asan/meson-logs/testlog.junit.xml "$SUITE_XML"
        meson test -C build/tsan --no-rebuild --print-errorlogs --timeout-multiplier 3 --suite threads || status=1
        [[ ! -f build/tsan/meson-logs/testlog.junit.xml ]] ||
            cp build/tsan/meson-logs/testlog.junit.xml "${SUITE_XML%.xml}-threads.xml"
        return "$status"
        ;;
    schema) schema/tests/run ;;
    record) /usr/bin/python3 tests/exchange/validate.py ;;
    *) pytest_folder "$name" ;;
    esac
}
