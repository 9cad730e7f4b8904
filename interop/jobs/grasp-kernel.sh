# GRASP over an ACP whose channels the kernel encrypts, between programs on the boxes; the settings of the namespaces, on which
# its packets depend; and what is lost when a link of the ring goes down (F-25, F-26, G-50, J-01, J-03, J-05).
#
#   n1 ── n2
#   │      │
#   n4 ── n3
. ./checks
acpd=$ACP_ROOT/artifacts/publish/acpd
plane=${PLANE:-kernel}
echo "kernel $(uname -r)"
"$acpd" lab run --nodes 4 --topology ring --dataplane $plane --timeout 400s --keep > lab.log 2>&1
check "four boxes have converged" grep passed: lab.log
lab=$(ip netns list | sed -n 's/^acp-\(lab.*\)-n1.*/\1/p')
boxes="n1 n2 n3 n4"
on() { local box=$1; shift; "$acpd" "$@" --instance "$lab-$box"; } # BOX COMMAND [OPTIONS]
soon() { local i; for i in $(seq 60); do "$@" && return; sleep 0.5; done; return 1; }
inside() { local ns=$1; shift; ip netns exec "$ns-$lab-$box" "$@"; } # KIND COMMAND..., of $box
address() { on "$1" status --json | sed -n 's/.*"acp_address":"\([^"]*\).*/\1/p'; }
far=$(address n3)

# A state of its own for each direction of each channel, and all that went through them.
octets() { for b in $boxes; do ip -n "abutment-$lab-$b" -s xfrm state; done | awk '/\(bytes\), .*\(packets\)/ { n += $1 } END { print n + 0 }'; }
states() { for b in $boxes; do ip -n "abutment-$lab-$b" xfrm state count; done | awk '{ n += $NF } END { exit n < 16 }'; }
[ "$plane" = kernel ] && check "each channel's child SA is in the kernel, at both ends" states
before=$(octets)

settings() {
  local box
  for box in $boxes; do
    # The channels' own hop limits are what the kernel takes when it sends into one.
    inside acp sh -c 'cd /proc/sys/net/ipv6/conf; grep -qx 1 all/forwarding && ! grep -Lx 255 all/hop_limit default/hop_limit acp_*/hop_limit | grep .' \
      || { echo "$box: acp"; return 1; }
    inside abutment grep -qx 0 /proc/sys/net/ipv6/conf/all/forwarding || { echo "$box: abutment"; return 1; }
  done
}
check "F-25, F-26: what both namespaces of each box are set to" settings
hops() { box=n1 inside acp ping -6 -n -c 1 -W 5 "$far" | tee /dev/stderr | grep -q 'ttl=254'; }
check "F-26: an answer from the far corner set out with hop limit 255" hops

connected() { [ "$(on "$1" status --json | grep -o '"link_local":"[^"]*","state":"connected"' | wc -l)" = 2 ]; }
for b in $boxes; do check "$b: GRASP is connected to both its neighbours" soon connected $b; done
listeners() { # TCP port 7017 (1B69) is a listener's (0A) in the acp namespace, and nowhere else
  local box
  for box in $boxes; do
    [ "$(inside acp cat /proc/net/tcp /proc/net/tcp6 | grep -c ':1B69 [0-9A-F]*:0000 0A ')" = 1 ] || { echo "$box: acp"; return 1; }
    ! inside abutment cat /proc/net/tcp /proc/net/tcp6 | grep ':1B69 [0-9A-F]*:0000 0A ' || return 1
  done
}
check "nothing listens for GRASP outside the ACP" listeners

on n3 grasp listen 411:barometer --value '"fair"' > barometer.log 2>&1 &
agents=$!
on n3 grasp listen 411:loan --negotiate --value 5 > loan.log 2>&1 &
agents="$agents $!"
found() { on n1 grasp discover 411:barometer --first --flush --timeout 5 --json | tee found.json | grep -F "[$far]:7017/tcp"; }
check "J-01: n1 finds who has the barometer at the far corner" soon found
check "J-01: a relay passed the question on" grep '"diverted":true' found.json
check "J-03: n1 reads it" sh -c "'$acpd' grasp synchronize 411:barometer --timeout 20 --instance $lab-n1 | grep -x '\"fair\"'"
loan() { on n1 grasp negotiate 411:loan --value 7 --value 6 --timeout 20 --json > agreed.json; }
check "J-03: n1 asks for 7, is offered 5, asks for 6" soon loan
check "J-03: and both agree on 6" grep '"event":"accepted".*"value":6' agreed.json
check "J-05: n2 floods an alarm" on n2 grasp flood 411:alarm --value true --once
known() { [ "$(on "$1" grasp floods 411:alarm --json | grep -c '"value":true')" = 1 ]; }
for b in $boxes; do check "J-05: $b knows it, once" soon known $b; done
kill $agents
[ "$plane" = kernel ] && check "all this went through the kernel's SAs" test "$(octets)" -gt "$before"

# n1 pings n2 ten times a second while the link between them goes down and comes back. Three seconds may be lost (G-50).
to=$(address n2)
host=$(ip netns list | sed -n 's/^\(acplab-.*-n1\).*/\1/p')
end=$(ip -n "$host" -o link show type veth | sed -n 's/^[0-9]*: \([^:@]*\).*/\1/p' | grep -v acp0 | head -n 1)
channels() { [ "$(on n1 channels --json | grep -o '"interface":"acp_' | wc -l)" = "$1" ]; }
reach() { box=n1 inside acp ping -6 -q -c 1 -W 1 "$to"; }
lossy() { # COMMAND...: pings go on meanwhile; at most 30 of 10 a second are lost
  box=n1 inside acp ping -6 -q -n -i 0.1 -c 120 "$to" > ping.log 2>&1 &
  local pings=$!
  sleep 1; "$@"; wait $pings
  cat ping.log
  [ "$(sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) .*/\1 - \2/p' ping.log | xargs expr)" -le 30 ]
}
set_link() { ip -n "$host" link set "$end" "$1"; }
check "G-50: $end of n1 goes down, and at most 3 s are lost" lossy set_link down
check "G-50: one channel is left" soon channels 1
check "G-50: n1 reaches n2 the other way round" soon reach
check "G-50: $end comes back, and at most 3 s are lost" lossy set_link up
check "G-50: n1 has two channels again" soon channels 2
for b in $boxes; do cp "/run/acpd-lab/${lab#lab}/$b/log" $b.log; done
"$acpd" lab clean > /dev/null
check "nothing is left: no namespaces" sh -c '! ip netns list | grep .'
finish
