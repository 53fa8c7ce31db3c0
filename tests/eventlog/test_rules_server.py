"""The live server's own two events: derived, no sign of life, nothing follows from them."""

from __future__ import annotations

from evt.eventlog.commands import Server
from tests.eventlog.world import World

HERE = {"host": "127.0.0.1", "port": 3100}


def test_a_server_that_listens_is_known_until_it_stops() -> None:
    world = World().project()
    world.do(Server(True, HERE))
    assert world.state.head["server"] == HERE
    world.do(Server(False, {"reason": "stopped"}))
    assert world.state.head["server"] is None
    assert world.types(1) == ["ServerStarted", "ServerStopped"]
    assert {(e.actor, e.subject, e.correlationid) for e in world.events[1:]} == {
        ("evt", "server", "p")
    }


def test_stopping_twice_is_as_once_and_a_killed_server_is_followed_by_the_next() -> None:
    """Given a server that was killed, when another starts, then that one counts."""
    world = World()
    world.do(Server(True, HERE))
    world.do(Server(True, {**HERE, "port": 3101}))
    assert world.state.head["server"] == {**HERE, "port": 3101}
    for _ in range(2):
        world.do(Server(False, {"reason": "stopped"}))
    assert world.types() == ["ServerStarted", "ServerStarted", "ServerStopped"]


def test_a_server_expires_what_is_over_but_keeps_nothing_alive() -> None:
    """Given a lease that is over, when a server starts, then it is swept first."""
    world = World().project()
    world.join("A")
    world.task()
    assert world.next() == "t"
    world.wait(91).do(Server(True, HERE))
    assert world.types(4) == ["TimedOut", "ServerStarted"]
