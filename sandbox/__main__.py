"""Starts the sandbox: `python -m sandbox --port 8700 --orders 200`."""

import argparse
import dataclasses
import datetime
import socket
import sys
from types import FrameType

import uvicorn

from sandbox.app import build_app
from sandbox.gate import Connection
from sandbox.world import Options

HOST = "127.0.0.1"
TAKEN = 2


class Server(uvicorn.Server):
    """A server that stops at once, whoever may still be waiting for an answer."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop because of a signal."""
        self.force_exit = True
        super().handle_exit(sig, frame)


def read_options(arguments: list[str] | None = None) -> Options:
    """Read the command line."""
    usual = Options()
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="Imitates Visma eAccounting and Visma.net ERP on this machine."
    )
    for name, text in (
        ("port", "port to listen at on 127.0.0.1; 0 takes a free one"),
        ("orders", "orders in eAccounting"),
        ("customers", "customers in eAccounting (default: in step with the orders)"),
        ("articles", "articles in eAccounting (default: in step with the orders)"),
        ("invoices", "invoices without an order in eAccounting (default: in step with the orders)"),
        ("seed", "another number gives another shop"),
        ("latency-ms", "how long each answer takes at least"),
        ("minute-quota", "requests a minute of each eAccounting endpoint"),
        ("hour-quota", "requests an hour of Visma.net"),
        ("access-token-seconds", "how long an access token works"),
        ("existing-orders", "orders that Visma.net has already, typed in by hand"),
    ):
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name.replace("-", "_")), help=text)
    parser.add_argument(
        "--numbering", choices=("auto", "manual"), default=usual.numbering, help="who numbers sales orders in Visma.net"
    )
    parser.add_argument(
        "--order-amount", choices=("net", "gross"), default=usual.order_amount, help="what Amount of an order means"
    )
    parser.add_argument(
        "--today",
        type=datetime.date.fromisoformat,
        default=usual.today,
        help="the orders are from the ten days before it",
    )
    parser.add_argument(
        "--wrong-company", action="store_true", help="the Visma.net tenant leads to another, empty company"
    )
    parser.add_argument(
        "--no-trouble", action="store_false", dest="trouble", help="plant no orders that cannot be sent"
    )
    parser.add_argument(
        "--empty-target", action="store_true", help="Visma.net knows no customer, article or order of the shop yet"
    )
    return Options(**vars(parser.parse_args(arguments)))


def listen(port: int) -> socket.socket:
    """Take the port, so that a taken one is known before anything else is done.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(2048)
    return listener


def main() -> int:
    """Start the sandbox and serve until a signal comes."""
    options = read_options()
    try:
        listener = listen(options.port)
    except OSError as error:
        print(f"Port {options.port} on {HOST} cannot be used: {error.strerror}.", file=sys.stderr)
        return TAKEN
    port = listener.getsockname()[1]
    app = build_app(dataclasses.replace(options, port=port))
    print(f"Sandbox ready at http://{HOST}:{port}", flush=True)
    config = uvicorn.Config(
        app, http=Connection, lifespan="off", access_log=False, log_level="warning", server_header=False
    )
    Server(config).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
