"""Who is connected: every socket, and which of them are coordinators and workers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from evt.cli.server.outbox import Outbox
from evt.cli.server.work import DEFAULT, Held
from evt.cli.waiting import Presence


class Client:
    """One connected socket. `told` is the task and attempt its worker knows of."""

    def __init__(self, outbox: Outbox) -> None:
        self.id = f"client-{secrets.token_hex(8)}"
        self.outbox = outbox
        self.role: str | None = None
        self.worker: str | None = None
        self.project = DEFAULT
        self.told: Held | None = None
        self.since = 0  # what happened before it came is no news to it
        self.answered: set[int] = set()  # events that it was told of by the answer to its message
        self.presence: Presence | None = None
        self.gone = False
        self.asleep = False  # its worker timed out, and has not spoken since

    def put(self, type: str, **facts: Any) -> None:
        """Send it a message."""
        self.outbox.put({"type": type, **facts})

    def sit(self, presence: Presence) -> None:
        """Its worker is inside a wait, for everybody to see."""
        self.presence = presence
        presence.__enter__()

    def rise(self) -> None:
        """Its worker is no longer inside a wait."""
        if self.presence is not None:
            self.presence.__exit__()
            self.presence = None


class Room:
    """All clients; a worker's name is held by one of them at most."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}

    def __len__(self) -> int:
        return len(self._clients)

    def __iter__(self) -> Iterator[Client]:
        return iter(list(self._clients.values()))

    def enter(self, client: Client) -> None:
        """A socket has connected."""
        self._clients[client.id] = client

    def leave(self, client: Client) -> None:
        """A socket is gone; its worker lives on as long as its lease.

        The client keeps its name for what it said before it went.
        """
        client.gone = True
        self._clients.pop(client.id, None)
        client.rise()

    def forget(self, client: Client) -> None:
        """Take role and name from a client."""
        client.role = client.worker = client.told = None
        client.rise()

    def coordinators(self) -> list[Client]:
        """Every connected coordinator."""
        return [client for client in self if client.role == "coordinator"]

    def workers(self) -> dict[str, Client]:
        """Connected workers by name, those that came first first."""
        return {client.worker: client for client in self if client.worker is not None}

    def worker(self, name: str) -> Client | None:
        """The client that holds this name."""
        return self.workers().get(name)

    def tell_coordinators(self, type: str, **facts: Any) -> None:
        """Send a message to every coordinator."""
        for client in self.coordinators():
            client.put(type, **facts)

    def tell_news(self, sequence: int, message: dict[str, Any]) -> None:
        """Send what an event means to every coordinator that was there when it came."""
        for client in self.coordinators():
            if sequence in client.answered:
                client.answered.discard(sequence)
            elif sequence > client.since:
                client.put(**message)
