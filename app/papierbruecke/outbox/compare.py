"""Is this backup a true earlier moment of that store? (pure)"""

from papierbruecke.outbox.store import Outbox


def compare(backup: Outbox, present: Outbox) -> list[str]:
    """What speaks against it, in German; empty = everything in the backup is as it was then.

    Content that the retention rule deleted since is no finding; what is still there must be the same.
    """
    then, now = backup.events(), present.events()
    findings = []
    if [row.hash for row in now[: len(then)]] != [row.hash for row in then]:
        findings.append("Das Protokoll der Sicherung ist nicht der Anfang des jetzigen.")
    states = {row.kennung: row.zustand for row in then if row.zustand is not None}
    lines = backup.find()
    if {line.kennung for line in lines} != set(states):
        findings.append("In der Sicherung fehlen Belege, die ihr Protokoll nennt.")
    for line in lines:
        content = present.get(line.kennung)
        same = content is None or (
            content == backup.get(line.kennung) and present.seiten(line.kennung) == backup.seiten(line.kennung)
        )
        if not same or line.zustand is not states.get(line.kennung):
            findings.append(f"Beleg {line.belegnummer} ist in der Sicherung nicht, wie er abgelegt wurde.")
    return findings
