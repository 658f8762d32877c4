#!/bin/sh
# Writes the lock files anew from setup.cfg. Run with Python 3.11, the oldest that is supported.
set -eu

cd "$(dirname "$0")/.."
options="--quiet --upgrade --strip-extras --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options"

run="--extra service --extra rete --extra excel"

pip-compile $options $run -o requirements.lock setup.cfg
pip-compile $options $run --extra test --extra quality --extra otel -c requirements.lock -o requirements-test.lock setup.cfg
pip-compile $options $run --extra fuzz -c requirements.lock -o requirements-fuzz.lock setup.cfg
pip-compile $options $run --extra bench -c requirements.lock -c requirements-test.lock -o requirements-bench.lock setup.cfg
printf 'pip\nsetuptools\nwheel\n' | pip-compile $options --allow-unsafe -o requirements-build.lock -
