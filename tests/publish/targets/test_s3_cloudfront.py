"""What CloudFront is told to forget, by a server that answers as it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from generator.publish.targets.s3 import paths_to_forget
from tests.support.publishing import PAGES, Ran, change, make_site, run_publish
from tests.support.s3_server import KEY, SECRET, RunningS3


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A distribution of CloudFront at `url`."""

    url: str
    client: Any
    id: str

    def forgotten(self) -> list[list[str]]:
        """Return the paths of each invalidation."""
        listed = self.client.list_invalidations(DistributionId=self.id)["InvalidationList"]
        return [
            sorted(
                self.client.get_invalidation(DistributionId=self.id, Id=one["Id"])["Invalidation"][
                    "InvalidationBatch"
                ]["Paths"]["Items"]
            )
            for one in listed.get("Items", ())
        ]


@pytest.fixture(scope="module")
def cloudfront() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def distribution(cloudfront: str, tmp_path: Path) -> Distribution:
    client = boto3.client(
        "cloudfront", endpoint_url=cloudfront, aws_access_key_id=KEY,
        aws_secret_access_key=SECRET, region_name="us-east-1",
    )  # fmt: skip
    origin = {
        "Id": "o",
        "DomainName": "b.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    made = client.create_distribution(
        DistributionConfig={
            "CallerReference": str(tmp_path),
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
            "Comment": "",
            "Enabled": True,
        }
    )
    return Distribution(url=cloudfront, client=client, id=made["Distribution"]["Id"])


def send(s3: RunningS3, distribution: Distribution, site: Path, to: str, *words: str) -> Ran:
    environ = s3.environ(
        AWS_ENDPOINT_URL_CLOUDFRONT=distribution.url,
        FOURSITE_CLOUDFRONT_DISTRIBUTION=distribution.id,
    )
    return run_publish(site, "--to", f"s3://{to}", *words, environ=environ)


def test_changed_and_deleted_paths_are_forgotten_as_they_are_visited(
    s3: RunningS3, distribution: Distribution, tmp_path: Path
) -> None:
    bucket = s3.make_bucket().name
    site = make_site(tmp_path / "site", PAGES | {"old/index.html": b"old"})
    run_publish(site, "--to", f"s3://{bucket}/tool", environ=s3.environ())
    change(site, "docs/start/index.html", b"new")
    change(site, "assets/new.12345678.css", b"b{}")
    change(site, "old/index.html", None)

    ran = send(s3, distribution, site, f"{bucket}/tool")
    assert ran.status == 0, ran.stderr
    assert distribution.forgotten() == [[
        "/tool/docs/start/", "/tool/docs/start/index.html", "/tool/old/", "/tool/old/index.html",
    ]]  # fmt: skip
    assert send(s3, distribution, site, f"{bucket}/tool").status == 0
    assert len(distribution.forgotten()) == 1  # nothing changed, nothing is forgotten


def test_paths_are_those_of_the_address_people_use(
    s3: RunningS3, distribution: Distribution, tmp_path: Path
) -> None:
    bucket = s3.make_bucket().name
    site = make_site(tmp_path / "site", {"index.html": b"home"})
    url = "https://tool.example.org/start"
    to = f"{bucket}/some/prefix?cloudfront={distribution.id}"
    assert send(s3, distribution, site, to, "--url", url, "--no-verify").status == 0
    assert distribution.forgotten() == [["/start/", "/start/index.html"]]


def test_many_paths_are_forgotten_by_one() -> None:
    few = [f"feed-{number}.xml" for number in range(30)]
    assert len(paths_to_forget(few, "/")) == 30
    assert paths_to_forget([*few, "one-more.xml"], "/tool/") == ["/tool/*"]
    assert paths_to_forget(["ü b.html"], "/") == ["/%C3%BC%20b.html"]


def test_a_distribution_that_is_not_there_is_said_and_asked_again_by_the_next_run(
    s3: RunningS3, distribution: Distribution, tmp_path: Path
) -> None:
    bucket = s3.make_bucket().name
    site = make_site(tmp_path / "site")
    wrong = send(s3, distribution, site, f"{bucket}?cloudfront=E0000000000000")
    assert wrong.status == 5
    assert "CloudFront E0000000000000" in wrong.stderr
    assert "NoSuchDistribution" in wrong.stderr

    right = send(s3, distribution, site, bucket, "--json")
    assert right.json["send"] == []
    assert "/" in distribution.forgotten()[0]
