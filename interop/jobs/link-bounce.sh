# A link that goes down and comes back before the daemon looks: the channel stays, and must go on carrying, although the
# kernel dropped the route that the link's mark leads to.
. ./checks
acpd=$ACP_ROOT/artifacts/publish/acpd
echo "kernel $(uname -r)"
"$acpd" lab run --nodes 2 --topology line --dataplane kernel --timeout 240s --keep > lab.log 2>&1
check "two boxes with kernel ESP have converged" grep passed: lab.log
lab=$(ip netns list | sed -n 's/^acp-\(lab.*\)-n1.*/\1/p')
of() { "$acpd" "$1" --instance "$lab-$2" --json | sed -n "s/.*\"$3\":\"\?\([^\",}]*\).*/\1/p"; } # of REPORT BOX FIELD
pid=$(of status n1 pid) peer=$(of status n2 acp_address)
link=$(ip -n "abutment-$lab-n1" -o link show type macvlan | sed -n 's/^[0-9]*: \([^:@]*\).*/\1/p')
bounce() { # all of it in one batch for a daemon that is stopped meanwhile
  kill -STOP "$pid"
  ip -n "abutment-$lab-n1" link set "$link" down
  ip -n "abutment-$lab-n1" link set "$link" up
  ip -n "abutment-$lab-n1" -6 route show table all | grep '^fe80.*table 28' && return 1
  not carries
}
carries() { ip netns exec "acp-$lab-n1" ping -6 -q -c 1 -W 1 "$peer"; }
soon() { for _ in 1 2 3 4 5 6 7 8; do carries && return; sleep 1; done; return 1; }
check "they reach each other" soon
same=0
for i in 1 2 3 4 5; do
  check "$i: the link goes down and up: the kernel drops the route, the channel is silent" bounce
  kill -CONT "$pid"
  check "$i: soon the channel carries again" soon
  [ "$(of channels n1 id)" = ch1 ] && same=$((same + 1))
done
check "at least once the channel outlived it ($same of 5)" test "$same" -gt 0
cp "/run/acpd-lab/${lab#lab}/n1/log" n1.log
"$acpd" lab clean > /dev/null
finish
