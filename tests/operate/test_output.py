from __future__ import annotations

from pathlib import Path

from workers.operate.output import bound, last_lines, open_output


def test_an_output_over_its_bound_is_moved_and_the_open_file_goes_on(tmp_path: Path) -> None:
    """What was printed goes to `.1`; the process that has the file open appends to the emptied file."""
    path = tmp_path / "logs" / "a.log"
    with open_output(path) as file:
        file.write(b"x" * 100)
        file.flush()
        bound(path, limit=99)
        file.write(b"later")
    assert path.read_bytes() == b"later"
    assert (tmp_path / "logs" / "a.log.1").read_bytes() == b"x" * 100


def test_an_output_under_its_bound_stays(tmp_path: Path) -> None:
    """A small file, or none, is left alone."""
    bound(tmp_path / "none.log")
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 99)
    bound(path, limit=99)
    assert path.stat().st_size == 99
    assert not (tmp_path / "a.log.1").exists()


def test_the_last_lines_are_few_and_readable(tmp_path: Path) -> None:
    """Only the end of a long file is read; no file is no text."""
    assert last_lines(tmp_path / "none.log") == ""
    path = tmp_path / "a.log"
    path.write_bytes(b"\xff" * 10_000 + b"\none\ntwo\nthree\n")
    assert last_lines(path, 2) == "two\nthree"
    assert len(last_lines(path, 99)) <= 4000
