"""One log for everything: structlog's events and the standard library's, as JSON lines or for a terminal, on stderr."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["auto", "console", "json"]
Level = Literal["debug", "info", "warning", "error"]

LONGEST = 2000  # characters of one value: a log line must never carry a page
DEEPEST = 4  # levels of lists and objects in one value

# These tell of every request or of every odd page at "info"; the stages log what matters of that themselves.
CHATTY = (
    "alembic", "celery.app.trace", "celery.worker.strategy", "htmldate", "httpcore2", "httpx2", "trafilatura", "urllib3",
)  # fmt: skip

# A bounded, linear look: both begin at a character that is rare in text.
_IN_URL = re.compile(r"(://[^\s/:@]{0,200}:)[^\s/]+@")
_IN_QUERY = re.compile(
    r"(?i)([?&](?:access_|auth_)?(?:api_?key|key|pass|password|secret|sig|signature|token)=)[^\s&#]+"
)
_SECRET_KEY = re.compile(r"(?i)passw|secret|token|credential|authorization|cookie|api_?key|private_?key")
_MULTILINE = frozenset({"exception", "stack"})
# What would move a terminal's cursor or turn the reading direction is shown, not obeyed.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"} | {
    code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def set_up_logging(format: Format = "auto", level: Level = "info", stream: TextIO | None = None) -> None:  # noqa: A002
    """Send every log line of this process to `stream` (stderr) in one form; calling it again replaces the form.

    "auto" is "console" on a terminal and "json" elsewhere. Lines carry an ISO 8601 UTC `timestamp`, `level`, `logger`,
    `event` and what is bound by structlog's context variables. Passwords are hidden and long values cut.
    """
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # so that a second call counts for loggers that exist
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                tidy,
                *_ending(format, stream),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)
    logging.getLogger("celery.beat").addFilter(_is_news)
    logging.captureWarnings(True)


def _is_news(record: logging.LogRecord) -> bool:
    """Beat says of every tick that it is due, some forty thousand times a day."""
    return not record.getMessage().startswith("Scheduler: Sending due task")


def hide(text: str) -> str:
    """Return `text` with the passwords of its URLs, and keys in their queries, replaced by three stars."""
    return _IN_QUERY.sub(r"\1***", _IN_URL.sub(r"\1***@", text))


def tidy(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Make every value of a log event safe to print: secrets hidden, nothing long or deep."""
    return {key: _tidy(key, value, DEEPEST) for key, value in event.items()}


def _tidy(key: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_KEY.search(key):
        return "***"
    if isinstance(value, dict) and depth:
        return {str(inner): _tidy(str(inner), one, depth - 1) for inner, one in list(value.items())[:50]}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [_tidy("", one, depth - 1) for one in list(value)[:50]]
    return _short(hide(value if isinstance(value, str) else str(value)))


def _short(text: str) -> str:
    """Cut the middle out of a long text: a traceback says where at one end and what at the other."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {len(text) - LONGEST} more … {text[-half:]}"


def _shown(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Show the controls in every text; a traceback alone keeps its lines."""
    shown = {key: value.translate(_CONTROLS) if isinstance(value, str) else value for key, value in event.items()}
    flat = {
        key: value.replace("\n", "\\n")
        for key, value in shown.items()
        if isinstance(value, str) and key not in _MULTILINE
    }
    return shown | flat


def _ending(format: Format, stream: TextIO) -> list[Processor]:  # noqa: A002
    if format == "json" or (format == "auto" and not stream.isatty()):
        return [structlog.processors.JSONRenderer(serializer=json.dumps, ensure_ascii=False)]
    plain = structlog.dev.plain_traceback
    return [_shown, structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain, pad_event_to=0)]
