"""The times of whole commands are kept by recipe, and told in words."""

from dataclasses import replace

from benchmarks.commands import Timing, read_timings, write_timing

SMALL = Timing("small", 41.2, 17.5, 2)


def test_a_new_timing_takes_the_place_of_the_recipes_last_one(tmp_path):
    path = tmp_path / "commands.csv"
    assert read_timings(path) == {}
    classic = Timing("classic", 1500.0, 1460.0, 1)
    for timing in (SMALL, classic, replace(SMALL, command_seconds=40.0)):
        write_timing(timing, path)
    assert list(read_timings(path).values()) == [replace(SMALL, command_seconds=40.0), classic]


def test_a_time_is_told_in_seconds_or_minutes_with_the_cores():
    assert str(SMALL) == "41 s on 2 CPU cores"
    assert str(Timing("compact", 1930.0, 1900.0, 1)) == "32 min on one CPU core"
