# A box with a wide link and one too narrow for the kernel's ESP: `auto` has user space carry the channel on that one, `kernel` refuses it
# (E-18).
#
#   west eth0 ──── 1500 ──── eth0 east
#   west eth1 ──── 1300 ──── eth1 east
. ./checks
acpd=$ACP_ROOT/artifacts/publish/acpd
echo "kernel $(uname -r)"
modprobe -a xfrm_interface esp6 xfrm_user gcm seqiv veth macvlan tun 2> /dev/null
mkdir -p /run/narrow
for n in west east; do ip netns add $n; ip -n $n link set lo up; done
for i in eth0:1500 eth1:1300; do
  ip link add ${i%:*} netns west mtu ${i#*:} type veth peer name ${i%:*} mtu ${i#*:} netns east
  for n in west east; do ip -n $n link set ${i%:*} up; done
done
"$acpd" ca init --ca ca --domain acp.example.com > /dev/null
for n in west east; do "$acpd" ca issue --ca ca --out state-$n > /dev/null; done

start() { # PLANE
  local n
  for n in west east; do
    "$acpd" run --instance $n --netns /run/netns/$n --run-dir /run/narrow --state-dir "$PWD/state-$n" --dataplane $1 \
      --log-file "$PWD/$n.log" --log-level debug &
    pids="$pids $!"
  done
}
stop() { kill $pids; wait $pids; pids=; }
soon() { local i; for i in $(seq 240); do "$@" && return; sleep 0.5; done; return 1; }
interface() { ip -n acp-$1 -o link show up | awk -F'[ @:]+' '$2 ~ /^acp_.*_'$2'/ { print $2; exit }'; } # BOX LINK
both() { [ -n "$(interface west $1)" ] && [ -n "$(interface east $1)" ]; }
states() { [ "$(ip -n abutment-west xfrm state count | awk '{ print $NF }')" = 2 ]; } # one in, one out
kind() { ip -n acp-west -d link show dev "$(interface west $1)" | grep -w "$2"; }
over() { # LINK OCTETS
  local to
  to=$(ip -n acp-east -6 -o addr show dev "$(interface east $1)" scope link | awk '{ sub("/.*", "", $4); print $4; exit }')
  ip netns exec acp-west ping -6 -c 3 -i 0.3 -W 5 -M do -s $2 "$to%$(interface west $1)"
}

start auto
check "auto: a channel over the wide cable" soon both eth0
check "auto: it is the kernel's" kind eth0 xfrm
check "auto: a channel over the narrow cable" soon both eth1
check "auto: it is user space's" kind eth1 tun
check "auto: the kernel holds the child SA of the wide one alone" soon states
check "auto: it is said why" grep 'eth1 is too narrow' west.log
check "auto: the kernel carries a packet of 1280 octets" soon over eth0 1232
check "auto: and so does user space" soon over eth1 1232
stop

rm -f west.log east.log
start kernel
check "kernel: a channel over the wide cable" soon both eth0
check "kernel: the narrow one is refused, with the reason" soon grep 'below 1356 kernel ESP cannot carry' west.log
check "kernel: there is no channel over it" test -z "$(interface west eth1)"
stop
finish
