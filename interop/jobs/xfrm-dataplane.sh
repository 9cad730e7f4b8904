# KernelDataPlane against itself or against the user-space one, on this kernel.
. ./checks
echo "kernel $(uname -r)"
program=$ACP_ROOT/artifacts/interop/dataplane-check/dataplane-check
status=0
"$program" $PLANES || status=1
if [ -n "$THEN" ]; then "$program" $THEN || status=1; fi
exit $status
