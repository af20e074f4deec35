"""The parts of the measurements on a GPU, which run once each."""

import pytest

from bench.gemma.gpu.parts import stages


@pytest.mark.parametrize("shapes", ["4b 270m", "tiny tiny"])
def test_no_part_runs_twice(monkeypatch: pytest.MonkeyPatch, shapes: str) -> None:
    monkeypatch.setenv("BENCH_SHAPES", shapes)
    found = stages()
    names = [part.name for stage in found for part in stage]
    assert len(names) == len(set(names))
    assert all(found)
    assert {"device", "marked_tests", "divergence", f"models-{shapes.split()[1]}"} <= set(names)
    # What is worth most comes first.
    assert names.index(f"serving-{shapes.split(maxsplit=1)[0]}-bf16") < names.index("divergence")
