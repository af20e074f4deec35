import pytest

from tests.unit.deploy.cluster import Cluster, render


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
