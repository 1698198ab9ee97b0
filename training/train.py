"""Makes the model that is shipped: ``python -m training.train [CORRECTIONS.jsonl ...]``.

Reads training/messages and the files named, which have the same format: what reviewers corrected, message by message.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from csr_bot.core.classification import parse_model
from training.crossing import make_model
from training.data import UTTERANCES, read_labelled

TARGET: Final = Path(__file__).parent.parent / "src" / "csr_bot" / "model" / "requests.bin"


def main(corrections: list[str]) -> None:
    """Train on all messages and write the file."""
    messages = [*read_labelled(), *read_labelled([UTTERANCES, *map(Path, corrections)])]
    content = make_model(messages)
    TARGET.write_bytes(content)
    print(f"{parse_model(content).version}: {len(messages)} messages, {len(content):,} bytes in {TARGET.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
