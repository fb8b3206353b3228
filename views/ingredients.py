"""What each ingredient of the recipe brought: a picture, a sentence, and what is read wrong with it and without it."""

import streamlit as st
from markupsafe import Markup

from model.evaluation.ingredients import PICTURES, Ingredient, read_ingredients
from views.clickable import clickable
from views.glossary import explained
from views.language import literal, say
from views.parts import data_url, percent
from views.rendering import render

# The pictures of ingredients that make images, by what the recipe is without; the template draws the others.
_FILES = {"no warp": "warp.png", "no synthetic images": "synthetic.png"}


def show() -> None:
    """Shows all ingredients."""
    try:
        whole, *others = read_ingredients()
    except (OSError, TypeError, ValueError, LookupError) as error:
        st.warning(literal(say("no ingredients", error=error)), icon=":material/warning:")
        return
    intro = explained(
        "ingredients intro",
        runs=whole.runs,
        wrong=percent(whole.test_errors, 2),
        fewest=percent(whole.fewest_errors, 2),
        most=percent(whole.most_errors, 2),
    )
    shown = [(without.name, _picture(without.name), *_texts(whole, without)) for without in others]
    clickable(render("ingredients", intro=intro, ingredients=shown), "ingredients")


def _picture(name: str) -> str | None:
    """The picture of an ingredient as a data URL; None where the template draws it, or where the file is missing."""
    try:
        return data_url((PICTURES / _FILES[name]).read_bytes(), "png")
    except (KeyError, OSError):
        return None


def _texts(whole: Ingredient, without: Ingredient) -> tuple[str, Markup, list[tuple[str, str, str, bool]]]:
    """The title, the explanation, and for each measure its name, with and without, and whether they clearly differ."""
    is_clear = not whole.fewest_errors <= without.test_errors <= whole.most_errors
    measures = [(say("wrong on test"), percent(whole.test_errors, 2), percent(without.test_errors, 2), is_clear)]
    if whole.pen_errors is not None and without.pen_errors is not None:
        # Half as much again is far beyond what two runs of one recipe differ by.
        is_clear = without.pen_errors > 1.5 * whole.pen_errors
        measures.append((say("wrong on pens"), percent(whole.pen_errors, 1), percent(without.pen_errors, 1), is_clear))
    return say(f"title {without.name}"), explained(f"about {without.name}"), measures
