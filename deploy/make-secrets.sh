#!/usr/bin/env bash
# Makes the secrets and certificates that docker-compose.yml reads, with random values, in deploy/secrets. Needs openssl.
#
# What is there already stays: the databases and the broker keep the passwords of their first start. Certificates that end
# within a month are made anew; run it once a month. The parts of Cohort and the broker take new ones as they are, the
# databases when they start again. The authority's own key, ca.key, is in no container: keep it elsewhere if you can.
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
    # Of the server: nothing of Cohort has it.
    keep "$service-postgres-password" "$(random)"
    keep "$service-broker-password" "$(random)"
    # Not kept: it has said another way of speaking before.
    printf 'amqps://%s:%s@rabbitmq:5671/%%2f\n' "$service-service" "$(value_of "$service-broker-password")" >"secrets/$service-broker-url.txt"
done

# Of the operator: nothing of Cohort has it.
keep broker-password "$(random)"
# What the broker reads at each start: its users, what each may, and the queues, which they may not make.
# Not by another program: anybody on the machine sees its arguments.
definitions=$(<broker-definitions.json)
definitions=${definitions//@OPERATOR@/$(value_of broker-password)}
definitions=${definitions//@PERSON_ROLE@/$(value_of person-role-broker-password)}
printf '%s\n' "${definitions//@PROVISIONING@/$(value_of provisioning-broker-password)}" >secrets/broker-definitions.json

# Makes a key on the curve P-256, unless it is there.
key() {
    [[ -s $1 ]] || openssl ecparam -name prime256v1 -genkey -noout -out "$1"
}

if [[ ! -s secrets/ca.pem ]]; then
    (umask 077 && key secrets/ca.key)
    openssl req -x509 -new -key secrets/ca.key -sha256 -days 3650 -subj '/CN=Cohort, this deployment' -out secrets/ca.pem
    printf 'made  deploy/secrets/ca.pem\n'
fi

# Makes a certificate for a name, unless there is one that is good for another month. Written in place: containers hold the
# file, not its name.
certify() {
    local name=$1 file="secrets/$1.pem" month=2592000
    if [[ -s $file ]] && openssl x509 -in "$file" -noout -checkend "$month" >/dev/null; then
        return
    fi
    key "secrets/$name.key"
    chmod 644 "secrets/$name.key"
    openssl req -new -key "secrets/$name.key" -subj "/CN=$name" |
        openssl x509 -req -sha256 -days 397 -CA secrets/ca.pem -CAkey secrets/ca.key -set_serial "0x00$(random | head -c 30)" \
            -extfile <(printf 'subjectAltName=DNS:%s\nbasicConstraints=CA:FALSE\n' "$name") -out "$file.new" 2>/dev/null
    cat "$file.new" >"$file"
    rm "$file.new"
    printf 'made  deploy/%s\n' "$file"
}

for name in gateway person-role-service provisioning-service postgres-person-role postgres-provisioning rabbitmq; do
    certify "$name"
done

keep bootstrap-key "$(random)"
# What encrypts the secrets of targets: a key on each line, the newest last. Without it they are lost: back it up.
keep secrets-key "$(head -c 32 /dev/urandom | base64)"
printf 'The platform API user is admin; its key is in deploy/secrets/bootstrap-key.txt.\n'
