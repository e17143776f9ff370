#!/usr/bin/env sh
# Makes the user of a service in its new database: owner of the database, which it needs to make its tables, and of nothing else.
# Others may not even connect. The image of PostgreSQL runs it at its first start (docker-entrypoint-initdb.d); elsewhere:
#
#     POSTGRES_USER=postgres POSTGRES_DB=person_role COHORT_PASSWORD_FILE=file deploy/postgres-user.sh
set -eu
# psql reads the file by itself: anybody on the machine sees its arguments.
export COHORT_PASSWORD_FILE
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=database="$POSTGRES_DB" --set=user="${COHORT_USER:-cohort}" <<'SQL'
\set password `head -n 1 "$COHORT_PASSWORD_FILE"`
CREATE ROLE :"user" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
ALTER DATABASE :"database" OWNER TO :"user";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
