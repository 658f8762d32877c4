#!/bin/sh
# Makes .venv hold exactly what a lock file names, and greenlane itself.
#
#   scripts/build.sh run | test | bench | fuzz
#
# Does nothing when that was already done for these lock files. Says in one line what to install when something is missing.
# VENV names another folder than .venv, PYTHON another Python than the first that is new enough.
set -eu

cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
want=${1:-run}

case $want in
    run)   lock=requirements.lock ;;
    test)  lock=requirements-test.lock ;;
    bench) lock=requirements-bench.lock ;;
    fuzz)  lock=requirements-fuzz.lock ;;
    *)     echo "scripts/build.sh: unknown part \`$want\`: run, test, bench or fuzz" >&2; exit 2 ;;
esac

# An engine that the tests or the benchmarks ask, where there is node to run it.
case $want in
    test)  other=tests/dmn_engine ;;
    bench) other=bench/json_rules_engine ;;
    *)     other= ;;
esac

# A virtual environment does not survive being moved: the place is part of what was built.
key=$( (pwd; cat requirements-build.lock "$lock" setup.cfg pyproject.toml scripts/build.sh; cat ${other:+"$other"/*.json} /dev/null 2>/dev/null) |
    cksum | tr ' ' -)
stamp=$venv/.built-$want-$key

is_built() {
    [ -e "$stamp" ] && [ -x "$venv/bin/greenlane" ] && "$venv/bin/python" -c '' 2>/dev/null
}

stop() {
    echo "greenlane: $1" >&2
    exit 1
}

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c "$new_enough" >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no python3")
    stop "needs Python 3.11 or newer (found: $found): apt-get install python3.11 python3.11-venv python3.11-dev, then run again with PYTHON=python3.11"
}

check_parts() {
    python=$1
    name=python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        stop "$python cannot make virtual environments (module venv or ensurepip is missing): apt-get install $name-venv"
    compiler=$("$python" -c 'import sysconfig; print((sysconfig.get_config_var("CC") or "cc").split()[0])')
    compiler=${CC:-$compiler}
    command -v "${compiler%% *}" >/dev/null 2>&1 ||
        stop "the C compiler \`$compiler\` is missing (durable_rules is built from source): apt-get install gcc libc6-dev"
    include=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    [ -e "$include/Python.h" ] ||
        stop "the C headers of $python are missing ($include/Python.h): apt-get install $name-dev"
    echo '#include <Python.h>' | $compiler -I"$include" -E -x c - >/dev/null 2>&1 ||
        stop "the C compiler \`$compiler\` cannot read the system headers: apt-get install libc6-dev"
}

other_engine() {
    [ -n "$other" ] && command -v npm >/dev/null 2>&1 || return 0
    (cd "$other" && npm ci --ignore-scripts --no-audit --no-fund --silent) ||
        echo "greenlane: npm could not install $other; what needs it is skipped" >&2
}

build() {
    python=$(find_python)
    check_parts "$python"
    if ! "$venv/bin/python" -c "$new_enough" 2>/dev/null || [ "$(cat "$venv/.place" 2>/dev/null || pwd)" != "$(pwd)" ]; then
        "$python" -m venv --clear "$venv"
    fi
    pwd > "$venv/.place"
    echo "greenlane: filling $venv from $lock (the first time takes a minute or two)"
    install="$venv/bin/python -m pip --disable-pip-version-check --quiet install"
    $install --require-hashes -r requirements-build.lock
    # Python 3.13 dropped the old name of a function that durable_rules 2.0.28 calls.
    if "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then
        CPPFLAGS="${CPPFLAGS:-} -DPyEval_CallObject=PyObject_CallObject"
        export CPPFLAGS
    fi
    $install --require-hashes --no-build-isolation -r "$lock"
    "$venv/bin/python" -c 'import durable_rules_engine' 2>/dev/null ||
        $install --require-hashes --no-build-isolation --no-cache-dir --force-reinstall -r "$lock"
    # An image installs what is locked in a layer of its own, before the sources are there.
    [ ! -e greenlane/__init__.py ] || PYTHONWARNINGS=ignore $install --no-deps --no-build-isolation -e .
    other_engine
    rm -f "$venv/.built-$want"-*
    : > "$stamp"
}

is_built || build
