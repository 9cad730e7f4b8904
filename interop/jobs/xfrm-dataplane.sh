# KernelDataPlane against itself and against the user-space one, on this kernel. `interop/run` publishes the program.
exec 2>&1
echo "kernel $(uname -r)"
program=$ACP_ROOT/artifacts/interop/dataplane-check/dataplane-check
"$program" $PLANES
