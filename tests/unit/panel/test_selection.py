import pytest

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy
from chorus.model.v1 import model_pb2
from chorus.model.v1.generation_pb2 import Sampling
from orchestrator.panel.directory import ListedModel, Listing
from orchestrator.panel.selection import select
from rpckit.errors import InvalidRequest, Unavailable


def listed(
    name: str,
    family: str,
    *,
    provider: str = "",
    price: int = 0,
    state: model_pb2.Model.State.ValueType = model_pb2.Model.STATE_READY,
    capability: model_pb2.Capability.ValueType = model_pb2.CAPABILITY_JSON_SCHEMA,
    kind: model_pb2.Model.Kind.ValueType = model_pb2.Model.KIND_LANGUAGE_MODEL,
) -> ListedModel:
    model = model_pb2.Model(
        name=name,
        kind=kind,
        family=family,
        provider=provider,
        state=state,
        capabilities=[capability],
        price=model_pb2.Price(output_usd_nanos=price),
    )
    return ListedModel(model, server="a:1")


LOADING = listed("gemma/gemma-3-4b-it", "google", state=model_pb2.Model.STATE_LOADING)
HOSTED = listed("huggingface/google/gemma-3-4b-it", "google", provider="huggingface", price=90)
CHEAP = listed("openai/small", "openai", provider="openai", price=10)
DEAR = listed("openai/large", "openai", provider="openai", price=100)
PAINTER = listed(
    "google/painter",
    "google",
    provider="google",
    capability=model_pb2.CAPABILITY_IMAGE_OUTPUT,
)
RULES = listed("chorus/proofreader-language", "chorus", kind=model_pb2.Model.KIND_RULES)
LISTING = Listing((LOADING, HOSTED, CHEAP, DEAR, PAINTER, RULES), ())


def names(models: tuple[ListedModel, ...]) -> list[str]:
    return [each.name for each in models]


def violations(request: GetFeedbackRequest, listing: Listing = LISTING) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        select(request, listing, ())
    return caught.value.metadata


def test_every_ready_model_that_writes_feedback_is_asked_by_default() -> None:
    panel = select(GetFeedbackRequest(), LISTING, ())
    assert names(panel.asked) == [HOSTED.name, CHEAP.name, DEAR.name, RULES.name]
    assert panel.spare == ()


def test_the_default_panel_can_be_set() -> None:
    panel = select(GetFeedbackRequest(), LISTING, (CHEAP.name, LOADING.name))
    assert names(panel.asked) == [CHEAP.name]


def test_a_named_model_is_asked_even_if_it_is_not_ready() -> None:
    panel = select(GetFeedbackRequest(models=[LOADING.name]), LISTING, ())
    assert names(panel.asked) == [LOADING.name]


def test_an_unknown_model_is_named_by_its_place() -> None:
    assert violations(GetFeedbackRequest(models=[CHEAP.name, "x/y"])) == {
        "models[1]": "there is no model x/y"
    }


def test_a_model_behind_a_silent_server_may_exist() -> None:
    panel = select(GetFeedbackRequest(models=["x/y"]), Listing((CHEAP,), ("b:2",)), ())
    (unknown,) = panel.asked
    assert unknown.name == "x/y"
    assert "b:2" in unknown.model.state_detail


def test_so_may_the_one_that_is_to_word_the_summary() -> None:
    request = GetFeedbackRequest(models=[CHEAP.name], summary_model="x/y")
    panel = select(request, Listing((CHEAP,), ("b:2",)), ())
    assert panel.summary_model is not None
    assert list(violations(request)) == ["summary_model"]


def test_a_model_that_only_draws_is_refused() -> None:
    assert list(violations(GetFeedbackRequest(models=[PAINTER.name]))) == ["models[0]"]


def test_allowed_providers_bound_the_panel_and_ours_always_may_read() -> None:
    panel = select(GetFeedbackRequest(allowed_providers=["openai"]), LISTING, ())
    assert names(panel.asked) == [CHEAP.name, DEAR.name, RULES.name]


def test_a_named_model_of_another_provider_is_refused() -> None:
    request = GetFeedbackRequest(models=[HOSTED.name], allowed_providers=["openai"])
    assert list(violations(request)) == ["models[0]"]


def test_a_provider_that_no_model_has_is_named_by_its_place() -> None:
    request = GetFeedbackRequest(allowed_providers=["openai", "opneai", ""])
    assert violations(request) == {"allowed_providers[1]": "no model is of a provider opneai"}


def test_a_provider_of_a_silent_server_may_exist() -> None:
    request = GetFeedbackRequest(allowed_providers=["elsewhere"])
    assert names(select(request, Listing(LISTING.models, ("b:2",)), ()).asked) == [RULES.name]


def test_only_who_is_asked_samples_in_a_way_of_its_own() -> None:
    of_all = {CHEAP.name: Sampling(), DEAR.name: Sampling(), LOADING.name: Sampling(), "x/y": Sampling()}
    asked = GetFeedbackRequest(models=[CHEAP.name, LOADING.name], model_sampling=of_all)
    assert list(violations(asked)) == [f"model_sampling[{DEAR.name}]", "model_sampling[x/y]"]
    # Who of the default panel is ready at the moment is not the caller's trouble.
    assert list(violations(GetFeedbackRequest(model_sampling=of_all))) == ["model_sampling[x/y]"]
    painter = GetFeedbackRequest(model_sampling={PAINTER.name: Sampling()})
    assert list(violations(painter)) == [f"model_sampling[{PAINTER.name}]"]
    with pytest.raises(InvalidRequest) as caught:
        select(GetFeedbackRequest(model_sampling=of_all), LISTING, (CHEAP.name, LOADING.name))
    assert list(caught.value.metadata) == [f"model_sampling[{DEAR.name}]", "model_sampling[x/y]"]


def test_the_named_models_bound_who_may_substitute_and_word_the_summary() -> None:
    panel = select(GetFeedbackRequest(models=[CHEAP.name]), LISTING, ())
    assert names(panel.spare) == [DEAR.name]
    request = GetFeedbackRequest(models=[CHEAP.name], summary_model=HOSTED.name)
    assert list(violations(request)) == ["summary_model"]


@pytest.mark.parametrize(
    ("substitution", "spare"),
    [
        (PanelPolicy.SUBSTITUTION_UNSPECIFIED, [CHEAP.name, DEAR.name]),
        (PanelPolicy.SUBSTITUTION_NONE, []),
        (PanelPolicy.SUBSTITUTION_MODELS, [CHEAP.name, DEAR.name]),
        (PanelPolicy.SUBSTITUTION_ANY, [CHEAP.name, DEAR.name, RULES.name]),
    ],
)
def test_rules_stand_in_only_where_asked_for(
    substitution: PanelPolicy.Substitution.ValueType, spare: list[str]
) -> None:
    request = GetFeedbackRequest(
        models=[LOADING.name], allowed_providers=["openai"], policy=PanelPolicy(substitution=substitution)
    )
    assert names(select(request, LISTING, ()).spare) == spare


def test_what_stands_in_for_rules_is_a_language_model_too() -> None:
    request = GetFeedbackRequest(models=[RULES.name], allowed_providers=["openai"])
    assert names(select(request, LISTING, ()).spare) == [CHEAP.name, DEAR.name]


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (PanelPolicy(min_models=2), "policy.min_models"),
        (PanelPolicy(min_families=2), "policy.min_families"),
    ],
)
def test_an_impossible_policy_is_refused(policy: PanelPolicy, field: str) -> None:
    assert list(violations(GetFeedbackRequest(models=[CHEAP.name], policy=policy))) == [field]


def test_nothing_ready_is_unavailable_not_the_callers_fault() -> None:
    with pytest.raises(Unavailable):
        select(GetFeedbackRequest(), Listing((LOADING,), ()), ())


def test_a_server_that_is_silent_is_named_where_nothing_is_ready() -> None:
    with pytest.raises(Unavailable, match=r"no model is ready; b:2, c:3 did not answer in time"):
        select(GetFeedbackRequest(), Listing((LOADING,), ("b:2", "c:3")), ())


def test_a_default_panel_of_which_nothing_is_ready_is_named_by_its_setting() -> None:
    with pytest.raises(
        Unavailable, match=r"no model of CHORUS_PANEL \(no/such, gemma/gemma-3-4b-it\) is ready"
    ):
        select(GetFeedbackRequest(), LISTING, ("no/such", LOADING.name))


A, A2, B = (listed(name, name[0]) for name in ("a/1", "a/2", "b/1"))
RULES_TOO = listed("chorus/proofreader-structure", "chorus", kind=model_pb2.Model.KIND_RULES)
BOTH_RULES = [RULES.name, RULES_TOO.name]


@pytest.mark.parametrize(
    ("answered", "enough"),
    [([], False), ([A], False), ([A, A2], False), ([A, B], True), ([A, A2, B], True)],
)
def test_enough_is_counted_in_models_and_in_families(answered: list[ListedModel], enough: bool) -> None:
    request = GetFeedbackRequest(policy=PanelPolicy(min_models=2, min_families=2))
    assert select(request, LISTING, ()).is_enough(answered) is enough


@pytest.mark.parametrize(
    ("models", "ready", "answered", "enough"),
    [
        # Nobody named them, and somebody else was asked.
        ([], [A, B, RULES], [RULES], False),
        ([], [A, B, RULES, RULES_TOO], [A, RULES], True),
        # They were named.
        ([RULES.name], [A, RULES], [RULES], True),
        ([A.name, RULES.name], [A, RULES], [RULES], True),
        # They stand in, which does not make them named.
        ([A.name], [A, RULES], [RULES], False),
        # Nobody else is there.
        ([], [RULES, RULES_TOO, LOADING], [RULES], True),
    ],
)
def test_a_reviewer_by_rule_counts_where_it_is_named_or_nobody_else_is_asked(
    models: list[str], ready: list[ListedModel], answered: list[ListedModel], enough: bool
) -> None:
    request = GetFeedbackRequest(models=models, policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_ANY))
    assert select(request, Listing(tuple(ready), ()), ()).is_enough(answered) is enough


@pytest.mark.parametrize(
    ("models", "policy", "fields"),
    [
        ([], PanelPolicy(min_models=4, min_families=3), ["policy.min_models", "policy.min_families"]),
        ([], PanelPolicy(min_models=3), ["policy.min_models"]),
        ([], PanelPolicy(min_families=3), ["policy.min_families"]),
        ([A.name, B.name, *BOTH_RULES], PanelPolicy(min_models=4, min_families=3), []),
        ([], PanelPolicy(min_models=2, min_families=2), []),
    ],
)
def test_a_policy_that_reviewers_by_rule_would_have_to_meet_is_refused(
    models: list[str], policy: PanelPolicy, fields: list[str]
) -> None:
    request = GetFeedbackRequest(models=models, policy=policy)
    listing = Listing((A, B, RULES, RULES_TOO), ())
    if fields:
        assert list(violations(request, listing)) == fields
    else:
        assert len(select(request, listing, ()).asked) == 4


DOWN = listed("b/2", "b", state=model_pb2.Model.STATE_UNAVAILABLE)
C_DOWN = listed("c/1", "c", provider="cloud", state=model_pb2.Model.STATE_UNAVAILABLE)


@pytest.mark.parametrize(
    ("models", "default_panel", "policy", "missing"),
    [
        ((A, DOWN), (), PanelPolicy(min_models=2), "b/2 is not ready"),
        ((A, A2, DOWN), (), PanelPolicy(min_families=2), "b/2 is not ready"),
        ((A, A2, DOWN, B), ("a/1", "b/2"), PanelPolicy(min_models=2), "b/2 is not ready"),
        # Where rules are all that is ready, they are counted, but the others would be enough without them.
        ((RULES, LOADING, DOWN), (), PanelPolicy(min_models=2), f"{LOADING.name} is not ready"),
    ],
)
def test_a_panel_that_would_be_enough_if_it_were_ready_is_not_the_callers_fault(
    models: tuple[ListedModel, ...], default_panel: tuple[str, ...], policy: PanelPolicy, missing: str
) -> None:
    with pytest.raises(Unavailable, match=missing) as caught:
        select(GetFeedbackRequest(policy=policy), Listing(models, ()), default_panel)
    assert caught.value.retry_delay == 1


def test_a_silent_server_may_have_whom_the_policy_asks_for() -> None:
    request = GetFeedbackRequest(policy=PanelPolicy(min_models=2, min_families=2))
    with pytest.raises(Unavailable, match="b:2 does not answer"):
        select(request, Listing((A,), ("b:2",)), ())
    with pytest.raises(Unavailable, match=r"x/y is not ready; b:2 does not answer"):
        select(request, Listing((A,), ("b:2",)), ("a/1", "x/y"))


@pytest.mark.parametrize(
    ("request_", "default_panel", "unreachable"),
    [
        (GetFeedbackRequest(policy=PanelPolicy(min_models=4)), (), ()),
        (GetFeedbackRequest(policy=PanelPolicy(min_models=3)), ("a/1", "b/2", "no/such"), ()),
        (GetFeedbackRequest(policy=PanelPolicy(min_models=3)), ("a/1", "b/2"), ("b:2",)),
        # Whoever names the models says how many there are.
        (GetFeedbackRequest(models=["a/1"], policy=PanelPolicy(min_models=2)), (), ()),
        # Who may not read the text would not be asked.
        (GetFeedbackRequest(allowed_providers=["x"], policy=PanelPolicy(min_models=3)), (), ()),
    ],
)
def test_what_no_panel_could_reach_is_the_callers_fault(
    request_: GetFeedbackRequest, default_panel: tuple[str, ...], unreachable: tuple[str, ...]
) -> None:
    x = listed("x/1", "a", provider="x")
    listing = Listing((A, DOWN, C_DOWN) if not request_.allowed_providers else (x, DOWN, C_DOWN), unreachable)
    with pytest.raises(InvalidRequest) as caught:
        select(request_, listing, default_panel)
    assert list(caught.value.metadata) == ["policy.min_models"]
