#!/bin/sh
# Runs the scripts in /docker-entrypoint.d, then the command.
set -eu

case "${1:-}" in
  nginx | nginx-debug)
    for file in /docker-entrypoint.d/*; do
      case "$file" in
        *.envsh) if [ -x "$file" ]; then . "$file"; fi ;;
        *.sh) if [ -x "$file" ]; then "$file"; fi ;;
      esac
    done
    ;;
esac
exec "$@"
