"""Starting and stopping the sandbox."""

import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx

from tests.running_sandbox import ROOT, running_sandbox
from tests.sandbox.shop_caller import Shop


def test_a_taken_port_is_said_in_one_line(sandbox_url: str) -> None:
    command = [sys.executable, "-m", "sandbox", "--port", str(urlsplit(sandbox_url).port)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert second.stdout == ""
    assert second.stderr == f"Port {urlsplit(sandbox_url).port} on 127.0.0.1 cannot be used: Address already in use.\n"


def test_it_stops_at_once_although_somebody_still_waits() -> None:
    with socket.socket() as waiting, running_sandbox("--orders", "3") as url:
        httpx.post(f"{url}/_sandbox/faults", json={"kind": "timeout_before"}).raise_for_status()
        address = urlsplit(url)
        waiting.connect((address.hostname, address.port))
        waiting.sendall(b"GET /eaccounting/v2/orders HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        time.sleep(0.2)
        asked = time.monotonic()
    assert time.monotonic() - asked < 2


def test_answers_can_be_slow_and_the_shop_of_any_size() -> None:
    with running_sandbox("--orders", "12", "--latency-ms", "80", "--no-trouble") as url, Shop(url) as shop:
        shop.sign_in()
        began = time.monotonic()
        assert shop.get("orders")["Meta"]["TotalNumberOfResults"] == 12
        assert time.monotonic() - began >= 0.08
        assert shop.state("planted") == {}


def test_a_reset_brings_back_the_beginning(shop: Shop) -> None:
    begin = shop.control("GET", "state")
    shop.control("POST", "eaccounting/orders")
    shop.control("POST", "eaccounting/articles/007", {"Name": "Anders"})
    shop.control("POST", "eaccounting/switch", {"module_inactive": True})
    shop.control("POST", "faults", {"kind": "500"})
    shop.control("POST", "reset")
    again = shop.control("GET", "state")
    shop.sign_in()
    assert again["eaccounting"] == begin["eaccounting"]
    assert shop.call("GET", "orders").status_code == 200
