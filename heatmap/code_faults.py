"""What is wrong in a reader or a page that somebody wrote: a sentence with the file, the line and the next step, in place of a
traceback."""

from __future__ import annotations

import traceback
from pathlib import Path

from heatmap.settings import ROOT


def say_code_fault(fault: BaseException, path: Path) -> str:
    """What Python says of a module, and where in it.

    path    the module; the last line of it that ran is the one to look at

    >>> try: compile("def read(path:\\n", "etl/readers/a.py", "exec")
    ... except SyntaxError as fault: say_code_fault(fault, Path("etl/readers/a.py"))
    "etl/readers/a.py: line 1: Python cannot read this line: '(' was never closed. Correct it and try again."
    """
    named = path.resolve()
    shown = named.relative_to(ROOT).as_posix() if named.is_relative_to(ROOT) else path.as_posix()
    if isinstance(fault, SyntaxError):
        elsewhere = fault.filename and Path(fault.filename).resolve() != named
        shown = Path(fault.filename or "").name if elsewhere else shown
        return f"{shown}: line {fault.lineno}: Python cannot read this line: {fault.msg}. Correct it and try again."
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if Path(frame.filename).resolve() == named]
    where = f"line {frames[-1].lineno}: " if frames else ""
    what = " ".join(str(fault).split())[:160]
    return f"{shown}: {where}it stops with {type(fault).__name__}{f': {what}' if what else ''}. Correct that line and try again."
