# Somebody sets the date past the end of the neighbours' certificates, and back: channels end within a second, say why, and
# return.
. ./checks
acpd=$ACP_ROOT/artifacts/publish/acpd
"$acpd" lab run --nodes 2 --topology line --dataplane userspace --timeout 240s --keep > lab.log 2>&1
check "two boxes have converged" grep passed: lab.log
lab=$(ip netns list | sed -n 's/^acp-\(lab.*\)-n1.*/\1/p')
channels() { "$acpd" channels --instance "$lab-n1" --json | grep -o '"interface"' | wc -l; }
until_channels() { for _ in $(seq "$2"); do [ "$(channels)" = "$1" ] && return; sleep 0.2; done; return 1; } # until_channels N TIMES
log=/run/acpd-lab/${lab#lab}/n1/log
began=$(cut -d. -f1 /proc/uptime)
date -s '+400 days' > /dev/null
check "the channel ends" until_channels 0 50
ended=$(cut -d. -f1 /proc/uptime)
check "because a certificate expired" grep 'CertificateExpired' "$log"
# The date is looked at every minute anyway: who hears of the step takes a second or two, and on a busy emulated machine some more.
check "it took $((ended - began)) s, asking included" test $((ended - began)) -le 30
check "acpd channel tells the reason" sh -c "'$acpd' channel fe80 --instance '$lab-n1' | grep expired"
date -s '-400 days' > /dev/null
check "with the right date it is back" until_channels 1 200
"$acpd" lab clean > /dev/null
finish
