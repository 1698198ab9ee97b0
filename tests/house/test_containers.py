"""docker-compose.yml is valid, and its services fit together."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import Any

import yaml

from tests.house.tree import ROOT
from tests.services import inventory
from tests.services.process import refuse

COMPOSE = ROOT / "docker-compose.yml"


@cache
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def own_services() -> dict[str, dict[str, Any]]:
    return {name: service for name, service in services().items() if service["image"] == "csr-bot"}


def test_docker_compose_accepts_the_file() -> None:
    program = inventory.COMPOSE.find()
    if program is None:
        refuse("docker-compose is not installed")
    command = [str(program), "-f", str(COMPOSE), "config", "-q"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_process_of_the_product_has_its_service() -> None:
    assert {name: " ".join(service["command"]) for name, service in own_services().items()} == {
        "migrate": "db upgrade",
        "web": "console",
        "worker-mail": "worker --queues mail",
        "worker-browser": "worker --queues browser",
        "beat": "beat",
        "demo": "demo --port 8080",
    }


def test_nothing_starts_before_the_database_is_at_its_version() -> None:
    assert services()["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services()["migrate"]["restart"] == "no"
    for name in own_services().keys() - {"migrate", "demo"}:
        waits_for = own_services()[name]["depends_on"]
        assert waits_for["migrate"] == {"condition": "service_completed_successfully"}, name
        assert waits_for["redis"] == {"condition": "service_healthy"}, name


def test_what_people_edit_is_mounted_read_only() -> None:
    for name in own_services().keys() - {"demo"}:
        mounts = [mount.split(":") for mount in own_services()[name]["volumes"]]
        assert all(rest[1:] == ["ro"] for source, *rest in mounts if source.startswith("./")), name
        assert {"./bots", "./schedules", "./policies"} <= {source for source, *_ in mounts}, name


def test_what_drives_a_browser_has_memory_and_an_init_process_for_it() -> None:
    for name in ("worker-browser", "demo"):
        assert (own_services()[name]["shm_size"], own_services()[name]["init"]) == ("1gb", True), name


def test_the_broker_keeps_what_it_took_and_wants_a_password() -> None:
    command = services()["redis"]["command"][-1]
    assert "--appendonly yes --maxmemory-policy noeviction --requirepass" in command


def test_only_loopback_reaches_the_console_from_outside() -> None:
    ports = [port for service in services().values() for port in service.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
