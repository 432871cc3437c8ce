#!/bin/sh
# Serves the certificate that is mounted, also when it has been renewed. nginx reads its files once and works on with
# what they held then; and one that is broken must stop neither a new list of servers nor what is served, so nginx has a
# copy of the last one that it accepts. Read by discovery.sh.

# The Secret, which the kubelet renews; what nginx reads; and when that ends, for Prometheus.
mounted=${CERTIFICATE:-/etc/nginx/tls}
served=${SERVED_CERTIFICATE:-/certificate}
metrics=${METRICS:-/tmp/certificate.prom}
fingerprint=

# Copies the mounted pair. A key is never readable by others, not even for a moment.
copy_certificate() {
  (umask 077 && cp "$mounted/tls.crt" "$mounted/tls.key" "$served/")
}

# When a certificate ends, in seconds since 1970. Its validity is two times, one after the other, as DER has them: type,
# length, the digits and a Z. There is no openssl in nginx's image.
end_of() {
  der=$(tr -d '\r' <"$1" | sed '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/!d;/-END/q' | sed '/-----/d' |
    base64 -d | od -An -v -tx1 | tr -d ' \n')
  time='(170d|180f)((3[0-9]){12,14})5a'
  digits=$(echo "$der" | sed -En "s/.*$time$time.*/\5/p" | sed 's/3\(.\)/\1/g')
  # Two digits of the year are of this century.
  [ ${#digits} -eq 12 ] && digits=20$digits
  date -u -d "$(echo "$digits" | sed -E 's/(....)(..)(..)(..)(..)(..)/\1-\2-\3 \4:\5:\6/')" +%s
}

# Tells when what is served ends. Whole at any moment: nginx may be sending it.
tell_end() {
  if ! seconds=$(end_of "$served/tls.crt"); then
    echo "the end of the certificate cannot be read from it" >&2
    return
  fi
  {
    echo "# HELP nginx_certificate_end_seconds When the served certificate ends, in seconds since 1970."
    echo "# TYPE nginx_certificate_end_seconds gauge"
    echo "nginx_certificate_end_seconds $seconds"
  } >"$metrics.new"
  mv "$metrics.new" "$metrics"
}

# The first one: nginx itself says what is wrong with it.
serve_certificate() {
  fingerprint=$(cat "$mounted/tls.crt" "$mounted/tls.key" | sha256sum)
  copy_certificate
  tell_end
}

# Succeeds when another certificate is there that nginx accepts.
renew_certificate() {
  now=$(cat "$mounted/tls.crt" "$mounted/tls.key" | sha256sum)
  [ "$now" = "$fingerprint" ] && return 1
  fingerprint=$now
  mkdir -p "$served/old" && cp -p "$served/tls.crt" "$served/tls.key" "$served/old/"
  copy_certificate
  if ! nginx -t -q; then
    cp -p "$served/old/tls.crt" "$served/old/tls.key" "$served/"
    echo "the mounted certificate is refused; the one before it is served on" >&2
    return 1
  fi
  tell_end
  return 0
}
