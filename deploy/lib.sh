# shellcheck shell=bash
# Functions shared by deploy/start, deploy/stop, deploy/part and tests/run. Source it; it starts nothing.
#
# Settings from the environment, with their defaults:
#   MAILLAGE_RUN     .run           cluster, logs, keys, sockets of one running system
#   MAILLAGE_PORT    8080           port of the edge on 127.0.0.1
#   MAILLAGE_BUILD   build/release  meson's folder
#   MAILLAGE_THROWAWAY  (empty)     1: the cluster need not survive a power cut (tests)

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export PORT=${MAILLAGE_PORT:-8080}
BUILD=${MAILLAGE_BUILD:-build/release}
[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
RUN=${MAILLAGE_RUN:-.run}
[[ $RUN == /* ]] || RUN=$ROOT/$RUN

# nginx lies where an ordinary user's path does not look.
export PATH=$PATH:/usr/sbin:/sbin

for part in common packages build database data daemon edge; do
    # shellcheck source=/dev/null
    . "$ROOT/deploy/lib/$part.sh"
done
unset part
