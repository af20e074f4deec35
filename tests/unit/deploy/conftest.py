import pytest

from tests.unit.deploy.cluster import COMBINATIONS, Cluster, render


@pytest.fixture(params=["local", "production"])
def cluster(request: pytest.FixtureRequest) -> Cluster:
    overlay: str = request.param
    return render(overlay)


@pytest.fixture
def local() -> Cluster:
    return render("local")


@pytest.fixture
def production() -> Cluster:
    return render("production")


@pytest.fixture(params=["local", "production", *COMBINATIONS])
def variant(request: pytest.FixtureRequest) -> Cluster:
    name: str = request.param
    return render(name)
