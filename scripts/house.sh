#!/bin/sh
# Makes build/house, a folder of links that shows the package as it is installed: greenlane, greenlane.engine, greenlane.api.
# Tools that read packages from folders (mypy, lint-imports) are pointed at it.
set -eu

cd "$(dirname "$0")/.."
house=build/house/greenlane
rm -rf build/house
mkdir -p "$house"
# Every file is a link, folders are real: lint-imports does not follow links to folders.
cp -rs "$(pwd)/greenlane/." "$house"
cp -rs "$(pwd)/engine" "$(pwd)/api" "$house"
