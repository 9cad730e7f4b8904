#!/usr/bin/env python3
"""Writes vectors.txt with scapy's ESP (Debian: python3-scapy, python3-cryptography), an implementation that shares nothing
with ours. One line each: algorithm esn spi sequence key+salt inner-packet esp-packet. The IV is the 64-bit sequence number."""
import hashlib, struct
from scapy.all import IPv6, UDP, Raw, raw
from scapy.layers.ipsec import SecurityAssociation, ESP

def h(label, n):
    return hashlib.shake_256(label.encode()).digest(n)

lines = []
for alg, name in (('AES-GCM', 'AesGcm256'), ('CHACHA20-POLY1305', 'ChaCha20Poly1305')):
    for esn in (False, True):
        for n, seq in ((0, 1), (1, 2), (2, 3), (3, 0xfffffffe), (8, 0x100000007), (64, 0x2fffffffe), (1378, 0x700000001)):
            if not esn and seq >= 1 << 32:
                seq &= 0xffffffff
            key = h(f'{alg}{esn}{n}', 36); spi = struct.unpack('!I', h(f's{n}', 4))[0] | 0x100
            inner = IPv6(src='fd89::1', dst='fd89::2') / UDP(sport=1, dport=2) / Raw(h(f'p{n}', n))
            inner = IPv6(raw(inner))
            sa = SecurityAssociation(ESP, spi=spi, crypt_algo=alg, crypt_key=key, tunnel_header=IPv6(src='fe80::1', dst='fe80::2'), esn_en=esn, esn=seq >> 32)
            out = sa.encrypt(inner, seq_num=seq & 0xffffffff, iv=struct.pack('!Q', seq), esn_en=esn, esn=seq >> 32)
            lines.append(' '.join((name, str(int(esn)), f'{spi:08x}', str(seq), key.hex(), raw(inner).hex(), raw(out[ESP]).hex())))
open('vectors.txt', 'w').write('\n'.join(lines) + '\n')
