import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from services.proofreader.korean.kiwi import load_kiwi


def test_the_allocator_is_told_what_to_give_back_before_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    variables = "MIMALLOC_PURGE_DELAY", "MIMALLOC_ALLOW_LARGE_OS_PAGES"

    class Module(ModuleType):
        def __getattr__(self, name: str) -> Any:
            told.append([os.environ.get(each) for each in variables])
            return dict

    for each in variables:
        # Set first, so that what the loading sets is taken back.
        monkeypatch.setenv(each, "")
        monkeypatch.delenv(each)
    monkeypatch.setitem(sys.modules, "kiwipiepy", Module("kiwipiepy"))
    assert load_kiwi(num_workers=1) == {"load_multi_dict": False, "num_workers": 1}
    assert told
    assert all(each == ["0", "0"] for each in told)


def test_who_uses_the_analyser_does_not_load_the_allocator_by_an_import() -> None:
    check = (
        "import sys, orchestrator.__main__, services.proofreader.korean.analyser;"
        "sys.exit('kiwipiepy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0  # noqa: S603 - our own
