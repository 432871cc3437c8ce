#!/bin/sh
# Keeps nginx's lists of servers in step with DNS. nginx asks for a name once, when it reads its configuration; the
# names here lead to the ready pods of a service and change with them, so whenever one does, nginx reads it again; and
# when the certificate is renewed (certificate.sh).
#
# discovery.sh run <service>=<name>:<port> …    writes the lists, then becomes nginx; goes on beside it
# discovery.sh alive                            fails when the lists are no longer looked after
set -u

folder=${UPSTREAMS:-/tmp/upstreams}
pid=${NGINX_PID:-/tmp/nginx.pid}
# Answers 503 for a service without a ready pod.
nobody=${NOBODY:-127.0.0.1:8081}
parameters=${SERVER_PARAMETERS:-}
interval=${INTERVAL:-2}
stale=60
# Each reading leaves a worker behind, which ends with its last connection; more than these are not waited for.
old_workers=${OLD_WORKERS:-8}

. "${0%/*}/certificate.sh"

# In Kubernetes the names are those of this pod's namespace; busybox's nslookup does not complete them by itself.
domain=$(sed -n 's/^search[[:space:]]*\([^[:space:]]*\.svc\.[^[:space:]]*\).*/.\1./p' /etc/resolv.conf | head -n 1)

# Prints the servers of a name, sorted: ip_hash and hash depend on their order. Fails when DNS has not answered, which
# is no reason to forget those there were.
servers() {
  answer=$(nslookup "$1$domain" 2>&1)
  answered=$?
  # Before the first "Name:" stands the address of the DNS server itself.
  addresses=$(echo "$answer" | sed -n '/^Name:/,$s/^Address[^:]*:[[:space:]]*\([0-9a-fA-F.:]*\).*/\1/p' | sort -u)
  if [ -z "$addresses" ]; then
    case $answer in
      *"timed out"* | *SERVFAIL* | *REFUSED*) return 1 ;;
      *NXDOMAIN* | *"No answer"*) ;;
      *) [ $answered -eq 0 ] && [ -n "$answer" ] || return 1 ;;
    esac
    echo "server $nobody max_fails=0;"
    return
  fi
  for address in $addresses; do
    case $address in *:*) address="[$address]" ;; esac
    echo "server $address:$2 $parameters;"
  done
}

# Replaces the list of a service, and that of the same servers without their failures. Succeeds when it has changed.
replace() {
  cmp -s "$1.new" "$1.conf" && return 1
  sed "s/ $parameters;/ max_fails=0;/" "$1.new" >"$1_any.conf"
  mv "$1.new" "$1.conf"
}

# Succeeds when a list has changed.
update() {
  changed=1
  for entry in "$@"; do
    list=$folder/${entry%%=*}
    target=${entry#*=}
    if servers "${target%:*}" "${target##*:}" >"$list.new"; then
      replace "$list" && changed=0
    elif [ ! -e "$list.conf" ]; then
      echo "server $nobody max_fails=0;" >"$list.new"
      replace "$list" && changed=0
    fi
    # Whole at any moment: `alive` may be reading.
    date +%s >"$folder/beat.new"
    mv "$folder/beat.new" "$folder/beat"
  done
  return $changed
}

# Ends the oldest of the workers that only wait for their last connection, a WebSocket mostly: their memory is the pod's.
end_oldest_workers() {
  master=$(cat "$pid")
  waiting=
  for worker in $(cat "/proc/$master/task/$master/children"); do
    grep -q "is shutting down" "/proc/$worker/cmdline" 2>/dev/null && waiting="$waiting $worker"
  done
  set -- $waiting
  while [ $# -gt "$old_workers" ]; do
    kill -TERM "$1"
    shift
  done
}

command=$1
shift
case $command in
  run)
    mkdir -p "$folder"
    serve_certificate
    update "$@"
    (
      while sleep "$interval" && kill -0 $$; do
        # Until nginx has written its number, it has not read the lists either.
        [ -s "$pid" ] || continue
        end_oldest_workers
        reason=
        update "$@" && reason="a list of servers"
        renew_certificate && reason="the certificate"
        [ -z "$reason" ] && continue
        kill -HUP "$(cat "$pid")"
      done
    ) &
    exec nginx -g "daemon off;"
    ;;
  alive)
    [ $(($(date +%s) - $(cat "$folder/beat"))) -lt $stale ]
    ;;
esac
