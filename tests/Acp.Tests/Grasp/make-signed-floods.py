#!/usr/bin/env python3
"""Writes tests/Acp.Tests/Vectors/signed-floods.txt: signed M_FLOODs by a second hand, step by step as section 4.1 of
draft-carpenter-anima-grasp-ext-sign says, with Debian's python3-cbor2 and python3-cryptography.

Keys are new each time, so that a run gives other octets; what they have to do is verify.
"""
import datetime
import hashlib
import ipaddress
import sys

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

ADDRESS = ipaddress.IPv6Address("fd89:b714:f3db:0:200:0:6400:2")
LATER = datetime.datetime(2125, 1, 1)
SINCE = datetime.datetime(2026, 1, 1)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, key, issuer, issuer_key, ca, node=None):
    builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(SINCE).not_valid_after(LATER)
               .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
               .add_extension(x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=False, content_commitment=False,
                                            key_encipherment=False, data_encipherment=False, key_agreement=False,
                                            encipher_only=False, decipher_only=False), critical=True))
    if node:
        text = node.encode("ascii")
        builder = builder.add_extension(x509.SubjectAlternativeName([
            x509.OtherName(ObjectIdentifier("1.3.6.1.5.5.7.8.10"), bytes([0x16, len(text)]) + text)]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.DER)


def sign(flood, key, kid, algorithm, digest, size):
    # 1 to 3: a copy of the message with the loop count of the first objective set to zero
    copy = cbor2.loads(cbor2.dumps(flood))
    copy[4][0][2] = 0
    payload = cbor2.dumps(copy)
    protected = cbor2.dumps({1: algorithm, 4: kid})
    r, s = decode_dss_signature(key.sign(cbor2.dumps(["Signature1", protected, b"", payload]), ec.ECDSA(digest)))
    signature = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    cose = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, None, signature]))
    return cbor2.dumps(flood + [[107, cose]])


def main():
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("second hand root", root_key, "second hand root", root_key, True)
    lines = [("ROOT", root)]
    node = ADDRESS.exploded.replace(":", "") + "@acp.example.com"
    for label, curve, algorithm, digest, size in (("ES256", ec.SECP256R1(), -7, hashes.SHA256(), 32),
                                                  ("ES384", ec.SECP384R1(), -35, hashes.SHA384(), 48)):
        key = ec.generate_private_key(curve)
        leaf = certificate("second hand node", key, "second hand root", root_key, False, node)
        kid = hashlib.sha256(leaf).digest()
        locator = [103, ADDRESS.packed, 6, 443]
        one = [9, 0x12345678, ADDRESS.packed, 210000, [["SRV.est", 4, 255, "EST-TLS"], locator]]
        two = [9, 1, ADDRESS.packed, 0, [["411:first", 5, 6, {"a": [1, 2.5, None]}], []], [["411:second", 5, 200, b"\x00"], locator]]
        lines += [(label + "-CERTIFICATE", leaf), (label + "-ONE", sign(one, key, kid, algorithm, digest, size)),
                  (label + "-TWO", sign(two, key, kid, algorithm, digest, size))]
    print("# Signed M_FLOODs by make-signed-floods.py: python3-cbor2 and python3-cryptography. Line: NAME <TAB> hex")
    for label, octets in lines:
        print(label + "\t" + octets.hex())


sys.exit(main())
