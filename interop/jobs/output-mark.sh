# Proves, with iproute2 alone, what the kernel data plane rests on: the same local and the same remote link-local
# address on two links, SAs and policies in one namespace, the xfrm interfaces moved to another.
#
#        N (abutment)  l1 fe80::a1 ──── fe80::b  lk   B
#        NACP          l2 fe80::a1 ──── fe80::b  lk   C
. ./checks
for m in xfrm_interface esp6 xfrm_user gcm seqiv veth; do modprobe $m; done
K=0x$(printf '11%.0s' $(seq 36))
for n in N NACP B C; do ip netns add $n; ip -n $n link set lo up; done
ip link add l1 netns N type veth peer name lk netns B
ip link add l2 netns N type veth peer name lk netns C
for p in N:l1 N:l2 B:lk C:lk; do ip -n ${p%:*} link set ${p#*:} addrgenmode none up; done
for p in N:l1 N:l2; do ip -n ${p%:*} addr add fe80::a1/64 dev ${p#*:} nodad; done
for p in B:lk C:lk; do ip -n ${p%:*} addr add fe80::b/64 dev ${p#*:} nodad; done

state() { # namespace source destination spi if_id [output-mark M]
  n=$1 s=$2 d=$3 spi=$4 id=$5; shift 5
  ip -n $n xfrm state add src $s dst $d proto esp spi $spi reqid $id mode tunnel aead 'rfc4106(gcm(aes))' $K 128 if_id $id "$@" sel src ::/0 dst ::/0
}
policies() { # namespace local remote if_id
  for dir in in fwd; do
    ip -n $1 xfrm policy add dir $dir src ::/0 dst ::/0 if_id $4 tmpl src $3 dst $2 proto esp reqid $4 mode tunnel
  done
  ip -n $1 xfrm policy add dir out src ::/0 dst ::/0 if_id $4 tmpl src $2 dst $3 proto esp reqid $4 mode tunnel
}
outbound() { # delete and set again N's two outbound states, with or without marks
  for spi in 0x100 0x200; do ip -n N xfrm state del dst fe80::b proto esp spi $spi 2>/dev/null; done
  state N fe80::a1 fe80::b 0x100 1 $1
  state N fe80::a1 fe80::b 0x200 2 $2
}
state N fe80::b fe80::a1 0x101 1; state N fe80::b fe80::a1 0x201 2
state B fe80::a1 fe80::b 0x100 1; state B fe80::b fe80::a1 0x101 1
state C fe80::a1 fe80::b 0x200 2; state C fe80::b fe80::a1 0x201 2
policies N fe80::a1 fe80::b 1; policies N fe80::a1 fe80::b 2; policies B fe80::b fe80::a1 1; policies C fe80::b fe80::a1 2
ip -n N link add x1 type xfrm dev l1 if_id 1; ip -n N link set x1 netns NACP
ip -n N link add x2 type xfrm dev l2 if_id 2; ip -n N link set x2 netns NACP
ip -n B link add x1 type xfrm dev lk if_id 1; ip -n C link add x2 type xfrm dev lk if_id 2
for p in NACP:x1 NACP:x2 B:x1 C:x2; do ip -n ${p%:*} link set ${p#*:} addrgenmode none up; done
ip -n NACP addr add fe80::1:a1/64 dev x1 nodad; ip -n NACP addr add fe80::1:a2/64 dev x2 nodad
ip -n B addr add fe80::1:b/64 dev x1 nodad; ip -n C addr add fe80::1:c/64 dev x2 nodad
reach() { ip netns exec NACP ping -6 -c 2 -W 1 -i 0.3 fe80::1:$1%$2; }

outbound "" ""
both() { reach b x1 && reach c x2; }
check "without marks, one of two links loses its packets" not both
ip -n N -6 rule add fwmark 0x11 lookup 101; ip -n N -6 route add fe80::/64 dev l1 table 101
ip -n N -6 rule add fwmark 0x12 lookup 102; ip -n N -6 route add fe80::/64 dev l2 table 102
outbound "output-mark 0x11" "output-mark 0x12"
check "with an output mark, the first link's tunnel works" reach b x1
check "with an output mark, the second link's tunnel works" reach c x2
check "no inbound xfrm error was counted" sh -c "! ip netns exec N awk '/XfrmIn/ && \$2 > 0' /proc/net/xfrm_stat | grep ."
finish
