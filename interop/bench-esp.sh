#!/bin/sh
# bench-esp.sh [ACPD-OPTIONS...] - user-space ESP beside Debian's wireguard-go, in one run on this machine. Root.
# Example: interop/bench-esp.sh --seconds 10 --json > figures.json
set -eu
command -v wireguard-go >/dev/null && command -v wg >/dev/null || {
  apt-get update -qq
  apt-get install -y -qq wireguard-go wireguard-tools
} >&2
here=$(cd "$(dirname "$0")/.." && pwd)
dotnet build "$here/src/Acp.Daemon" -c Release -v q -nologo >&2
exec "$here/src/Acp.Daemon/bin/Release/net10.0/acpd" bench esp --peer wireguard-go "$@"
