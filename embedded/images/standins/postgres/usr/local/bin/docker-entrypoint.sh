#!/bin/sh
# First start: makes the database cluster as the environment says and runs /docker-entrypoint-initdb.d.
# Any start: runs the command, as the account postgres when root started it.
set -eu

main() {
  case "${1:-postgres}" in
    -*) set -- postgres "$@" ;;
  esac
  if [ "$1" = postgres ] && ! asks_for_information "$@"; then
    if [ "$(id -u)" = 0 ]; then
      mkdir -p "$PGDATA" /var/run/postgresql
      chown -R postgres:postgres "$PGDATA" /var/run/postgresql
      exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
    fi
    if [ ! -s "$PGDATA/PG_VERSION" ]; then
      first_start "$@"
    fi
  fi
  exec "$@"
}

asks_for_information() {
  for argument in "$@"; do
    case "$argument" in
      -\? | --help | -V | --version | -C | --describe-config) return 0 ;;
    esac
  done
  return 1
}

first_start() {
  read_setting POSTGRES_USER postgres
  read_setting POSTGRES_DB "$POSTGRES_USER"
  read_setting POSTGRES_PASSWORD ""
  read_setting POSTGRES_INITDB_ARGS ""
  authentication=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$authentication" != trust ]; then
    fail "POSTGRES_PASSWORD must not be empty at the first start (or set POSTGRES_HOST_AUTH_METHOD=trust)"
  fi

  make_cluster
  # A container is reached from other addresses only.
  printf "listen_addresses = '*'\n" >>"$PGDATA/postgresql.conf"
  printf '\nhost all all all %s\n' "$authentication" >>"$PGDATA/pg_hba.conf"
  shift
  # Only the socket listens until the cluster is complete, so that no client sees it half made.
  pg_ctl -D "$PGDATA" -w -o "$(quoted "$@") -c listen_addresses=''" start
  # Commands and scripts connect as the owner; the password is not asked for on the socket.
  export PGUSER="$POSTGRES_USER" PGHOST= PGHOSTADDR=
  if [ "$POSTGRES_DB" != postgres ]; then
    createdb --maintenance-db=postgres -- "$POSTGRES_DB"
  fi
  export PGDATABASE="$POSTGRES_DB"
  for file in /docker-entrypoint-initdb.d/*; do
    run_script "$file"
  done
  pg_ctl -D "$PGDATA" -w -m fast stop
  unset PGUSER PGHOST PGHOSTADDR PGDATABASE PGPASSWORD
  echo "docker-entrypoint: the database cluster is ready"
}

make_cluster() {
  mkdir -p "$PGDATA"
  # A volume's own folder may belong to root; initdb says so if it cannot do without.
  chmod 700 "$PGDATA" || :
  eval "set -- $POSTGRES_INITDB_ARGS"
  if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
    set -- --waldir="$POSTGRES_INITDB_WALDIR" "$@"
  fi
  if [ -n "$POSTGRES_PASSWORD" ]; then
    printf '%s\n' "$POSTGRES_PASSWORD" |
      initdb -D "$PGDATA" --username="$POSTGRES_USER" --pwfile=/dev/stdin "$@"
  else
    initdb -D "$PGDATA" --username="$POSTGRES_USER" "$@"
  fi
}

run_script() {
  case "$1" in
    *.sh)
      echo "docker-entrypoint: running $1"
      # As in the official image: an executable script is run, any other is read by this shell.
      if [ -x "$1" ]; then "$1"; else . "$1"; fi
      ;;
    *.sql)
      echo "docker-entrypoint: running $1"
      psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --file="$1"
      ;;
    *.sql.gz)
      echo "docker-entrypoint: running $1"
      gunzip -c "$1" | psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc
      ;;
  esac
}

# Sets variable $1 from the environment, from the file that $1_FILE names, or to $2.
read_setting() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$value" ] && [ -n "$file" ]; then
    fail "set $1 or $1_FILE, not both"
  fi
  if [ -n "$file" ]; then
    value=$(cat "$file")
  fi
  export "$1=${value:-$2}"
  unset "$1_FILE"
}

# The arguments as one line that a shell reads back as the same arguments.
quoted() {
  for argument in "$@"; do
    printf " '%s'" "$(printf '%s' "$argument" | sed "s/'/'\\\\''/g")"
  done
}

fail() {
  echo "docker-entrypoint: $*" >&2
  exit 1
}

main "$@"
