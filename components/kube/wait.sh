#!/bin/sh
# Waits until a store speaks. That it can be connected to says nothing in a mesh: the sidecar of the caller takes every
# connection at once, and closes it when nobody is there.
#
# wait.sh <host> <port> <what a client says first, as printf reads it> <how the answer begins, in hex>
set -u

said=${TMPDIR:-/tmp}/said

while :; do
  : >"$said"
  # The connection stays open for a moment: some servers answer nobody who has hung up.
  { printf "$3"; sleep 2; } | timeout 3 nc "$1" "$2" >"$said" 2>/dev/null &
  tries=0
  while [ $((tries += 1)) -le 20 ]; do
    sleep 0.1
    if od -An -tx1 -N4 "$said" | grep -q "^ *$4"; then exit 0; fi
  done
  echo "waiting for $1:$2"
  wait
done
