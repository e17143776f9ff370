#!/usr/bin/env bash
# Succeeds when the process in this container says that it is ready: healthcheck PORT [PATH].
# The images have no curl; bash opens the connection itself.
set -euo pipefail
port=$1
path=${2:-/health/ready}
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$path" "$port" >&3
IFS= read -r -t 2 status <&3
cat <&3 >/dev/null
[[ $status == 'HTTP/1.'?' 200'* ]]
