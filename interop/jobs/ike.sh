# IKEv2 with other people's implementations: all of $VARIANTS in this VM.
exec bash "$ACP_ROOT/interop/lib/ike" $VARIANTS
