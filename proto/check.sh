#!/usr/bin/env bash
# Proves that the committed Go code is what the .proto files generate, and that
# these keep the lint rules. Changes nothing in the tree. Needs only Go.
set -euo pipefail
cd "$(dirname "$0")"
buf=(go tool -modfile=tools.mod buf)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"${buf[@]}" lint
"${buf[@]}" format --diff --exit-code
"${buf[@]}" generate --output "$out"
for file in *.pb.go "$out"/*.pb.go; do
  name=$(basename "$file")
  if ! diff -u "$name" "$out/$name"; then
    echo "proto/$name is not current: run 'go generate ./proto'" >&2
    exit 1
  fi
done
