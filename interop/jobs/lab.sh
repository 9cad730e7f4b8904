# A whole ACP of real daemons on this kernel. Emulation makes everything 10 to 20 times slower, hence the patience.
. ./checks
acpd=$ACP_ROOT/artifacts/publish/acpd
echo "kernel $(uname -r)"
check "a module for each part of kernel ESP" sh -c 'for m in xfrm_interface esp6 xfrm_user gcm seqiv veth macvlan tun; do modprobe $m || exit 1; done'
# Not through check: one wants to see it while it runs, and afterwards.
if "$acpd" lab run $LAB --timeout 300s --keep; then check "acpd lab run $LAB" true; else check "acpd lab run $LAB" false; fi

abutments=$(ip netns list | cut -d' ' -f1 | grep -i abut)
if [ -n "$SAME" ]; then
  twice() { # some box has one link-local address on more than one link
    for ns in $abutments; do
      ip -n "$ns" -6 -o addr show scope link | awk '{ print $4 }' | sort | uniq -d
    done | grep .
  }
  check "a box has the same link-local address on two links" twice
fi
case $LAB in *kernel*|*mixed*)
  states() { for ns in $abutments; do ip -n "$ns" xfrm state count; done | awk '{ n += $3 } END { exit n == 0 }'; }
  check "child SAs are in the kernel" states ;;
esac
"$acpd" lab clean > /dev/null
check "nothing is left: no namespaces" sh -c '! ip netns list | grep .'
finish
