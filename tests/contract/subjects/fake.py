"""The fake model server, which every test of the orchestrator rests on."""

from tests.contract.subject import Subject
from tests.fakes.model_server import FakeModels

SUBJECTS = [Subject("fake", "fake/good", lambda: FakeModels().start())]
