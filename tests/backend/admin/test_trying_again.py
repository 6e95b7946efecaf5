"""A job that was given up, in the engine's own tables: found by its id, and queued once more."""

from __future__ import annotations

from dbos import DBOSClient, DBOSPortableJSONSerializer

from backend.actions.context import Context
from backend.jobs.engine import APPLICATION, SCHEMA, Engine

MAIL = {"to": "zoe@people.example", "template": "sign_in", "ticket": "ticket"}


def test_the_engine_queues_a_job_again_with_what_it_was_told(any_context: Context) -> None:
    engine = Engine(any_context.settings)
    engine.prepare()
    client = DBOSClient(
        system_database_url=any_context.settings.jobs_url,
        dbos_system_schema=SCHEMA,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
    )
    try:
        engine.add("send_mail", MAIL)
        (queued,) = client.list_workflows()
        assert engine.again(queued.workflow_id)
        assert not engine.again("of-nobody")
        both = client.list_workflows()
        assert len({each.workflow_id for each in both}) == 2
        assert {each.name for each in both} == {"send_mail"}
        assert [each.input["args"][0] for each in both if each.input] == [MAIL, MAIL]
    finally:
        client.destroy()
        engine.stop()
