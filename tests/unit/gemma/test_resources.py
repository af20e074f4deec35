"""What is free, read from the files of made-up machines, and under a real cgroup where one can be made."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.gemma.fit.resources import MachineResources, free_disk, free_memory, suits_prompt_kernel

GIB = 2**30
READ = "import services.gemma.fit.resources as r; print(r.free_memory())"


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A machine with 8 GiB free and no cgroup."""
    write(tmp_path / "proc/meminfo", f"MemTotal: 99 kB\nMemAvailable:  {8 * 2**20} kB\n")
    write(tmp_path / "proc/self/cgroup", "")
    return tmp_path


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def limit_v2(system: Path, group: str, limit: str, used: int, inactive: int = 0) -> None:
    folder = system / "sys/fs/cgroup" / group
    write(folder / "memory.max", f"{limit}\n")
    write(folder / "memory.current", f"{used}\n")
    write(folder / "memory.stat", f"anon 5\ninactive_file {inactive}\n")


def test_without_a_limit_the_machines_memory_counts(system: Path) -> None:
    assert free_memory(system) == 8 * GIB


def test_a_limit_less_what_is_used_counts(system: Path) -> None:
    write(system / "proc/self/cgroup", "0::/pod/app\n")
    limit_v2(system, "pod/app", str(4 * GIB), GIB)
    assert free_memory(system) == 3 * GIB


def test_pages_of_files_that_can_be_dropped_are_free(system: Path) -> None:
    write(system / "proc/self/cgroup", "0::/\n")
    limit_v2(system, "", str(4 * GIB), 3 * GIB, inactive=2 * GIB)
    assert free_memory(system) == 3 * GIB


def test_a_limit_above_it_counts_too(system: Path) -> None:
    write(system / "proc/self/cgroup", "0::/pod/app\n")
    limit_v2(system, "pod/app", "max", GIB)
    limit_v2(system, "pod", str(2 * GIB), GIB)
    assert free_memory(system) == GIB


def test_version_1_is_read_too(system: Path) -> None:
    write(system / "proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a\n0::/\n")
    folder = system / "sys/fs/cgroup/memory"
    write(folder / "memory.limit_in_bytes", str(2 * GIB))
    write(folder / "memory.usage_in_bytes", str(GIB))
    write(folder / "memory.stat", f"total_inactive_file {GIB // 2}\n")
    assert free_memory(system) == GIB * 3 // 2


def test_what_is_used_beyond_a_limit_leaves_nothing(system: Path) -> None:
    write(system / "proc/self/cgroup", "0::/\n")
    limit_v2(system, "", str(GIB), 2 * GIB)
    assert free_memory(system) == 0


def test_the_disk_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert free_disk(tmp_path / "not" / "there") == pytest.approx(free_disk(tmp_path), rel=0.1)


def test_this_machine_can_be_read(tmp_path: Path) -> None:
    resources = MachineResources.read(tmp_path)
    assert resources.cpu.name == "cpu"
    assert resources.cpu.free_bytes > 0
    assert resources.cpu.bandwidth > 1e8
    assert resources.disk_bytes > 0


@pytest.fixture
def cgroup() -> Iterator[Path]:
    """A real one with a limit of 1 GiB."""
    version_1 = Path("/sys/fs/cgroup/memory")
    root, limit = (
        (version_1, "memory.limit_in_bytes") if version_1.is_dir() else (Path("/sys/fs/cgroup"), "memory.max")
    )
    folder = root / f"chorus-test-{os.getpid()}"
    try:
        folder.mkdir()
        (folder / limit).write_text(str(GIB))
    except OSError as error:
        pytest.skip(f"this machine lets no cgroup be made: {error.strerror}")
    yield folder
    folder.rmdir()


def test_a_real_cgroups_limit_counts(cgroup: Path) -> None:
    joined = f"import pathlib; pathlib.Path('{cgroup}/cgroup.procs').write_text('0'); {READ}"
    run = subprocess.run([sys.executable, "-c", joined], capture_output=True, text=True, check=True)  # noqa: S603
    assert GIB * 0.8 < int(run.stdout) <= GIB


@pytest.mark.parametrize(
    ("flags", "suits"),
    [
        ("sse4_2 avx2 fma", True),
        ("avx avx2", False),
        ("avx2 fma avx512f", False),
        ("neon", False),
    ],
)
def test_the_kernel_for_prompts_is_for_avx2_alone(tmp_path: Path, flags: str, suits: bool) -> None:
    write(tmp_path / "cpuinfo", f"processor\t: 0\nflags\t\t: fpu {flags} ht\n\nprocessor\t: 1\n")
    assert suits_prompt_kernel(tmp_path / "cpuinfo") is suits
    assert not suits_prompt_kernel(tmp_path / "none")
