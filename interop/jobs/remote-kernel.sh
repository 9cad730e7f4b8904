# Two boxes with a cable, on which the kernel makes ESP, and a router between them, across which user space does (RFC 8994
# §8.2.1). The kernel has ESP of its own for IPv4 and IPv6, which must not get in the way.
#
#   west eth1 ──────────────── eth1 east
#   west eth0 ──── router ──── eth0 east
. ./checks
acpd=$ACP_ROOT/artifacts/publish/acpd
echo "kernel $(uname -r)"
modprobe -a xfrm_interface esp4 esp6 xfrm_user gcm seqiv veth macvlan tun nft_masq nft_chain_nat 2> /dev/null
mkdir -p /run/remote
for n in west router east; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns west type veth peer name r0 netns router
ip link add eth0 netns east type veth peer name r1 netns router
ip link add eth1 netns west type veth peer name eth1 netns east
for i in west:eth0 router:r0 router:r1 east:eth0 west:eth1 east:eth1; do ip -n ${i%:*} link set ${i#*:} up; done
address() { ip -n $1 addr add $3/24 dev $2; ip -n $1 addr add $4/64 dev $2 nodad; }
address west eth0 192.0.2.1 2001:db8:1::1;    address router r0 192.0.2.254 2001:db8:1::fe
address east eth0 198.51.100.1 2001:db8:2::1; address router r1 198.51.100.254 2001:db8:2::fe
ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n west route add default via 192.0.2.254;    ip -n west route add default via 2001:db8:1::fe
ip -n east route add default via 198.51.100.254; ip -n east route add default via 2001:db8:2::fe
"$acpd" ca init --ca ca --domain acp.example.com > /dev/null
for n in west east; do "$acpd" ca issue --ca ca --out state-$n > /dev/null; done

start() { # BOX NEIGHBOR [options]
  local box=$1 neighbor=$2; shift 2
  "$acpd" run --instance $box --netns /run/netns/$box --run-dir /run/remote --state-dir "$PWD/state-$box" --dataplane kernel \
    --interface '!eth0' --neighbor "$neighbor" --log-file "$PWD/$box.log" --log-level debug "$@" &
  pids="$pids $!"
}
stop() { kill $pids; wait $pids; pids=; }
soon() { local i; for i in $(seq 60); do "$@" && return; sleep 0.5; done; return 1; }
interface() { ip -n acp-$1 -o link show up | awk -F'[ @:]+' '$2 ~ /^acp_.*_'$2'/ { print $2; exit }'; }
both() { [ -n "$(interface west $1)" ] && [ -n "$(interface east $1)" ]; }
# To the other end's own address inside the channel, whatever the routes say.
over() { # LINK OCTETS
  local to
  to=$(ip -n acp-east -6 -o addr show dev "$(interface east $1)" scope link | awk '{ sub("/.*", "", $4); print $4; exit }')
  ip netns exec acp-west ping -6 -c 5 -i 0.3 -W 5 -M do -s $2 "$to%$(interface west $1)"
}
told() { grep -q "$2" $1.log; }

variant() { # NAME WEST EAST OCTETS [options]: two channels, one of each kind
  local name=$1 west=$2 east=$3 octets=$4; shift 4
  rm -f west.log east.log
  start west "$east" "$@"; start east "$west" "$@"
  check "$name: a channel over the cable" soon both eth1
  check "$name: a channel across the router" soon both host
  check "$name: the kernel holds the cable's child SAs" sh -c "ip -n abutment-west xfrm state | grep -q fe80"
  check "$name: and none in the host's network" sh -c "! ip -n west xfrm state | grep ."
  check "$name: the longest packets pass across the router" over host $octets
  check "$name: packets pass over the cable" over eth1 1000
  check "$name: it is said who carries what" told west 'carried in user space'
  stop
}
variant IPv4 192.0.2.1 198.51.100.1 1398
variant IPv6 2001:db8:1::1 2001:db8:2::1 1378
variant "IPv4, in UDP" 192.0.2.1 198.51.100.1 1390 --neighbor-encapsulation always

if command -v nft > /dev/null && ip netns exec router nft add table ip hide; then
  ip netns exec router nft 'add chain ip hide out { type nat hook postrouting priority 100; }'
  ip netns exec router nft 'add rule ip hide out ip saddr 192.0.2.0/24 oifname r1 ip protocol udp masquerade to :20000-29999 random'
  variant "behind a NAT" 198.51.100.254 198.51.100.1 1390
  check "behind a NAT: it was seen" told east 'it seems to be behind a NAT'
fi
finish
