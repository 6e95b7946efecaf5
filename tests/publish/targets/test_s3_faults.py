"""Publishing to a store that fails or refuses: whole pages, one message, and then it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.faulty_proxy import Fault, at, faulty_proxy, from_on
from tests.support.publishing import PAGES, Ran, make_site, run_publish
from tests.support.s3_server import NO_FILES, RunningS3

SAME = {path: PAGES[path] for path in ("404.html", "assets/site.0a1b2c3d.css")}
OLD = SAME | {
    "index.html": b"<!doctype html><title>Old</title>",
    "docs/start/index.html": b"<!doctype html><title>Old start</title>",
    "gone/index.html": b"gone",
}
NEW = SAME | {
    "index.html": b"<!doctype html><title>New</title>",
    "docs/start/index.html": b"<!doctype html><title>New start</title>",
    "assets/site.99999999.css": b"body{color:red}",
}
REQUESTS = 9
"""From OLD to NEW: list, record, claim, a style, two pages, a deletion, record, one to check."""


@pytest.fixture
def bucket(s3: RunningS3) -> Path:
    return s3.make_bucket()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


def refusal(code: str, status: int = 403) -> Fault:
    """What Amazon answers when it refuses."""
    body = f"<Error><Code>{code}</Code><Message>Said by the store</Message></Error>"
    return Fault.status(status, {"Content-Type": "application/xml"}, body=body.encode())


def content_of(bucket: Path) -> dict[str, bytes]:
    return {
        file.relative_to(bucket).as_posix(): file.read_bytes()
        for file in bucket.rglob("*")
        if file.is_file() and "manifest" not in file.name
    }


def assert_one_message(ran: Ran) -> None:
    errors = [line for line in ran.stderr.splitlines() if line.startswith("error:")]
    assert (ran.status, len(errors)) == (5, 1), ran.stderr
    assert "Traceback" not in ran.stderr


# The library reads the time of an answer, of which a cut may leave half a zone.
@pytest.mark.filterwarnings("ignore:tzname")
@pytest.mark.parametrize(
    ("fault", "numbers"),
    [
        (Fault.CUT, range(1, REQUESTS + 1)),
        (Fault.CUT_AFTER, range(1, REQUESTS + 1)),
        (Fault.SPOILT, range(3, REQUESTS)),  # what has a body
        (refusal("InternalError", 500), (1, 4, 7)),
    ],
    ids=["cut", "cut-after", "spoilt", "500"],
)
def test_a_fault_at_any_request_leaves_whole_pages_and_the_next_run_ends_it(
    s3: RunningS3, tmp_path: Path, fault: Fault, numbers: Sequence[int]
) -> None:
    old, new = make_site(tmp_path / "old", OLD), make_site(tmp_path / "new", NEW)
    passed = []
    for number in numbers:
        bucket = s3.make_bucket()
        to = f"s3://{bucket.name}"
        run_publish(old, "--to", to, "--no-verify", environ=s3.environ())
        with faulty_proxy(s3.url, at(number, fault)) as proxy:
            environ = s3.environ(AWS_ENDPOINT_URL_S3=proxy.url, AWS_MAX_ATTEMPTS="1")
            broken = run_publish(new, "--to", to, environ=environ)
        if broken.status == 0:
            passed.append(number)
        else:
            assert_one_message(broken)
        for path, content in content_of(bucket).items():
            assert content in {OLD.get(path), NEW.get(path)}, path
        is_new = (bucket / "index.html").read_bytes() == NEW["index.html"]
        assert not is_new or (bucket / "assets/site.99999999.css").exists()

        ended = run_publish(new, "--to", to, environ=s3.environ())
        assert ended.status == 0, ended.stderr
        assert content_of(bucket) == NEW
    assert set(passed) <= {REQUESTS}  # the check is patient


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.status(429, {"Retry-After": "0"})])
def test_a_passing_fault_is_tried_again_and_nobody_notices(
    s3: RunningS3, bucket: Path, site: Path, fault: Fault
) -> None:
    with faulty_proxy(s3.url, at(4, fault)) as proxy:
        environ = s3.environ(AWS_ENDPOINT_URL_S3=proxy.url, AWS_MAX_ATTEMPTS="3")
        ran = run_publish(site, "--to", f"s3://{bucket.name}", environ=environ)
    assert ran.status == 0, ran.stderr
    assert content_of(bucket) == PAGES


def test_tries_are_bounded(s3: RunningS3, bucket: Path, site: Path) -> None:
    with faulty_proxy(s3.url, from_on(1, Fault.status(429, {"Retry-After": "0"}))) as proxy:
        environ = s3.environ(AWS_ENDPOINT_URL_S3=proxy.url, AWS_MAX_ATTEMPTS="4")
        ran = run_publish(site, "--to", f"s3://{bucket.name}", environ=environ)
    assert_one_message(ran)
    assert "answered 429 to every try to list it" in ran.stderr
    assert len(proxy.requests) == 4


def test_a_token_that_expires_midway_leaves_the_old_pages(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    run_publish(
        make_site(tmp_path / "old", OLD), "--to", f"s3://{bucket.name}", environ=s3.environ()
    )
    with faulty_proxy(s3.url, from_on(5, refusal("ExpiredToken", 400))) as proxy:
        environ = s3.environ(AWS_ENDPOINT_URL_S3=proxy.url, AWS_MAX_ATTEMPTS="1")
        new = make_site(tmp_path / "new", NEW)
        ran = run_publish(new, "--to", f"s3://{bucket.name}", environ=environ)
    assert_one_message(ran)
    assert "renew AWS_SESSION_TOKEN" in ran.stderr
    found = content_of(bucket)
    found.pop("assets/site.99999999.css")
    assert found == OLD


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong-secret"}, "SignatureDoesNotMatch"),
        ({"AWS_ACCESS_KEY_ID": "nobody"}, "InvalidAccessKeyId"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY is not set"),
    ],
)
def test_wrong_keys_are_refused_and_never_printed(
    s3: RunningS3, bucket: Path, site: Path, environ: dict[str, str], said: str
) -> None:
    ran = run_publish(site, "--to", f"s3://{bucket.name}", environ=s3.environ(**environ))
    assert_one_message(ran)
    assert said in ran.stderr
    assert not any(value in ran.stderr for value in environ.values() if value)
    assert content_of(bucket) == {}


def test_nobody_and_a_profile_that_is_not_there_are_said(site: Path) -> None:
    nobody = run_publish(site, "--to", "s3://some-bucket", environ=NO_FILES)
    assert_one_message(nobody)
    assert "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE" in nobody.stderr
    profile = run_publish(site, "--to", "s3://some-bucket", environ=NO_FILES | {"AWS_PROFILE": "x"})
    assert_one_message(profile)
    assert "(x)" in profile.stderr


def test_keys_come_from_a_profile(s3: RunningS3, bucket: Path, site: Path, tmp_path: Path) -> None:
    own = s3.environ()
    keys = {name: own.pop(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    profile = tmp_path / "credentials"
    lines = "".join(f"{name.lower()}={value}\n" for name, value in keys.items())
    profile.write_text(f"[site]\n{lines}")
    environ = own | {"AWS_SHARED_CREDENTIALS_FILE": str(profile), "AWS_PROFILE": "site"}
    ran = run_publish(site, "--to", f"s3://{bucket.name}", environ=environ)
    assert ran.status == 0, ran.stderr


def test_a_bucket_that_is_not_there_is_named(s3: RunningS3, site: Path) -> None:
    ran = run_publish(site, "--to", "s3://no-such-bucket", environ=s3.environ())
    assert_one_message(ran)
    assert "There is no bucket no-such-bucket." in ran.stderr


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDenied", "The key needs s3:ListBucket"),
        ("RequestTimeTooSkewed", "The clock of this machine is wrong"),
        ("AuthorizationHeaderMalformed", "Set AWS_REGION"),
    ],
)
def test_a_refusal_says_what_to_do(
    s3: RunningS3, bucket: Path, site: Path, code: str, said: str
) -> None:
    with faulty_proxy(s3.url, from_on(1, refusal(code))) as proxy:
        environ = s3.environ(AWS_ENDPOINT_URL_S3=proxy.url, AWS_MAX_ATTEMPTS="1")
        ran = run_publish(site, "--to", f"s3://{bucket.name}", environ=environ)
    assert_one_message(ran)
    assert said in ran.stderr
    assert content_of(bucket) == {}


def test_a_store_that_is_gone_is_said(site: Path, s3: RunningS3) -> None:
    with faulty_proxy(s3.url) as proxy:
        url = proxy.url
    ran = run_publish(
        site, "--to", "s3://tool", environ=s3.environ(AWS_ENDPOINT_URL_S3=url, AWS_MAX_ATTEMPTS="1")
    )
    assert_one_message(ran)
    assert "tool cannot be reached to list it" in ran.stderr


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "no name of a bucket"),
        ("a", "no name of a bucket"),
        ("tool?colour=red", "no option 'colour'"),
        ("tool?encoding=zip", "Say gzip or beside"),
        ("tool?releases=1", "Keep between 2 and 100"),
        ("tool?releases=many", "not a whole number"),
        ("tool?releases=3&releases=4", "needs one value"),
        ("tool?releases", "cannot be read"),
        ("tool?cloudfront=../x", "no id of a CloudFront distribution"),
        ("tool/../other", "not a plain path"),
    ],
)
def test_an_address_that_makes_no_sense_is_a_usage_error(
    site: Path, address: str, said: str
) -> None:
    ran = run_publish(site, "--to", f"s3://{address}", environ=NO_FILES)
    assert (ran.status, said in ran.stderr) == (2, True), ran.stderr


def test_a_store_elsewhere_without_tls_and_a_strange_preview_are_usage_errors(site: Path) -> None:
    environ = NO_FILES | {"AWS_ENDPOINT_URL": "http://store.example.org"}
    ran = run_publish(site, "--to", "s3://tool", environ=environ)
    assert (ran.status, "is not an https address" in ran.stderr) == (2, True)
    ran = run_publish(site, "--to", "s3://tool", "--preview", "../up", environ=NO_FILES)
    assert (ran.status, "name of a preview" in ran.stderr) == (2, True)


def test_without_the_library_the_extra_is_named(site: Path) -> None:
    code = (
        "import sys\nsys.modules['boto3'] = sys.modules['botocore'] = None\n"
        "import cli\nsys.exit(cli.main(sys.argv[1:]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "publish", site, "--to", "s3://tool"],
        capture_output=True, text=True, check=False,
        cwd=Path(__file__).resolve().parents[3],
    )  # fmt: skip
    assert (ran.returncode, "pip install '4site[s3]'" in ran.stderr) == (5, True), ran.stderr
