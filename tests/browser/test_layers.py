"""Feature maps are laid out on one sheet, and shown live on the Draw screen."""

import numpy as np
import pytest
from helpers import canvas, choose_in_menu, draw, on_both
from playwright.sync_api import Page, expect

from views.layers import sheet


def test_each_map_has_its_place_on_the_sheet_and_the_strongest_value_is_white():
    maps = np.zeros((7, 7, 192), np.float32)
    for number in range(192):
        maps[number % 7, 0, number] = number + 1
    grid = sheet(maps)
    rows, columns = (grid.shape[0] + 1) // 8, (grid.shape[1] + 1) // 8
    assert (rows, columns) == (12, 16)
    for number in range(192):
        row, column = divmod(number, columns)
        tile = grid[8 * row : 8 * row + 7, 8 * column : 8 * column + 7]
        assert np.argwhere(tile).tolist() == [[number % 7, 0]]
    assert grid.max() == 255


@pytest.mark.parametrize("values", [np.zeros((3, 3, 4)), -np.ones((3, 3, 4))])
def test_maps_of_nothing_are_black(values):
    assert not sheet(values).any()


@on_both
def test_the_layers_follow_the_drawing_one_at_a_time_or_all_and_of_each_network(page: Page):
    page.get_by_text("Layers", exact=True).click()
    figures = page.locator(".maps figure")
    expect(figures.nth(3)).to_be_visible()
    before = figures.first.locator("img").get_attribute("src")
    canvas(page).scroll_into_view_if_needed()
    draw(page)
    expect(page.locator(".head").get_by_role("heading")).to_have_text("7")
    expect(figures.first.locator("img")).not_to_have_attribute("src", before)
    page.get_by_role("slider", name="Layer").focus()
    page.keyboard.press("ArrowRight")
    expect(figures).to_have_count(1)
    expect(figures.first).to_contain_text("Layer 1 of compact: 48 maps of 12 × 12")
    assert figures.first.locator("img").evaluate("sheet => sheet.complete && sheet.naturalWidth > 0")
    choose_in_menu(page, "classic")
    expect(figures).to_have_count(3)
    expect(figures.nth(1)).to_contain_text("Layer 2 of classic: 48 maps of 13 × 13")
