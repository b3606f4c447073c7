"""What is left of memory is the least that machine, control groups and limits leave."""

import subprocess
import sys

import pytest

from x2vec._memory import available

MACHINE = "MemTotal:       16000000 kB\nMemAvailable:    4000000 kB\n"


@pytest.fixture
def system(tmp_path):
    """A machine with 4,096,000,000 bytes left, and a function that writes further files of it."""

    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    write("proc/meminfo", MACHINE)
    write.left = lambda: available(proc=tmp_path / "proc", groups=tmp_path / "groups")
    return write


def test_without_limits_it_is_what_the_kernel_can_give(system):
    assert system.left() == 4_000_000 * 1024


def test_a_group_of_version_2_leaves_its_limit_less_what_cannot_be_had_back(system):
    system("proc/self/cgroup", "0::/jobs/one\n")
    system("groups/jobs/one/memory.max", "1000000\n")
    system("groups/jobs/one/memory.current", "700000\n")
    system("groups/jobs/one/memory.stat", "anon 500000\ninactive_file 150000\nactive_file 50000\n")
    assert system.left() == 1_000_000 - 700_000 + 150_000 + 50_000


def test_the_group_above_counts_too(system):
    system("proc/self/cgroup", "0::/jobs/one\n")
    system("groups/jobs/one/memory.max", "max\n")
    system("groups/jobs/one/memory.current", "700000\n")
    system("groups/jobs/memory.max", "800000\n")
    system("groups/jobs/memory.current", "750000\n")
    assert system.left() == 50_000


def test_a_group_of_version_1_is_read_with_what_is_below_it(system):
    system("proc/self/cgroup", "5:cpu:/x\n4:memory:/box\n0::/\n")
    system("groups/memory/box/memory.limit_in_bytes", "1000000\n")
    system("groups/memory/box/memory.usage_in_bytes", "900000\n")
    system("groups/memory/box/memory.stat", "inactive_file 1\ntotal_inactive_file 30000\n")
    assert system.left() == 130_000


def test_in_a_container_the_group_s_files_stand_at_the_top(system):
    system("proc/self/cgroup", "4:memory:/docker/0123\n")
    system("groups/memory/memory.limit_in_bytes", "1000000\n")
    system("groups/memory/memory.usage_in_bytes", "400000\n")
    assert system.left() == 600_000


def test_a_group_that_is_over_its_limit_leaves_nothing(system):
    system("proc/self/cgroup", "0::/one\n")
    system("groups/one/memory.max", "1000\n")
    system("groups/one/memory.current", "1500\n")
    assert system.left() == 0


@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_a_limit_of_the_shell_leaves_no_more_than_it_says(limit):
    resource = pytest.importorskip("resource", reason="this system has no such limits")
    program = (
        "import resource, sys; from x2vec._memory import available;"
        f"resource.setrlimit(resource.{limit}, (2**31, 2**31)); print(available())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert 2**30 < int(done.stdout) < 2**31, resource.__name__
