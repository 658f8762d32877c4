#!/bin/sh
# Runs a command for so many seconds at most, and says when they were not enough and how to give it more.
#
#   scripts/limited.sh SECONDS "make suite" SUITE_LIMIT COMMAND…
set -u

limit=$1 again=$2 variable=$3
shift 3
# In the foreground, so that Ctrl+C reaches the command; one that does not end when it is interrupted is killed.
timeout --foreground --signal=INT --kill-after=60 "$limit" "$@"
code=$?
if [ $code -eq 124 ] || [ $code -eq 137 ]; then
    echo "greenlane: stopped after $limit s; \`$again $variable=$((limit * 2))\` gives it longer" >&2
fi
exit $code
