"""A real LDAP server: OpenLDAP's slapd as a plain process, with entries as the VZD has them."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from counterparts.tls_server import Identity

# Attributes of gemSpec_VZD; the object identifiers are from the arc that is free for experiments.
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
{attributes}
objectclass ( 1.3.6.1.4.1.4203.666.7.2.1 NAME 'vzd-komleview' SUP top STRUCTURAL
  MUST uid MAY ( displayName $ mail $ {names} ) )
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {base}/slapd.pid
TLSCertificateFile {base}/server.pem
TLSCertificateKeyFile {base}/server.pem
TLSCACertificateFile {base}/client.pem
TLSVerifyClient demand
sizelimit size.soft=10 size.hard=10
database mdb
suffix "dc=vzd"
directory {base}/db
index domainID,entryType eq
access to * by * read
"""
NAMES = ("domainID", "entryType", "komLeData", "kimData")
REFERRAL = """
dn: ou=anderswo,dc=data,dc=vzd
objectClass: referral
objectClass: extensibleObject
ou: anderswo
ref: ldap://verzeichnis.invalid/dc=data,dc=vzd
"""


def kasse(uid: str, name: str, iks: Sequence[str], *, typ: str = "5", **values: Sequence[str]) -> str:
    """One entry of the flat list as LDIF; ``values``: mail, komLeData, kimData."""
    lines = [f"dn: uid={uid},dc=data,dc=vzd", "objectClass: vzd-komleview", f"uid: {uid}", f"displayName: {name}"]
    lines += [f"domainID: {ik}" for ik in iks] + [f"entryType: {typ}"]
    lines += [f"{attribute}: {value}" for attribute, given in values.items() for value in given]
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def serve_slapd(identity: Identity, client: Identity, entries: Sequence[str]) -> Iterator[int]:
    """A running slapd that demands this client certificate; its LDAPS port."""
    binary = shutil.which("slapd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/lib/openldap")
    if binary is None:
        if os.environ.get("CI") == "true":
            pytest.fail("slapd is not installed")
        pytest.skip("slapd is not installed")
    with tempfile.TemporaryDirectory(prefix="pb-slapd-") as folder:
        base = Path(folder)
        _write(base, identity, client)
        _load(binary, base, entries)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = int(listener.getsockname()[1])
        process = subprocess.Popen(
            [binary, "-f", str(base / "slapd.conf"), "-h", f"ldaps://127.0.0.1:{port}", "-d", "none"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=10)


def _write(base: Path, identity: Identity, client: Identity) -> None:
    (base / "db").mkdir()
    identity.write(base / "server.pem")
    (base / "client.pem").write_bytes(client.certificate_pem)
    attributes = "\n".join(
        f"attributetype ( 1.3.6.1.4.1.4203.666.7.1.{number} NAME '{name}' EQUALITY caseIgnoreMatch "
        "SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"
        for number, name in enumerate(NAMES)
    )
    text = CONFIG.format(base=base, attributes=attributes, names=" $ ".join(NAMES))
    (base / "slapd.conf").write_text(text, encoding="utf-8")


def _load(binary: str, base: Path, entries: Sequence[str]) -> None:
    tree = (
        "dn: dc=vzd\nobjectClass: domain\ndc: vzd\n",
        "dn: dc=data,dc=vzd\nobjectClass: domain\ndc: data\n",
    )
    (base / "vzd.ldif").write_text("\n".join((*tree, *entries)), encoding="utf-8")
    add = [binary, "-T", "add", "-f", str(base / "slapd.conf"), "-l", str(base / "vzd.ldif")]
    loaded = subprocess.run(add, capture_output=True, timeout=30)
    assert loaded.returncode == 0, loaded.stderr.decode()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise AssertionError(process.communicate()[0].decode(errors="replace"))
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise AssertionError("slapd does not listen")
