#!/bin/sh
# Runs the command, as the account redis when root started it. Flags or a file alone mean redis-server.
set -eu

case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "$1" = redis-server ]; then
  if [ "$(id -u)" = 0 ]; then
    find . ! -user redis -exec chown redis:redis {} +
    exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
  fi
  # Data is for the account alone.
  umask 077
  # The official build has protected mode off, as a container is reached from other addresses only. Debian's has it
  # on; who says something about it, by a flag or in the file, is heard.
  case " $* " in
    *" --protected-mode "* | *" -v "* | *" --version "* | *" -h "* | *" --help "*) ;;
    *) grep -qs '^protected-mode' "${2:-}" || set -- "$@" --protected-mode no ;;
  esac
fi
exec "$@"
