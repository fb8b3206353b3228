"""What the tab "Why" and the Network screen show."""

from helpers import draw, expect_reading, go_to, on_both
from playwright.sync_api import Page, expect


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
