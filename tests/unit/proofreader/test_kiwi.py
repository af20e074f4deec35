import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from services.proofreader.korean.kiwi import load_kiwi


def test_the_allocator_is_told_what_to_give_back_before_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    class Module(ModuleType):
        def __getattr__(self, name: str) -> Any:
            told.append(os.environ.get("MIMALLOC_PURGE_DELAY"))
            return dict

    monkeypatch.delenv("MIMALLOC_PURGE_DELAY", raising=False)
    monkeypatch.setitem(sys.modules, "kiwipiepy", Module("kiwipiepy"))
    assert load_kiwi(num_workers=1) == {"load_multi_dict": False, "num_workers": 1}
    assert set(told) == {"0"}


def test_who_uses_the_analyser_does_not_load_the_allocator_by_an_import() -> None:
    check = (
        "import sys, orchestrator.__main__, services.proofreader.korean.analyser;"
        "sys.exit('kiwipiepy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0  # noqa: S603 - our own
