"""Node's programs: installed as their lock says, run in bounded time, ended by their id."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import RawIOBase
from pathlib import Path

INSTALLING = 300.0
"""Longest time for packages to be installed, in seconds."""

RUNNING = 120.0
"""Longest time for a program, in seconds, unless it is given another."""


class Failed(Exception):
    """A program, or a whole suite, didn't do what was asked of it; the message says what."""


async def install(folder: Path) -> None:
    """Install a folder's packages, unless they are there as its lock says.

    Raises:
        Failed: where that can't be done.
    """
    lock, done = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    await run("npm", "ci", *options, folder=folder, seconds=INSTALLING)


async def run(*command: str, folder: Path, seconds: float = RUNNING, **environment: object) -> str:
    """What a program prints, which is given these variables.

    Raises:
        Failed: where it fails, or takes longer.
    """
    process = await _started(*command, folder=folder, **environment)
    try:
        async with asyncio.timeout(seconds):
            output, errors = await process.communicate()
    except TimeoutError:
        raise Failed(f"{' '.join(command)} took longer than {seconds:g} s") from None
    finally:
        await _ended(process)
    if process.returncode:
        raise Failed(f"{' '.join(command)} failed:\n{errors.decode()}{output.decode()}")
    return output.decode()


@asynccontextmanager
async def serving(
    *command: str,
    folder: Path,
    says: str,
    log: Path | None = None,
    seconds: float = RUNNING,
    **environment: object,
) -> AsyncIterator[re.Match[str]]:
    """A server, from when it prints a line with the pattern ``says``, which is given, to the end
    of the block. What it prints goes into the file ``log``, as it comes.

    Raises:
        Failed: where it ends before, or takes longer.
    """
    process = await _started(*command, folder=folder, **environment)
    reading = None
    record = (log or Path(os.devnull)).open("wb", buffering=0)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(seconds):
            found, told = None, b""
            while found is None:
                line = await process.stdout.readline()
                if not line:
                    raise Failed(f"{' '.join(command)} ended before it served:\n{told.decode()}")
                told += line
                found = re.search(says, line.decode())
        record.write(told)
        reading = asyncio.gather(
            *(_copied(each, record) for each in (process.stdout, process.stderr) if each)
        )
        yield found
    except TimeoutError:
        raise Failed(f"{' '.join(command)} didn't serve within {seconds:g} s") from None
    finally:
        await _ended(process)
        if reading is not None:
            await reading
        record.close()


async def _copied(source: asyncio.StreamReader, target: RawIOBase) -> None:
    while piece := await source.read(65_536):
        target.write(piece)


async def _started(
    *command: str, folder: Path, **environment: object
) -> asyncio.subprocess.Process:
    program = shutil.which(command[0])
    if program is None:
        raise Failed(f"{command[0]} is not installed")
    return await asyncio.create_subprocess_exec(
        program,
        *command[1:],
        cwd=folder,
        env={**os.environ, **{name: str(value) for name, value in environment.items()}},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End a program and what it started: Node out of a Python package is itself started by one."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
