"""Drives every method of mem0's Python client against the server at MEM0_HOST, with the key in MEM0_API_KEY.

Prints one line of JSON at the end: the methods that were called, and the version of the client. Ends with 1, and says
where, at the first answer that is not as it should be.
"""

import asyncio
import json
import os
import sys
from importlib.metadata import version

from mem0 import AsyncMemoryClient, MemoryClient
from mem0.client.project import Project
from mem0.client.types import AddMemoryOptions, DeleteAllMemoryOptions, SearchMemoryOptions, UpdateMemoryOptions
from mem0.exceptions import AuthenticationError, MemoryError, MemoryNotFoundError, ValidationError

HOST = os.environ["MEM0_HOST"]
MISSING = "01890000-0000-7000-8000-000000000000"
called = set()


class Noted:
    """Passes every call on, and notes the name of its method."""

    def __init__(self, target, prefix=""):
        self._target = target
        self._prefix = prefix

    def __getattr__(self, name):
        found = getattr(self._target, name)
        if name == "project":
            return Noted(found, "project.")
        if not callable(found):
            return found
        called.add(self._prefix + name)
        return found


def check(is_so, what):
    if not is_so:
        raise AssertionError(what)


def refused(kind, call, *args, **kwargs):
    """The call must end with exactly this class of the client's own errors."""
    try:
        answer = call(*args, **kwargs)
    except Exception as error:  # noqa: BLE001
        check(type(error) is kind, f"{type(error).__name__} in the place of {kind.__name__}: {error}")
        return error
    raise AssertionError(f"not refused: {answer}")


def memories(client):
    added = client.add("Ann lives in Oslo", user_id="ann", infer=False, metadata={"city": "Oslo", "user_id": "eve"})
    check(added["status"] == "SUCCEEDED" and added["event_id"], added)
    memory = added["results"][0]["id"]
    turns = [{"role": "user", "content": "I like tea"}, {"role": "assistant", "content": "Noted: tea"}]
    options = AddMemoryOptions(filters={"user_id": "ann", "agent_id": "bot"}, infer=False)
    check(len(client.add(turns, options)["results"]) == 2, "options nest the ids in filters")
    check(client.add({"role": "user", "content": "Ben plays the oboe"}, user_id="ben")["results"], "infer is on")

    one = client.get(memory)
    check(one["memory"] == "Ann lives in Oslo" and one["user_id"] == "ann", one)
    check(one["metadata"] == {"city": "Oslo"}, "identity keys are stripped from metadata")
    page = client.get_all(filters={"user_id": "ann"}, page=1, page_size=2)
    check(page["count"] == 3 and len(page["results"]) == 2 and page["next"], page)
    found = client.search("Where does Ann live?", SearchMemoryOptions(filters={"user_id": "ann"}, top_k=1))
    check([hit["id"] for hit in found["results"]] == [memory], found)

    client.update(memory, text="Ann lives in Rome", metadata={"city": "Rome"})
    client.update(memory, UpdateMemoryOptions(expiration_date="2999-12-31"))
    check(client.update(memory, expiration_date=None)["expiration_date"] is None, "null clears")
    steps = [(step["event"], step["new_memory"]) for step in client.history(memory)]
    check(steps[:2] == [("ADD", "Ann lives in Oslo"), ("UPDATE", "Ann lives in Rome")], steps)

    both = [hit["id"] for hit in client.get_all(filters={"agent_id": "bot"})["results"]]
    client.batch_update([{"memory_id": both[0], "text": "Ann drinks tea"}])
    check(client.get(both[0])["memory"] == "Ann drinks tea", "batch_update")
    client.batch_delete([{"memory_id": id} for id in both])
    check(client.get_all(filters={"agent_id": "bot"})["count"] == 0, "batch_delete")

    refused(MemoryNotFoundError, client.get, MISSING)
    refused(MemoryNotFoundError, client.update, "../../etc/passwd", text="x")
    refused(ValidationError, client.search, "tea", filters={"user_id": "ann", "colour": "red"})
    refused(ValidationError, client.search, "tea")
    refused(ValidationError, client.delete_all)
    # The client writes a dictionary into the query in Python's own spelling: no server could read it.
    refused(ValidationError, client.delete_all, DeleteAllMemoryOptions(filters={"user_id": "ann"}))
    check(client.get_all(filters={"user_id": "ann"})["count"] == 1, "nothing was deleted by what was refused")


def beside_memories(client):
    memory = client.get_all(filters={"user_id": "ann"})["results"][0]["id"]
    given = client.feedback(memory, "negative", "it was Bergen")
    check(given["id"] and given["feedback"] == "NEGATIVE" and given["feedback_reason"] == "it was Bergen", given)
    check(client.feedback(memory)["feedback"] is None, "null takes it back")
    refused(MemoryNotFoundError, client.feedback, MISSING, "POSITIVE")

    schema = {
        "title": "Fact",
        "type": "object",
        "properties": {
            "memory": {"type": "string"},
            "city": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "age": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        },
    }
    made = client.create_memory_export(schema=schema, filters={"user_id": "ann"})
    export = client.get_memory_export(memory_export_id=made["id"])
    check(export["memories"] == [{"memory": "Ann lives in Rome", "city": "Rome", "age": None}], export)
    as_text = client.create_memory_export(schema=json.dumps(schema), user_id="ann")
    check(client.get_memory_export(user_id="ann")["id"] == as_text["id"], "found by its filters")
    refused(ValidationError, client.create_memory_export, schema={"type": "string"}, filters={"user_id": "ann"})
    refused(MemoryNotFoundError, client.get_memory_export, memory_export_id=MISSING)
    summary = client.get_summary({"user_id": "ann"})
    check(summary["summary"] == "- Ann lives in Rome" and summary["total"] == 1, summary)


def projects(client):
    categories = [{"pets": "animals at home"}]
    client.project.update(custom_instructions="Only facts", custom_categories=categories, decay=True)
    check(client.project.get(fields=["decay", "custom_categories"]) == {"decay": True, "custom_categories": categories}, "fields")
    client.update_project(multilingual=True, memory_depth="deep")
    settings = client.get_project()
    check(settings["custom_instructions"] == "Only facts" and settings["multilingual"] is True, settings)
    check(client.get_project(fields=["memory_depth"]) == {"memory_depth": "deep"}, "one field")

    url = "https://hooks.example.com/memories"
    hook = client.create_webhook(url=url, name="hook", project_id=client.project_id, event_types=["memory_add"])
    id = hook["webhook_id"]
    client.update_webhook(id, name="renamed", event_types=["memory_delete"])
    listed = client.get_webhooks(client.project_id)
    check([(one["webhook_id"], one["name"], one["event_types"]) for one in listed] == [(id, "renamed", ["memory_delete"])], listed)
    client.delete_webhook(id)
    check(client.get_webhooks(client.project_id) == [], "the webhook is gone")
    refused(MemoryNotFoundError, client.get_webhooks, MISSING)


def not_here(client):
    project = client.project
    for call in [
        lambda: client.get_profile("ann"),
        lambda: client.generate_profile("ann"),
        lambda: client.sample_profiles(2),
        lambda: client.get_profile_job("7"),
        lambda: client.get_profile_settings(),
        lambda: client.update_profile_settings(enabled=True),
        lambda: project.create("another"),
        lambda: project.delete(),
        lambda: project.get_members(),
        lambda: project.add_member("ben@example.com"),
        lambda: project.update_member("ben@example.com", "OWNER"),
        lambda: project.remove_member("ben@example.com"),
    ]:
        error = refused(MemoryError, call)
        check(error.error_code == "HTTP_501" and error.details["code"] == "not_implemented", error.details)
    refused(NotImplementedError, client.chat)


def endings(client):
    gone = client.add("Cleo stays a day", user_id="cleo", infer=False)["results"][0]["id"]
    check("deleted" in client.delete(gone)["message"].lower(), "delete")
    refused(MemoryNotFoundError, client.get, gone)
    names = {(one["type"], one["name"]) for one in client.users()["results"]}
    check({("user", "ann"), ("user", "ben")} <= names, names)
    client.delete_users(user_id="ben")
    check(client.get_all(filters={"user_id": "ben"})["count"] == 0, "delete_users")
    client.add("Dora one", user_id="dora", infer=False)
    client.delete_all(user_id="dora")
    check(client.get_all(filters={"user_id": "dora"})["count"] == 0, "delete_all")
    client.reset()
    check(client.users()["count"] == 0, "reset deletes everybody")


async def asynchronous():
    async with AsyncMemoryClient(host=HOST) as client:
        added = await client.add("Eda keeps bees", user_id="eda", infer=False)
        memory = added["results"][0]["id"]
        check((await client.get(memory))["memory"] == "Eda keeps bees", "get")
        found = await asyncio.gather(*[client.search("bees", filters={"user_id": "eda"}) for _ in range(5)])
        check(all(one["results"][0]["id"] == memory for one in found), found)
        await client.update(memory, text="Eda sells honey")
        check((await client.get_all(filters={"user_id": "eda"}))["count"] == 1, "get_all")
        check(len(await client.history(memory)) == 2, "history")
        check((await client.feedback(memory, "POSITIVE"))["feedback"] == "POSITIVE", "feedback")
        check((await client.get_summary({"user_id": "eda"}))["summary"] == "- Eda sells honey", "get_summary")
        check((await client.project.get(fields=["decay"])) == {"decay": True}, "project.get")
        check((await client.users())["count"] == 1, "users")
        await client.delete(memory)
        try:
            await client.get(memory)
            raise AssertionError("get answers for what was deleted")
        except MemoryNotFoundError:
            pass


def main():
    refused(ValueError, MemoryClient, api_key="m0-wrong", host=HOST)
    # A host with a slash at its end gives paths that begin with two.
    client = Noted(MemoryClient(host=f"{HOST}/"))
    check(client.org_id and client.org_id == client.project_id, "the ping tells both ids")
    for part in (memories, beside_memories, projects, not_here, endings):
        part(client)
    asyncio.run(asynchronous())
    wrong = MemoryClient(host=HOST)
    wrong.client.headers["Authorization"] = "Token m0-wrong"
    refused(AuthenticationError, wrong.get, MISSING)

    public = {name for name in dir(MemoryClient) if not name.startswith("_") and callable(getattr(MemoryClient, name))}
    public |= {f"project.{name}" for name, value in vars(Project).items() if not name.startswith("_") and callable(value)}
    print(json.dumps({"version": version("mem0ai"), "called": sorted(called & public), "missed": sorted(public - called)}))


if __name__ == "__main__":
    try:
        main()
    except Exception:
        import traceback

        traceback.print_exc()
        sys.exit(1)
