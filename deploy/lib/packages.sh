# shellcheck shell=bash
# Debian packages: installed by root, named to anybody else.

packages_missing() {
    local name
    sed 's/#.*//' "$1" | while read -r name _; do
        [[ -n $name ]] || continue
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || printf '%s\n' "$name"
    done
}

# packages_need FILE: all packages of the list are there afterwards, or the script ends with a line to type.
packages_need() {
    local missing
    mapfile -t missing < <(packages_missing "$1")
    # npm brings some 400 packages with it: taken from Debian only where no other one is there.
    [[ $1 != */deploy/packages ]] || command -v npm >/dev/null || missing+=(npm)
    ((${#missing[@]} > 0)) || return 0
    if [[ $(id -u) != 0 ]]; then
        fail "${#missing[@]} Debian packages are missing" "sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    step 900 "Install ${#missing[@]} Debian packages" packages_install "${missing[@]}"
}

# Nothing that the packages bring may start by itself, and no cluster of theirs is made.
packages_install() {
    local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.d/maillage.conf
    local made_policy='' status=0
    export DEBIAN_FRONTEND=noninteractive
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        made_policy=1
    fi
    mkdir -p "$(dirname "$cluster")"
    printf 'create_main_cluster = false\n' >"$cluster"
    { apt-get update -qq && apt-get install -y --no-install-recommends "$@"; } || status=$?
    rm -f "$cluster"
    [[ -z $made_policy ]] || rm -f "$policy"
    return "$status"
}
