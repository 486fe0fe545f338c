"""A WebSocket client of few words."""

import socket

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, RejectConnection, Request, TextMessage


class WebSocket:
    """An open connection."""

    def __init__(self, address, host, target):
        """Connects, or raises `PermissionError` where it is refused."""
        self._socket = socket.create_connection(address, timeout=30)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._events = iter(())
        self._send(Request(host=host, target=target))
        answer = self._next()
        if not isinstance(answer, AcceptConnection):
            self._socket.close()
            status = answer.status_code if isinstance(answer, RejectConnection) else answer
            raise PermissionError(f"the connection is refused: {status}")

    def send(self, text):
        self._send(TextMessage(data=text))

    def receive(self):
        """The next message, as text."""
        text = ""
        while True:
            event = self._next()
            if not isinstance(event, TextMessage):
                raise AssertionError(f"no message but {event}")
            text += event.data
            if event.message_finished:
                return text

    def close(self):
        self._send(CloseConnection(code=1000))
        self._socket.close()

    def _send(self, event):
        self._socket.sendall(self._protocol.send(event))

    def _next(self):
        while True:
            for event in self._events:
                return event
            data = self._socket.recv(65536)
            self._protocol.receive_data(data or None)
            self._events = self._protocol.events()
