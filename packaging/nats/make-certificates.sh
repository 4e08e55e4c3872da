#!/bin/sh
# Makes an authority of its own for the machines of NATS, and a certificate for each of them:
#
#   packaging/nats/make-certificates.sh nats1.example nats2.example nats3.example
#
# Each machine gets ca.pem, its NAME.pem as node.pem and NAME-key.pem as node-key.pem, in /etc/nats; each
# server of tcp-chat gets ca.pem. ca-key.pem stays with you: it makes certificates for new machines.
set -eu

[ $# -gt 0 ] || { echo "Usage: $0 HOST..." >&2; exit 2; }
umask 077
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

# $key is several words
# shellcheck disable=SC2086
[ -e ca-key.pem ] || openssl req -x509 $key -days 3650 -subj "/CN=tcp-chat NATS" \
  -keyout ca-key.pem -out ca.pem 2>/dev/null

for host in "$@"; do
  # shellcheck disable=SC2086
  openssl req $key -subj "/CN=$host" -keyout "$host-key.pem" -out "$host.csr" 2>/dev/null
  case $host in *:*) kind=IP ;; *[!0-9.]*) kind=DNS ;; *) kind=IP ;; esac
  printf 'subjectAltName=%s:%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$kind" "$host" >"$host.ext"
  openssl x509 -req -in "$host.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 825 \
    -extfile "$host.ext" -out "$host.pem" 2>/dev/null
  rm "$host.csr" "$host.ext"
done
chmod 644 -- *.pem
chmod 600 -- *-key.pem
