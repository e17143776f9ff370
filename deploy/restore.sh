#!/usr/bin/env bash
# Reads what deploy/backup.sh wrote into an empty database, whole or not at all; its service must not run:
#
#     deploy/restore.sh person-role.dump postgres://cohort@db/person_role
#
# docs/operations.md says what to do then: see "Backups".
set -euo pipefail
file=$1
url=$2
pg_restore --no-owner --no-privileges --single-transaction --exit-on-error --dbname="$url" -- "$file"
# Else the first queries are planned without knowing the tables.
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --command='ANALYZE' --dbname="$url"
