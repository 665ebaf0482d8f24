"""Orders on their way to a worker process."""

from __future__ import annotations

import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from genstudio.runs.wire import Order


class Outbox:
    """Takes orders from any thread, at once, and rings for the one thread that sends them.

    Attributes:
        heard: becomes readable when there is something to send, so that it can be waited for beside a worker's answers.
    """

    def __init__(self) -> None:
        self.heard: Connection
        self.heard, self._bell = Pipe(duplex=False)
        self._orders: list[Order] = []
        self._closed = False
        self._lock = threading.Lock()

    def post(self, order: Order) -> None:
        """Leave an order; dropped when nobody sends any more."""
        with self._lock:
            if self._closed:
                return
            if not self._orders:
                self._bell.send_bytes(b"!")
            self._orders.append(order)

    def take(self) -> list[Order]:
        """All orders since the last call; waits for one."""
        self.heard.recv_bytes()
        with self._lock:
            orders, self._orders = self._orders, []
            return orders

    def close(self) -> list[Order]:
        """Send no more; the orders that are left."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._bell.close()
                self.heard.close()
            orders, self._orders = self._orders, []
            return orders
