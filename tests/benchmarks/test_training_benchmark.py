"""The benchmark of training makes each run once, loses none, and its table is what the rows say."""

import json
from dataclasses import MISSING, fields, replace

import pytest

from benchmarks import training
from benchmarks.runs import Row, ablated, append_row, chosen_with, ensemble_row, read_rows, settings, table
from model.data.mnist import Split
from model.reading.card import Card, Member, Parameters
from model.reading.handwriting_scores import PenScores
from model.reading.store import TRAINED
from model.recipes import RECIPES, Recipe

ROW = Row("small", "", 1, 30.0, 1500.0, 0.9951, 0.9941, 59, None, 1, 80_538, 2, settings(RECIPES["small"]))


@pytest.fixture
def small(monkeypatch, test_set):
    """Training on a few hundred images."""
    splits = {"train": Split(*(array[:400] for array in test_set)), "test": Split(*(array[-50:] for array in test_set))}
    monkeypatch.setattr(training, "read_split", splits.get)


def test_each_row_of_the_shipped_table_holds_the_whole_recipe():
    names = {field.name for field in fields(Recipe)} - {"seed"}
    for row in read_rows():
        assert names <= {setting.split("=")[0] for setting in row.settings.split()}


def test_a_default_that_changes_drops_no_row_of_the_table(monkeypatch):
    before = table(read_rows()).splitlines()
    position = [field.name for field in fields(Recipe) if field.default is not MISSING].index("label_smoothing")
    defaults = list(Recipe.__init__.__defaults__)
    defaults[position] = 0.3
    monkeypatch.setattr(Recipe.__init__, "__defaults__", tuple(defaults))
    monkeypatch.setattr(Recipe.__dataclass_fields__["label_smoothing"], "default", 0.3)
    assert Recipe("small", 1, 1, "adam", "constant", 0.1, "none").label_smoothing == 0.3
    assert table(read_rows()).splitlines() == before


def test_rows_are_read_as_they_were_added(tmp_path):
    path = tmp_path / "training.csv"
    rows = [ROW, replace(ROW, seed=2, pen_accuracy=0.99), replace(ROW, ablation="no warp")]
    assert read_rows(path) == []
    for row in rows:
        append_row(row, path)
    assert read_rows(path) == rows
    assert [file.name for file in tmp_path.iterdir()] == ["training.csv"]


def test_the_table_has_mean_standard_deviation_and_the_share_of_the_articles_time():
    rows = [ROW, replace(ROW, seed=2, test_accuracy=0.9945, training_seconds=60.0)]
    assert "| `small` | 99.430 ± 0.028 % | 2 |  | 0.8 min on 2 cores | 3.0 % |" in table(rows).splitlines()


def test_the_table_tells_how_well_peoples_drawings_are_read_where_each_network_was_given_them():
    rows = [replace(ROW, seed=seed, pen_accuracy=share) for seed, share in ((1, 0.98), (2, 0.99))]
    assert "| 2 | 98.50 ± 0.71 % |" in table(rows)
    assert "| 3 |  |" in table([*rows, replace(ROW, seed=3)])


def test_an_ensemble_has_a_line_of_its_own_behind_that_of_its_recipe():
    rows = [replace(ROW, members=5, test_accuracy=0.9961), ROW]
    lines = table(rows).splitlines()[2:]
    assert [line.split(" | ")[:3] for line in lines] == [
        ["| `small`", "99.410 %", "1"],
        ["| `small`, an ensemble of 5", "99.610 %", "5"],
    ]


def ensemble_card(seeds: list[int]) -> Card:
    """That of an ensemble of small networks."""
    card = Card.load(TRAINED / "compact")
    test = replace(card.test, accuracy=0.9958, errors=42)
    return replace(
        card,
        recipe=RECIPES["small"],
        members=tuple(Member(seed, card.validation, test, 30.5, 2) for seed in seeds),
        training_seconds=61.0,
        validation=replace(card.validation, accuracy=0.996),
        test=test,
        pens=PenScores(2, 1, refused={}, accuracy={"pen width 8": 0.97, "tilt 15": 0.96}),
        parameters=Parameters(161_076, 161_076, 0),
        cpu_cores=2,
    )


def test_an_ensemble_is_timed_beside_what_its_members_were():
    rows = [ROW, replace(ROW, seed=2, article_seconds=1600.0), replace(ROW, seed=3, article_seconds=9e9)]
    row = ensemble_row(ensemble_card([1, 2]), rows)
    assert row == Row("small", "", 1, 61.0, 1550.0, 0.996, 0.9958, 42, 0.965, 2, 161_076, 2, settings(RECIPES["small"]))
    assert row.key not in {row.key for row in rows}


def test_a_run_that_cannot_be_compared_with_the_article_counts_for_all_but_the_times(tmp_path):
    rows = [ROW, replace(ROW, seed=2, article_seconds=None, training_seconds=9000.0)]
    append_row(rows[1], tmp_path / "rows.csv")
    assert read_rows(tmp_path / "rows.csv") == rows[1:]
    assert "| `small` | 99.410 ± 0.000 % | 2 |  | 0.5 min on 2 cores | 2.0 % |" in table(rows)
    assert "| 99.410 % | 1 |  |  |  |" in table(rows[1:])


def test_an_ensemble_of_which_a_member_has_no_row_is_refused(tmp_path, capfd):
    path, folder = tmp_path / "rows.csv", tmp_path / "ensemble"
    append_row(ROW, path)
    folder.mkdir()
    ensemble_card([1, 4]).save(folder)
    flags = ["--csv", str(path), "--ensemble", str(folder)]
    assert training.main(flags) == 2
    assert "Run its members first: --networks small. Received: no rows of the seeds 4" in capfd.readouterr().err
    append_row(replace(ROW, seed=4), path)
    assert training.main(flags) == training.main(flags) == 0
    assert [row.members for row in read_rows(path)] == [1, 1, 2]


def test_a_single_network_is_no_ensemble():
    with pytest.raises(ValueError, match="It is no ensemble"):
        ensemble_row(ensemble_card([]), [ROW])


def test_the_table_keeps_times_on_fewer_cores_apart():
    rows = [ROW, replace(ROW, seed=2, cores=1, training_seconds=90.0)]
    assert "| 0.5 min on 2 cores, 1.5 min on 1 core |" in table(rows)


def test_the_table_is_of_the_recipes_as_they_are_now():
    assert table([replace(ROW, settings=settings(RECIPES["small"].changed(epochs=9)))]) == ""


def test_a_recipe_that_has_been_added_to_is_an_ablation_of_what_it_is_now():
    before = chosen_with(RECIPES["compact"]).changed(unwarped_share=0.0)
    row = replace(ROW, network="compact", settings=settings(before))
    assert "`compact`, warp to the end |" in table([row])


def test_the_settings_tell_recipes_apart_but_not_seeds():
    recipe = RECIPES["compact"]
    assert settings(recipe) == settings(recipe.changed(seed=9))
    assert settings(recipe) != settings(recipe.changed(epochs=9))


def test_only_what_a_recipe_has_is_taken_away():
    assert set(ablated(RECIPES["classic"])) == set()
    assert set(ablated(RECIPES["compact"])) == {
        "no warp",
        "warp to the end",
        "constant learning rate",
        "no synthetic images",
        "not told what is drawn",
        "no label smoothing",
        "float32",
    }
    chosen = chosen_with(RECIPES["compact"])
    assert ablated(RECIPES["compact"])["no warp"] == replace(chosen, augment="none", unwarped_share=0.0)


def test_the_runs_with_which_the_choices_were_made_stand_below_those_of_the_recipe():
    recipe = RECIPES["compact"]
    final, choice = (replace(ROW, network="compact", settings=settings(each)) for each in (recipe, chosen_with(recipe)))
    lines = table([choice, final]).splitlines()[2:]
    assert [line.split(" | ")[0] for line in lines] == ["| `compact`", "| `compact`, as the choices were made"]


def test_runs_are_made_once_and_their_networks_kept(small, tmp_path, capfd):
    drawn = {"label": 1, "writer": 7, "strokes": [[[50, 200], [50, 400]]]}
    (tmp_path / "strokes.jsonl").write_text(json.dumps(drawn))
    flags = [
        "--networks",
        "small",
        "--seeds",
        "2",
        "--csv",
        str(tmp_path / "rows.csv"),
        "--keep",
        str(tmp_path / "kept"),
    ]
    flags += ["--strokes", str(tmp_path / "strokes.jsonl")]
    assert training.main(flags) == 0
    rows = read_rows(tmp_path / "rows.csv")
    assert [(row.network, row.ablation, row.seed) for row in rows] == [("small", "", 1), ("small", "", 2)]
    for row in rows:
        card = Card.load(tmp_path / "kept" / f"member-{row.seed}")
        assert (row.test_errors, row.parameters) == (card.test.errors, card.parameters.total)
        assert row.training_seconds > 0
        assert row.article_seconds > 0
        assert 0 <= row.pen_accuracy <= 1
    before = (tmp_path / "rows.csv").read_bytes()
    assert "Run 2 of 2" in capfd.readouterr().out
    assert training.main(flags) == 0
    assert "Run" not in capfd.readouterr().out
    assert (tmp_path / "rows.csv").read_bytes() == before


def test_an_interrupted_run_goes_on_and_gets_its_row(small, tmp_path, monkeypatch, capfd):
    flags = ["--networks", "small", "--seeds", "1", "--csv", str(tmp_path / "rows.csv")]

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("model.training.fit.settle_batch_norms", interrupt)
        assert training.main(flags) == 130
    assert read_rows(tmp_path / "rows.csv") == []
    assert "Stopped. The same command goes on" in capfd.readouterr().err
    assert training.main(flags) == 0
    assert "Going on after epoch 2 of 2" in capfd.readouterr().out
    assert len(read_rows(tmp_path / "rows.csv")) == 1
    assert not list((tmp_path / "rows.unfinished").iterdir())
