#!/usr/bin/env bash
# Writes one database into a file, while its service runs:
#
#     deploy/backup.sh postgres://cohort@db/person_role person-role.dump
#     deploy/backup.sh postgres://cohort@db/provisioning provisioning.dump
#
# The registry's last: then restored targets are older than the registry, and the ledger names what to provision. Passwords
# come from PGPASSWORD or .pgpass. The file appears when it is whole.
set -euo pipefail
umask 077
url=$1
file=$2
trap 'rm -f -- "$file.part"' EXIT
pg_dump --format=custom --no-owner --no-privileges --file="$file.part" --dbname="$url"
mv -- "$file.part" "$file"
