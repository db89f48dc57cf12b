"""What a child gives up before it looks at a stranger's byte. Nothing of it can be taken back."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path

import pyseccomp

from vanthu.room import landlock
from vanthu.room.limits import Limits

#: Calls to the kernel that reading files, computing and speaking over an open socket need; all others fail.
_CALLS = """
    read readv pread64 preadv write writev pwrite64 pwritev lseek close close_range
    open openat stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
    getdents getdents64 getcwd mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    ftruncate truncate fallocate fsync fdatasync chmod fchmod fchmodat umask utimensat flock fcntl
    sendfile copy_file_range fadvise64 mmap munmap mremap mprotect madvise brk memfd_create
    futex set_robust_list rseq membarrier sched_yield sched_getaffinity getrandom uname sysinfo
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending sigaltstack restart_syscall
    getpid gettid getppid getuid geteuid getgid getegid getrusage getrlimit times
    clock_gettime clock_getres clock_nanosleep gettimeofday time nanosleep
    poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2 pipe2 socketpair
    sendto recvfrom sendmsg recvmsg shutdown getsockopt setsockopt dup dup2 dup3 exit exit_group
"""
#: Of open files: is it a terminal; wait or not; close when another program begins, or not.
_REQUESTS = (0x5401, 0x5421, 0x5451, 0x5450)
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 4, 38, 24
_PR_SET_SECCOMP, _MODE_FILTER, _INSTRUCTION = 22, 2, 8
_LAST_CAPABILITY = 63
_CAPABILITIES_VERSION = 0x20080522

#: Folders a reader may need: the system's own files, the interpreter and this package.
READABLE = tuple(
    dict.fromkeys(
        Path(each)
        for each in (
            "/usr",
            "/lib",
            "/lib64",
            "/etc/ld.so.cache",
            "/proc/self",
            "/dev/null",
            "/dev/urandom",
            sys.base_prefix,
            sys.prefix,
            str(Path(__file__).parents[1]),
        )
    )
)
_libc = ctypes.CDLL(None, use_errno=True)


class Missing(Exception):
    """This machine does not give a protection that cannot be done without."""


def protections() -> dict[str, bool]:
    """Which protections of a child this machine has, by name; without `seccomp` nothing is read."""
    return {"landlock": landlock.version() > 0, "seccomp": _has_seccomp()}


def confine(limits: Limits, work: Path) -> None:
    """Set the limits and give up all rights but to read the system's files and to write in `work`.

    No network, no new process, no signal to others, no other file. Raises Missing, OSError.
    """
    _limit(limits)
    os.umask(0o077)
    with contextlib.suppress(OSError):
        # When the machine runs out of memory, this process goes first.
        Path("/proc/self/oom_score_adj").write_text("1000")
    give_up_rights()
    if landlock.version():
        landlock.keep_only(read=READABLE, work=[work])
    load(call_filter())


def give_up_rights() -> None:
    """No capability, now or later, and nobody may look into this process. Raises Missing."""
    _drop_capabilities()
    _control(_PR_SET_DUMPABLE, 0)
    _control(_PR_SET_NO_NEW_PRIVS, 1)


def _limit(limits: Limits) -> None:
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.output),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(what, (most, most))
    # The first limit ends it with a signal that says why; the second, when both come at once, would not.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.processor, limits.processor + 1))
    # A write beyond the limit is an error to the reader, not its death.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _drop_capabilities() -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _libc.capset(ctypes.byref(header), ctypes.byref(nothing))


def _control(what: int, value: int) -> None:
    if _libc.prctl(what, value, 0, 0, 0) != 0:
        raise Missing(f"prctl {what}")


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def load(program: bytes) -> None:
    """Have every further call to the kernel judged by a filter. Raises Missing."""
    instructions = _Program(len(program) // _INSTRUCTION, program)
    if _libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(instructions), 0, 0) != 0:
        raise Missing("seccomp")


@functools.cache
def call_filter() -> bytes:
    """The filter as the kernel takes it: made once, by the zygote."""
    calls = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in _CALLS.split():
        with contextlib.suppress(OSError, ValueError):
            # A name that another kind of processor does not know.
            calls.add_rule(pyseccomp.ALLOW, name)
    # Newer calls the C library tries first; it falls back on the older ones when there are none.
    for name in ("clone3", "openat2", "io_uring_setup"):
        calls.add_rule(pyseccomp.ERRNO(errno.ENOSYS), name)
    for request in _REQUESTS:
        calls.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    # Asking for a limit, of itself; setting another's or its own is refused.
    calls.add_rule(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(2, pyseccomp.EQ, 0))
    with tempfile.TemporaryFile() as file:
        calls.export_bpf(file)
        file.seek(0)
        return file.read()


def _has_seccomp() -> bool:
    return "Seccomp:" in Path("/proc/self/status").read_text()
