"""Measurements of the networks on drawings by people, and the pictures that go with them."""
