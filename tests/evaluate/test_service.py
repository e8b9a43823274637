"""Where a service that is measured, or tested, listens."""

import socket

import pytest

from bot.evaluate import service

FIRST_OF_CONNECTIONS = 32_768


def test_a_port_is_one_that_no_connection_is_given() -> None:
    assert 1_024 <= service.free_port() < FIRST_OF_CONNECTIONS


def test_a_port_that_somebody_holds_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    port = service.free_port()
    with socket.socket() as held:
        held.bind(("127.0.0.1", port))
        monkeypatch.setattr(service, "OWN_PORTS", range(port, port + 2))
        assert service.free_port() == port + 1
