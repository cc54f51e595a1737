"""cfn-lint's errors in a template, without its warnings.

It takes seconds of a processor, so that a template without errors is noted in a folder by its hash, and passes from then on:
also with other ports of this machine, which is how the templates of two local clouds differ.
"""

import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

PORTS = re.compile(r'(127\.0\.0\.1:|"(?:DNS_PORT|PROBE_PRIVATE_PORTS)": ?")[\d,]*')


def lint_once(lint, folder):
    def errors(template):
        good = Path(folder, sha256(PORTS.sub(r"\1", template).encode()).hexdigest())
        if good.exists():
            return []
        found = [match for match in lint(template) if match.rule.severity == "error"]
        if not found:
            # The set-up may be another user's.
            with suppress(OSError):
                good.parent.mkdir(parents=True, exist_ok=True)
                good.touch()
        return found

    return errors
