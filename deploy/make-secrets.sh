#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml reads, with random values, in deploy/secrets.
#
# What is there already stays: the databases and the broker keep the passwords of their first start.
#
# The folder is closed to other users of this machine. The files in it are readable by all, because compose mounts them
# into containers as they are, and the processes there run as users of their own.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p secrets
chmod 700 secrets

random() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# Writes a secret, unless it is there.
keep() {
    local file="secrets/$1.txt" value=$2
    if [[ ! -s $file ]]; then
        printf '%s\n' "$value" >"$file"
        printf 'made  deploy/%s\n' "$file"
    fi
}

# Gives a secret that is there.
value_of() {
    head -n 1 "secrets/$1.txt"
}

for service in person-role provisioning; do
    database=${service//-/_}
    keep "$service-database-password" "$(random)"
    password=$(value_of "$service-database-password")
    keep "$service-database-url" "postgres://cohort:$password@postgres-$service:5432/$database"
done

keep broker-password "$(random)"
password=$(value_of broker-password)
keep broker-url "amqp://cohort:$password@rabbitmq:5672/%2f"
# RabbitMQ takes its first user from its configuration.
keep broker-user "default_user = cohort
default_pass = $password"

keep bootstrap-key "$(random)"
# What encrypts the secrets of targets: a key on each line, the newest last. Without it they are lost: back it up.
keep secrets-key "$(head -c 32 /dev/urandom | base64)"
printf 'The platform API user is admin; its key is in deploy/secrets/bootstrap-key.txt.\n'
