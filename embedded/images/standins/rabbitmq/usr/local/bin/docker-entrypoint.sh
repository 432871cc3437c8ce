#!/bin/sh
# Runs the command, as the account rabbitmq when root started it.
set -eu

for name in RABBITMQ_DEFAULT_USER_FILE RABBITMQ_DEFAULT_PASS_FILE RABBITMQ_VM_MEMORY_HIGH_WATERMARK; do
  if env | grep -q "^$name="; then
    echo "docker-entrypoint: $name is set, but only a configuration file can say that" >&2
    exit 1
  fi
done

case "${1:-}" in
  rabbitmq*)
    if [ "$(id -u)" = 0 ]; then
      find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq:rabbitmq {} +
      exec setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups "$0" "$@"
    fi
    ;;
esac
exec "$@"
