"""What the tab "Why" and the Network screen show."""

import pytest
from helpers import draw, expect_reading, go_to, images_seen, on_both, wait_until
from playwright.sync_api import Page, expect

on_network = pytest.mark.parametrize("address", ["?view=Network"], ids=["network"])
PIXELS = "canvas => canvas.toDataURL()"


@on_both
def test_why_shows_the_steps_and_the_ink_that_decides_also_for_another_digit(page: Page):
    draw(page)
    expect_reading(page, "7")
    page.get_by_text("Why", exact=True).click()
    maps = page.locator(".st-key-explanation figure")
    expect(maps).to_have_count(5)
    assert [text.strip() for text in maps.all_inner_texts()[:4]] == [
        "1. its ink",
        "2. scaled to 20 pixels",
        "3. centred by its mass",
        "why 7",
    ]
    page.get_by_role("radiogroup", name="Why not a…").get_by_text("9", exact=True).click()
    expect(maps.last).to_contain_text("why not 9")
    expect(maps.last.locator("img")).to_have_attribute("alt", "Which ink speaks for 9, and which against")
    expect(page.get_by_text("All networks read 7")).to_be_visible()
    expect(page.locator(".side-by-side thead th")).to_have_text(["compact", "classic"])
    page.get_by_role("button", name="Clear").click()
    expect(maps).to_have_count(0)


@on_both
def test_the_network_screen_shows_both_networks_side_by_side(page: Page):
    go_to(page, "Network")
    card = page.locator(".st-key-network-card")
    expect(card).to_contain_text("1,886,250")
    expect(card).to_contain_text("compact")
    expect(card.locator("img").first).to_be_visible()


@on_both
def test_the_story_follows_the_drawing_and_a_kernel_moves_over_it(page: Page):
    draw(page)
    expect_reading(page, "7")
    go_to(page, "Network")
    steps = page.locator(".kernel")
    expect(page.locator(".subjects [data-value=own]")).to_have_attribute("aria-pressed", "true")
    sum_shown = steps.locator("output")
    expect(sum_shown).not_to_be_empty()
    under_way = steps.locator("[data-of=pooled]").evaluate(PIXELS)
    image = steps.locator("[data-of=image]")
    image.scroll_into_view_if_needed()
    image.hover(position={"x": 100, "y": 100})
    assert steps.locator("[data-of=pooled]").evaluate(PIXELS) != under_way  # the whole map
    at_one_place = sum_shown.inner_text()
    image.hover(position={"x": 60, "y": 55})
    assert sum_shown.inner_text() != at_one_place
    page.locator(".kernels button").nth(20).click()
    expect(steps).to_contain_text("Kernel 21")
    expect(page.locator(".kernels button").nth(20)).to_have_attribute("aria-pressed", "true")


@on_network
def test_without_motion_the_whole_map_is_there_at_once(page: Page):
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    steps = page.locator(".kernel")
    expect(steps.locator("output")).not_to_be_empty()
    whole = steps.locator("[data-of=pooled]").evaluate(PIXELS)
    steps.get_by_role("button", name="Play again").click()
    page.wait_for_function(f"({PIXELS})(document.querySelector('[data-of=pooled]')) !== '{whole}'")
    page.emulate_media(reduced_motion="no-preference")


@on_network
@on_both
def test_layers_are_clicked_and_terms_explained_where_they_stand(page: Page):
    layers = page.locator(".stages button")
    layers.get_by_text("global average").click()
    expect(page.locator(".layer")).to_contain_text("The mean of each map")
    term = page.locator(".term", has_text="pooling").first
    meaning = term.locator(".meaning")
    expect(meaning).to_be_hidden()
    term.focus()
    expect(meaning).to_be_visible()
    box, width = meaning.bounding_box(), page.viewport_size["width"]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@on_network
@on_both
def test_charts_fit_the_window_and_follow_dark_mode(page: Page):
    charts = page.locator(".chart svg")
    expect(charts).to_have_count(3)
    for chart in charts.all():
        box = chart.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.viewport_size["width"]
    # A text that a chart of this width shows is at least nine pixels high.
    assert (
        page.evaluate(
            "Math.min(...[...document.querySelectorAll('.chart text:not(.count)')].map("
            "text => text.getBoundingClientRect().height))"
        )
        >= 9
    )
    colour = "getComputedStyle(document.querySelector('.chart text')).fill"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    page.reload()
    charts.first.wait_for()
    page.wait_for_function(f"{colour} !== '{light}'")


@on_both
@pytest.mark.parametrize("address", ["?view=Learn"])
def test_where_nobody_may_train_a_recorded_run_plays_by_itself(page: Page):
    expect(page.get_by_text("Training is switched off")).to_be_visible()
    early = images_seen(page)
    wait_until(page, lambda: images_seen(page) > early + 1000)
    # Asked in one go: the charts are drawn again and again.
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.chart svg')].map(chart => chart.getBoundingClientRect().right))"
    )
    assert 0 < right <= page.viewport_size["width"]
    page.get_by_role("button", name="Play again").click()
    wait_until(page, lambda: images_seen(page) < early + 1000)
