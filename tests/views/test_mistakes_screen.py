"""The Mistakes screen, run by Streamlit's own AppTest: gallery, filters, search, panels and marks."""

import re

import numpy as np
import pytest
from helpers import app, as_shown, click, errors, gallery, send, shown
from streamlit.testing.v1 import AppTest

from model.data.label_errors import LABEL_ERRORS
from model.data.mnist import Split
from model.feedback.stored_marks import StoredMarks
from model.reading import store
from model.reading.card import Card
from views import parts
from views.search import MOST_CHARACTERS
from views.texts import TEXTS


def answers(name: str, test_set: Split) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a network read, how sure it was, and which images it read wrong, counted by plain NumPy."""
    probabilities = np.load(store.TRAINED / name / "test_probabilities.npy")
    read = np.argmax(probabilities, axis=1)
    return read, probabilities[range(10_000), read], np.nonzero(read != test_set.labels)[0]


def told(test: AppTest) -> str:
    """What the page says of the search."""
    assert not test.exception
    hidden = [markdown.value for markdown in test.markdown if markdown.value.startswith(("Searched", "搜索"))]
    return "\n".join([*(as_shown(warning.value) for warning in test.warning), *hidden])


@pytest.mark.parametrize("name", ["compact", "classic"])
def test_the_mistakes_screen_tells_errors_and_accuracy_of_the_network(name):
    card = Card.load(store.TRAINED / name)
    test = app("Mistakes", network=name).run()
    summary = test.markdown[0].value
    assert f"{card.test.errors} of 10,000" in summary
    assert f"{100 * card.test.accuracy:.2f} %" in summary


def test_the_gallery_shows_the_most_confident_mistake_first_and_by_index_on_demand(test_set):
    read, sure, wrong = answers("classic", test_set)
    assert gallery(app("Mistakes", network="classic").run())[0][0] == wrong[sure[wrong].argmax()]
    by_index = gallery(app("Mistakes", network="classic", order="index").run())
    assert by_index == [(index, test_set.labels[index], read[index]) for index in wrong[: len(by_index)]]


def test_the_gallery_of_all_images_has_pages_with_each_image_once():
    pages = [gallery(app("Mistakes", show="all", order="index", page=page).run()) for page in (1, 2, 84)]
    assert [image[0] for page in pages for image in page] == [*range(240), *range(9960, 10_000)]


def test_filters_for_the_true_digit_and_the_digit_read_hold():
    first = gallery(app("Mistakes", network="classic").run())[0]
    test = app("Mistakes", network="classic").run()
    test.pills(key="true").set_value([first[1]])
    test.pills(key="read").set_value([first[2]]).run()
    assert gallery(test)
    assert {image[1:] for image in gallery(test)} == {first[1:]}
    assert (test.query_params["true"], test.query_params["read"]) == (str(first[1]), str(first[2]))


def test_a_filter_that_nothing_passes_says_so_and_reset_takes_it_away():
    test = app("Mistakes", find="99999").run()
    assert errors(test) == ""
    assert "No image passes these filters" in test.info[0].value
    next(button for button in test.button if button.label == "Reset").click().run()
    assert gallery(test)
    assert dict(test.query_params) == {"view": "Mistakes"}


def test_images_are_found_by_number_and_range(test_set):
    test = app("Mistakes", find="9, 4-6", show="all", order="given").run()
    assert [image[0] for image in gallery(test)] == [9, 4, 5, 6]


@pytest.mark.parametrize(
    ("find", "english", "chinese"),
    [
        ("abc", "Not understood: abc. Write indices from 0 to 9,999", "看不懂：abc。请写 0 到 9,999"),
        ("9, <b>, 4-6-8", "Not understood: <b>, 4-6-8. Write", "看不懂：<b>, 4-6-8。请写"),
        ("12345", "Beyond the last image: 12345. Indices are 0 to 9,999.", "超出范围：12345。编号为 0 到 9,999。"),
        ("9990-10010", "Beyond the last image: 9990-10010. Indices", "超出范围：9990-10010。编号"),
        ("5-3", "The wrong way round: 5-3. Write the smaller index first, such as 3-5.", "起止颠倒：5-3。"),
    ],
)
def test_what_of_a_search_is_not_followed_is_told_in_the_chosen_language(find, english, chinese):
    for language, sentence in (("en", english), ("zh", chinese)):
        assert sentence in told(app("Mistakes", find=find, show="all", language=language).run())


@pytest.mark.parametrize("find", ["", "7", "3-5, 9 12"])
def test_of_a_search_that_is_followed_nothing_is_told(find):
    assert told(app("Mistakes", find=find, show="all").run()) == ""


def test_images_searched_for_that_the_filters_hide_are_counted_and_shown_on_demand(test_set):
    _, _, wrong = answers("compact", test_set)
    index = int(wrong[0])
    for language, sentence in (
        ("en", "Searched for: 6 images. Hidden by the filters: 6."),
        ("zh", "搜索了 6 张图，其中 6 张被筛选隐藏。"),
    ):
        test = app("Mistakes", find="0-5", true=9, language=language).run()
        assert told(test) == sentence
        assert not test.info
    test = app("Mistakes", find=f"0-5, {index}", order="index").run()
    assert told(test) == "Searched for: 7 images. Hidden by the filters: 6."
    assert [image[0] for image in gallery(test)] == [index]
    test.pills(key="true").set_value([(int(test_set.labels[index]) + 1) % 10]).run()
    next(button for button in test.button if button.label == "Show them").click().run()
    assert told(test) == ""
    assert sorted(image[0] for image in gallery(test)) == [0, 1, 2, 3, 4, 5, index]
    assert test.query_params == {"view": "Mistakes", "find": f"0-5, {index}", "show": "all", "order": "index"}


def test_a_search_that_is_too_long_is_cut_in_the_field_and_in_the_address_and_says_so():
    typed = app("Mistakes").run()
    typed.text_input(key="find").set_value("0-9999," * 10_000).run()
    in_english, in_chinese = (app("Mistakes", find="7," * 5000, language=language).run() for language in ("en", "zh"))
    for test in (typed, in_english, in_chinese):
        assert len(test.session_state.find) == MOST_CHARACTERS + 1
        assert test.query_params["find"] == test.session_state.find
        assert ("只取前 2,000 个字符" if test == in_chinese else "first 2,000 characters count") in told(test)


def test_images_read_right_but_unsure_are_shown_below_the_chosen_probability(test_set):
    read, sure, _ = answers("compact", test_set)
    test = app("Mistakes", network="compact", show="unsure", below=60, order="index").run()
    expected = np.nonzero((read == test_set.labels) & (sure < 0.6))[0]
    assert [image[0] for image in gallery(test)] == expected.tolist()


@pytest.mark.parametrize("name", ["compact", "classic"])
def test_the_confusion_matrix_equals_a_plain_recount_and_the_saved_scores(name, test_set):
    read, _, wrong = answers(name, test_set)
    cells = re.findall(r'data-value="(\d)(\d)"[^>]*>([\d·]+)<', shown(app("Mistakes", network=name).run(), "matrix"))
    assert len(cells) == 100
    for actual, guess, count in cells:
        assert int(count.replace("·", "0")) == np.sum((test_set.labels == int(actual)) & (read == int(guess)))
    assert len(wrong) == Card.load(store.TRAINED / name).test.errors


def test_the_table_of_digits_equals_the_saved_scores():
    rows = Card.load(store.TRAINED / "compact").per_class
    table = shown(app("Mistakes", network="compact", panel="Digits").run(), "digits")
    for row in rows:
        cells = f"<td>{row.support:,}</td><td>{row.precision:.2%}</td><td>{row.recall:.2%}</td>"
        assert f'<th scope="row">{row.digit}</th>{cells}' in table


def test_two_networks_are_compared_by_counts_that_a_recount_gives(test_set):
    first, second = (set(answers(name, test_set)[2].tolist()) for name in ("compact", "classic"))
    test = app("Mistakes", network="compact", panel="Compare", versus="classic", disagree="first", show="all").run()
    table = shown(test, "compare")
    for wrong, images in {"both": first & second, "first": first - second, "second": second - first}.items():
        assert re.search(rf'data-value="{wrong}"[^>]*>{len(images)}</button>', table)
    assert {image[0] for image in gallery(test)} == first - second
    assert any("McNemar" in markdown.value for markdown in test.markdown)


def test_an_image_in_detail_tells_its_votes_and_what_each_network_reads():
    test = app("Mistakes", panel="Image", image=947).run()
    assert errors(test) == ""
    assert any("of five people 0 chose 8, 5 chose 9 and 0 neither" in markdown.value for markdown in test.markdown)
    assert "Test image 947" in shown(test, "image-head")


def test_an_8_has_another_article_than_all_other_digits():
    buttons = re.findall(r'title="It was (an?) (\d) ', shown(app().run(), "truth"))
    assert buttons == [("an" if digit == "8" else "a", digit) for digit in "0123456789"]
    for image, article, digit in ((1, "a", "2"), (61, "an", "8")):
        test = app("Mistakes", panel="Image", image=image).run()
        similar = "".join(element.proto.body for element in test.get("html"))
        assert (article, digit) in re.findall(r"Training image \d+, (an?) (\d)", similar)


def test_marks_are_kept_shown_and_leave_images_out_of_a_second_accuracy(marks_file):
    StoredMarks(marks_file, 10_000).put({947: "label wrong", 1: "model wrong"})
    test = app("Mistakes", network="classic").run()
    assert "without 1 image marked as doubtful" in test.markdown[0].value
    test = mark(app("Mistakes", panel="Image", image=2130).run(), 2130, "cannot tell")
    assert StoredMarks(marks_file, 10_000).all() == {1: "model wrong", 947: "label wrong", 2130: "cannot tell"}
    assert "without 2 images marked as doubtful" in test.markdown[0].value


def mark(test: AppTest, index: int, verdict: str) -> AppTest:
    return click(test, "image-head", f"mark {index} {verdict}")


def test_a_guests_marks_are_his_own_where_the_operator_shares_none(monkeypatch, tmp_path, for_guests):
    monkeypatch.delenv("DIGITS_MARKS")
    monkeypatch.setattr(parts, "MARKS_PATH", tmp_path / "operator.sqlite")
    one, other = (app("Mistakes", panel="Image", image=2130, network="classic").run() for _ in range(2))
    mark(one, 2130, "label wrong")
    assert "without 1 image marked" in one.markdown[0].value
    assert "marked" not in other.run().markdown[0].value
    assert not (tmp_path / "operator.sqlite").exists()


def test_the_operators_own_marks_are_kept_on_his_computer(monkeypatch, tmp_path):
    monkeypatch.delenv("DIGITS_MARKS")
    monkeypatch.setattr(parts, "MARKS_PATH", tmp_path / "operator.sqlite")
    mark(app("Mistakes", panel="Image", image=2130).run(), 2130, "label wrong")
    assert StoredMarks(tmp_path / "operator.sqlite", 10_000).all() == {2130: "label wrong"}


def test_shared_marks_carry_the_visitors_name(marks_file):
    test = app("Mistakes", panel="Marks").run()
    next(field for field in test.text_input if field.key == "visitor_name").set_value(" Ann ").run()
    test.session_state.panel, test.session_state.image = "Image", 2130
    mark(test.run(), 2130, "label wrong")
    mark(app("Mistakes", panel="Image", image=1).run(), 1, "cannot tell")
    (guest, _, _), (ann, _, _) = StoredMarks(marks_file, 10_000).visitors()
    assert re.fullmatch(r"Ann \w{6}", ann)
    assert re.fullmatch(r"guest \w{6}", guest)


def test_taking_a_mark_back_leaves_those_of_others(marks_file):
    StoredMarks(marks_file, 10_000, "Ann 1").put({2130: "label wrong"})
    test = mark(app("Mistakes", panel="Image", image=2130).run(), 2130, "cannot tell")
    test.session_state.image = 2130
    click(test.run(), "image-head", "take back")
    assert [(name, count) for name, count, _ in StoredMarks(marks_file, 10_000).visitors()] == [("Ann 1", 1)]


def test_a_button_for_another_group_than_the_selected_one_marks_nothing(marks_file):
    test = app("Mistakes", show="all", order="index", image=3).run()
    send(test, "gallery", "clicked", "to 6")
    assert "4 images" in shown(test, "group-head")
    before = re.search(r'data-value="(mark \w+ cannot tell)"', shown(test, "group-head"))[1]
    send(test, "gallery", "clicked", "to 7")
    assert before not in shown(test, "group-head")
    send(test, "group-head", "clicked", before)
    assert StoredMarks(marks_file, 10_000).all() == {}
    now = re.search(r'data-value="(mark \w+ cannot tell)"', shown(test, "group-head"))[1]
    click(test, "group-head", now)
    assert StoredMarks(marks_file, 10_000).all() == dict.fromkeys(range(3, 8), "cannot tell")
    click(test, "group-head", now.replace("cannot tell", "nothing"))
    assert StoredMarks(marks_file, 10_000).all() == {}
    click(test, "group-head", "take back")
    assert StoredMarks(marks_file, 10_000).all() == dict.fromkeys(range(3, 8), "cannot tell")


def test_what_the_filters_hide_is_not_marked_with_the_others(marks_file):
    test = app("Mistakes", show="all", order="index", image=3).run()
    send(test, "gallery", "clicked", "to 9")
    test.pills(key="true").set_value([4, 9]).run()
    labels = {4: 4, 6: 4, 7: 9, 9: 9}
    assert f"{len(labels)} images" in shown(test, "group-head")
    click(test, "group-head", re.search(r'data-value="(mark \w+ model wrong)"', shown(test, "group-head"))[1])
    assert StoredMarks(marks_file, 10_000).all() == dict.fromkeys(labels, "model wrong")


def write(test: AppTest, field: str, text: str) -> AppTest:
    """The app after a text was written into the field for a note."""
    test.session_state["image-head"] = {"written": {"field": field, "text": text, "at": len(text)}}
    return test.run()


def test_a_note_lands_on_the_image_that_its_field_names_whatever_is_shown_by_then(marks_file):
    test = app("Mistakes", panel="Image", image=2130).run()
    field = re.search(r'data-text="(2130 \w+)"', shown(test, "image-head"))[1]
    test.session_state.image = 947
    write(test, field, " looks like\n a 9 " + "!" * 300)
    assert "Test image 947" in shown(test, "image-head")
    assert set(StoredMarks(marks_file, 10_000).notes()) == {2130}
    assert StoredMarks(marks_file, 10_000).notes()[2130].startswith("looks like a 9 !!")
    write(test, field, "")
    assert StoredMarks(marks_file, 10_000).notes() == {}


def test_a_field_of_another_session_writes_nothing(marks_file):
    test = app("Mistakes", panel="Image", image=2130).run()
    write(test, "2130 0123abcd", "from before the server began anew")
    assert StoredMarks(marks_file, 10_000).notes() == {}


def test_notes_of_others_are_shown_in_the_panel_and_escaped(marks_file):
    StoredMarks(marks_file, 10_000, "Ann 1").put({2130: "label wrong"}, {2130: "<i>a 9</i>"})
    head = shown(app("Mistakes", panel="Image", image=2130).run(), "image-head")
    assert "<q>&lt;i&gt;a 9&lt;/i&gt;</q>" in head
    assert 'value=""' in head
    assert "others: label wrong × 1" in head


def test_the_gallery_is_filtered_to_images_with_a_note(marks_file):
    StoredMarks(marks_file, 10_000, "Ann 1").put({5: "label wrong"}, {2130: "a 9", 7: "plain"})
    test = app("Mistakes", show="all", order="index", noted="on").run()
    assert [image[0] for image in gallery(test)] == [7, 2130]
    assert "Only those with a note" in shown(test, "chips")


def test_a_name_of_a_view_that_is_too_long_is_left_out_of_the_address():
    assert app("Mistakes", named="x" * 41).run().query_params.get("named") is None
    test = app("Mistakes", named="x" * 40).run()
    assert test.query_params["named"] == "x" * 40


def test_each_ready_made_view_shows_what_it_says(test_set, marks_file):
    StoredMarks(marks_file, 10_000).put({5: "label wrong"}, {7: "a seven"})
    read, sure, wrong = answers("compact", test_set)
    labels, right = test_set.labels, np.setdiff1d(np.arange(10_000), wrong)
    expected = {
        "surest": wrong[sure[wrong] >= 0.9],
        "doubted": list(LABEL_ERRORS),
        "fours": wrong[np.isin(labels[wrong], (4, 9)) & np.isin(read[wrong], (4, 9))],
        "sevens": wrong[(labels[wrong] == 7) & np.isin(read[wrong], (1, 2))],
        "unsure": right[sure[right] < 0.6],
        "marked": [5],
        "noted": [7],
    }
    test = app("Mistakes").run()
    names = re.findall(r'data-value="(.+?)"', shown(test, "ready-views"))
    assert names == list(expected)
    for name in names:
        click(test, "ready-views", name)
        assert {image[0] for image in gallery(test)} == set(expected[name]), name
        assert f'<h2 class="named">{TEXTS[f"ready {name}"][0]}' in "".join(each.proto.body for each in test.get("html"))


def test_any_file_that_is_no_table_of_marks_gets_a_sentence():
    test = app("Mistakes", panel="Marks").run()
    test.file_uploader[0].upload("marks.xlsx", b"PK\3\4\xff", "application/octet-stream").run()
    assert "This is no table of marks" in errors(test)


def test_damaged_marks_get_a_message_and_the_page_works_on(marks_file):
    marks_file.write_bytes(b"damaged" * 500)
    test = app("Mistakes").run()
    assert "DIGITS_MARKS" in as_shown(test.warning[0].value)
    assert gallery(test)
