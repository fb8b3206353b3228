"""Test images of MNIST whose label is wrong or doubtful, as other people have judged them."""

from typing import NamedTuple


class LabelVotes(NamedTuple):
    """How five people voted on a test image: for its label, for `guess`, and for neither."""

    guess: int
    given: int
    guessed: int
    neither: int


# Test images whose labels are wrong by the vote of people, of whom most chose another digit or none (Northcutt, Athalye
# and Mueller, "Pervasive Label Errors in Test Sets", 2021; votes from mturk/mnist_mturk.json of their label-errors
# repository). They stay in every score.
LABEL_ERRORS = {
    947: LabelVotes(9, 0, 5, 0),
    1621: LabelVotes(6, 2, 3, 0),
    1901: LabelVotes(4, 2, 3, 0),
    2130: LabelVotes(9, 2, 2, 1),
    2462: LabelVotes(0, 0, 4, 1),
    2597: LabelVotes(3, 0, 4, 1),
    2654: LabelVotes(1, 0, 2, 3),
    3520: LabelVotes(4, 2, 0, 3),
    3558: LabelVotes(0, 1, 4, 0),
    5937: LabelVotes(3, 1, 3, 1),
    6651: LabelVotes(6, 0, 5, 0),
    6783: LabelVotes(6, 2, 3, 0),
    8527: LabelVotes(9, 2, 2, 1),
    9679: LabelVotes(3, 2, 0, 3),
    9729: LabelVotes(6, 2, 3, 0),
}
