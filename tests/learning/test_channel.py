"""What comes over the channel is a message, the end of the other side, or not understood."""

import io
import pickle

import pytest

from model.learning.channel import Channel, GarbledError


def receive(content: bytes) -> object:
    return Channel(io.BytesIO(content), io.BytesIO()).receive()


def test_a_message_comes_whole():
    sent = io.BytesIO()
    Channel(io.BytesIO(), sent).send({"step": 7})
    assert receive(sent.getvalue()) == {"step": 7}


def test_a_message_that_is_cut_off_is_the_end_of_the_other_side():
    message = pickle.dumps({"drawing": bytes(2000)})
    for length in range(len(message)):
        with pytest.raises(EOFError) as end:
            receive(message[:length])
        assert not isinstance(end.value, GarbledError), length


@pytest.mark.parametrize("content", [b"no pickle", b"cno.such.module\nThing\n."])
def test_what_is_no_message_is_told_apart_from_the_end(content):
    with pytest.raises(GarbledError):
        receive(content)
