"""A real POP3 server: Dovecot as a plain process with a configuration of its own."""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterparts.tls_server import Identity

CONFIG = """
base_dir = {base}/run
log_path = {base}/dovecot.log
protocols = pop3
ssl = required
ssl_cert = <{base}/server.pem
ssl_key = <{base}/server.pem
listen = 127.0.0.1
default_login_user = {login_user}
default_internal_user = {user}
default_internal_group = {group}
auth_username_chars =
disable_plaintext_auth = yes
mail_location = maildir:{base}/mail
first_valid_uid = 1
first_valid_gid = 1
mail_privileged_group =
pop3_uidl_format = %g
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base} allow_all_users=yes
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@contextlib.contextmanager
def serve_dovecot(identity: Identity, password: str, mails: dict[str, bytes]) -> Iterator[int]:
    """A running Dovecot with these mails (file name → bytes) for any user; its POP3S port."""
    binary = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        if os.environ.get("CI") == "true":
            pytest.fail("dovecot-pop3d is not installed")
        pytest.skip("dovecot-pop3d is not installed")
    # Not below pytest's folder: Dovecot's unprivileged helpers must be able to pass through.
    with tempfile.TemporaryDirectory(prefix="pb-dovecot-") as folder:
        base = Path(folder)
        base.chmod(0o755)
        port = _write_config(base, identity, password, mails)
        process = subprocess.Popen(
            [binary, "-F", "-c", str(base / "dovecot.conf")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            _wait(port, process, base)
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=10)


def _write_config(base: Path, identity: Identity, password: str, mails: dict[str, bytes]) -> int:
    (base / "mail" / "cur").mkdir(parents=True)
    (base / "mail" / "tmp").mkdir()
    (base / "mail" / "new").mkdir()
    identity.write(base / "server.pem")
    for name, mail in mails.items():
        (base / "mail" / "new" / name).write_bytes(mail)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    # As root Dovecot insists on unprivileged users of its own; otherwise everything is us.
    root = os.getuid() == 0
    me = pwd.getpwnam("dovecot") if root else pwd.getpwuid(os.getuid())
    if root:
        for path in (base / "mail", *(base / "mail").rglob("*")):
            os.chown(path, me.pw_uid, me.pw_gid)
    (base / "dovecot.conf").write_text(
        CONFIG.format(
            base=base,
            password=password,
            user=me.pw_name,
            login_user="dovenull" if root else me.pw_name,
            group=grp.getgrgid(me.pw_gid).gr_name,
            uid=me.pw_uid,
            gid=me.pw_gid,
            port=port,
        ),
        encoding="utf-8",
    )
    return port


def _wait(port: int, process: "subprocess.Popen[bytes]", base: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for _ in range(100):
        if process.poll() is not None:
            pytest.fail(f"dovecot ended: {process.communicate()[0].decode()}")
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), 1) as sock,
            context.wrap_socket(sock) as tls,
        ):
            if tls.recv(3) == b"+OK":
                return
        time.sleep(0.05)
    log = base / "dovecot.log"
    pytest.fail(f"dovecot did not answer: {log.read_text(encoding='utf-8') if log.exists() else ''}")
