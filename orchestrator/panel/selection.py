"""Chooses the models that a request asks, and those that may stand in for them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import model_pb2
from orchestrator.panel.directory import ListedModel, Listing
from rpckit.errors import InvalidRequest, Unavailable


@dataclass(frozen=True, slots=True)
class SelectedPanel:
    """The models that are asked, in request order, and the ready ones that may stand in for them.

    Attributes:
        counted_rules: The reviewers by rule that count toward the minimum, by name. Language models all do.
    """

    asked: tuple[ListedModel, ...]
    spare: tuple[ListedModel, ...]
    summary_model: ListedModel | None
    min_models: int
    min_families: int
    counted_rules: frozenset[str] = frozenset()

    def counted(self, models: Iterable[ListedModel]) -> list[ListedModel]:
        """Returns those of some models that count toward the policy's minimum."""
        return [each for each in models if not each.is_rule_based or each.name in self.counted_rules]

    def is_enough(self, answered: Iterable[ListedModel]) -> bool:
        """Returns whether the policy's minimum is reached, given the models that answered."""
        counted = self.counted(answered)
        families = {each.model.family for each in counted}
        return len(counted) >= self.min_models and len(families) >= self.min_families


def select(
    request: feedback_service_pb2.GetFeedbackRequest,
    listing: Listing,
    default_panel: Sequence[str],
    earlier_panel: Sequence[str] | None = None,
) -> SelectedPanel:
    """Chooses the panel; empty `default_panel` means every ready model.

    A request that names no model asks those again that it asked before, if it has been reviewed.

    Raises:
        InvalidRequest: A model or provider is unknown or not allowed; the policy asks for more than the panel
            has.
        Unavailable: No model is named, and none (of the default panel) is ready; or fewer than the policy
            asks for, and all of them would be enough.
    """
    wrong = dict(_unknown_providers(request, listing))
    readers = _Readers.of(request, listing)
    reviewers = [each for each in listing.models if _can_review(each) and readers.allow(each)]
    if request.models:
        asked = _named(request, listing, readers, wrong)
    elif earlier_panel is not None:
        found = (listing.find(name) or _behind_silence(name, listing) for name in earlier_panel)
        asked = [each for each in found if each is not None]
    else:
        asked = [each for each in asked_by_default(listing, default_panel) if readers.allow(each)]
    wrong |= _unasked_samplings(request, listing, asked, default_panel)
    name = request.summary_model
    summary_model = (listing.find(name) or _behind_silence(name, listing)) if name else None
    if name and summary_model is None:
        wrong["summary_model"] = f"there is no model {name}"
    elif summary_model is not None and not readers.allow(summary_model):
        wrong["summary_model"] = f"its provider, {summary_model.model.provider}, is not allowed"
    policy = request.policy
    asked_names = {each.name for each in asked}
    panel = SelectedPanel(
        asked=tuple(asked),
        spare=tuple(
            each for each in reviewers if each.name not in asked_names and _may_substitute(each, policy)
        ),
        summary_model=summary_model,
        min_models=policy.min_models if policy.HasField("min_models") else 1,
        min_families=policy.min_families if policy.HasField("min_families") else 1,
        counted_rules=_counted_rules(request, asked),
    )
    if not wrong and not asked:
        whose = f"of CHORUS_PANEL ({', '.join(default_panel)}) " if default_panel else ""
        silent = f"; {', '.join(listing.unreachable)} did not answer in time" if listing.unreachable else ""
        raise Unavailable(
            f"no model {whose}is ready{silent}; ListModels says what each of them needs", retry_delay=1
        )
    if wrong:
        raise InvalidRequest(wrong)
    wrong = dict(_impossible_minimum(panel))
    if wrong:
        whole = () if request.models else _whole_panel(listing, readers, default_panel, earlier_panel)
        if whole is None or _could_be_enough(whole, panel):
            raise Unavailable(
                f"{'; '.join(f'{field}: {text}' for field, text in wrong.items())}, as long as"
                f" {_who_is_missing(listing, whole, asked)}; ListModels says what each of them needs",
                retry_delay=1,
            )
        raise InvalidRequest(wrong)
    return panel


def _whole_panel(
    listing: Listing,
    readers: "_Readers",
    default_panel: Sequence[str],
    earlier_panel: Sequence[str] | None,
) -> list[ListedModel] | None:
    """Returns whom a request that names nobody would ask if all were ready.

    None: a server that does not answer may have any number of them.
    """
    names = earlier_panel if earlier_panel is not None else default_panel
    if not names:
        if listing.unreachable:
            return None
        reviewers = (each for each in listing.models if each.can(model_pb2.CAPABILITY_JSON_SCHEMA))
        return [each for each in reviewers if readers.allow(each)]
    found = (listing.find(name) or _behind_silence(name, listing) for name in names)
    return [each for each in found if each is not None and readers.allow(each)]


def _could_be_enough(whole: Sequence[ListedModel], panel: SelectedPanel) -> bool:
    """Returns whether the policy's minimum would be reached if all of a panel answered."""
    counted = [each for each in whole if not each.is_rule_based] or whole
    # Of whom no server has listed yet, nobody knows the family: each may be one of its own.
    families = {each.model.family or each.name for each in counted}
    return len(counted) >= panel.min_models and len(families) >= panel.min_families


def _who_is_missing(
    listing: Listing, whole: Sequence[ListedModel] | None, asked: Sequence[ListedModel]
) -> str:
    names = {each.name for each in asked}
    missing = [each.name for each in whole or () if each.name not in names]
    silent = [f"{each} does not answer" for each in listing.unreachable]
    return "; ".join([*(f"{each} is not ready" for each in missing), *silent])


def _impossible_minimum(panel: SelectedPanel) -> Iterator[tuple[str, str]]:
    """Yields the fields of a policy that asks for more than all of the panel could give."""
    counted = panel.counted(panel.asked)
    families = len({each.model.family for each in counted})
    unnamed = "" if len(counted) == len(panel.asked) else " without the reviewers by rule, which nobody named"
    if panel.min_models > len(counted):
        yield "policy.min_models", f"{panel.min_models}, more than the panel has{unnamed}: {len(counted)}"
    if panel.min_families > families:
        yield "policy.min_families", f"{panel.min_families}, more than the panel has{unnamed}: {families}"


def asked_by_default(listing: Listing, default_panel: Sequence[str]) -> list[ListedModel]:
    """Returns the models that a request asks which names none and allows every provider."""
    reviewers = filter(_can_review, listing.models)
    return [each for each in reviewers if not default_panel or each.name in default_panel]


@dataclass(frozen=True, slots=True)
class _Readers:
    """Those who may read the text, by provider; `providers` None: everybody."""

    providers: frozenset[str] | None

    @classmethod
    def of(cls, request: feedback_service_pb2.GetFeedbackRequest, listing: Listing) -> "_Readers":
        if request.allowed_providers:
            return cls(frozenset(request.allowed_providers))
        if request.models:
            named = (listing.find(name) for name in request.models)
            return cls(frozenset(each.model.provider for each in named if each is not None))
        return cls(None)

    def allow(self, listed: ListedModel) -> bool:
        provider = listed.model.provider
        return not provider or self.providers is None or provider in self.providers


def _named(
    request: feedback_service_pb2.GetFeedbackRequest,
    listing: Listing,
    readers: _Readers,
    wrong: dict[str, str],
) -> list[ListedModel]:
    asked: list[ListedModel] = []
    for place, name in enumerate(request.models):
        field = f"models[{place}]"
        listed = listing.find(name) or _behind_silence(name, listing)
        if listed is None:
            wrong[field] = f"there is no model {name}"
        elif listed.server and not listed.can(model_pb2.CAPABILITY_JSON_SCHEMA):
            wrong[field] = f"{name} writes no feedback"
        elif not readers.allow(listed):
            wrong[field] = f"its provider, {listed.model.provider}, is not among allowed_providers"
        else:
            asked.append(listed)
    return asked


def _unknown_providers(
    request: feedback_service_pb2.GetFeedbackRequest, listing: Listing
) -> Iterator[tuple[str, str]]:
    """Yields what is wrong with providers that no model has.

    Nothing is while a server has not answered: such a provider may be one of its models'.
    """
    if listing.unreachable:
        return
    known = {each.model.provider for each in listing.models}
    for place, provider in enumerate(request.allowed_providers):
        if provider not in known:
            yield f"allowed_providers[{place}]", f"no model is of a provider {provider}"


def _unasked_samplings(
    request: feedback_service_pb2.GetFeedbackRequest,
    listing: Listing,
    asked: Sequence[ListedModel],
    default_panel: Sequence[str],
) -> dict[str, str]:
    """Returns the models that are sampled in a way of their own though nobody asks them.

    Of a default panel, those that are not ready are left out silently, and so is how they would sample.
    """
    reviewers = (each.name for each in listing.models if each.can(model_pb2.CAPABILITY_JSON_SCHEMA))
    panel = request.models or [*(each.name for each in asked), *(default_panel or reviewers)]
    return {
        f"model_sampling[{name}]": "the model is not asked"
        for name in sorted(request.model_sampling)
        if name not in panel
    }


def _behind_silence(name: str, listing: Listing) -> ListedModel | None:
    """Stands for an unknown model that a server may have which has not answered so far."""
    if not listing.unreachable:
        return None
    detail = f"no server that answers has it; {', '.join(listing.unreachable)} did not answer"
    unavailable = model_pb2.Model.STATE_UNAVAILABLE
    return ListedModel(model_pb2.Model(name=name, state=unavailable, state_detail=detail), server="")


def _can_review(listed: ListedModel) -> bool:
    return listed.ready and listed.can(model_pb2.CAPABILITY_JSON_SCHEMA)


def _may_substitute(listed: ListedModel, policy: feedback_service_pb2.PanelPolicy) -> bool:
    if policy.substitution == policy.SUBSTITUTION_NONE:
        return False
    return policy.substitution == policy.SUBSTITUTION_ANY or not listed.is_rule_based


def _counted_rules(
    request: feedback_service_pb2.GetFeedbackRequest, asked: Sequence[ListedModel]
) -> frozenset[str]:
    """Returns the reviewers by rule that the request names, or those of a default panel of no others."""
    rules = frozenset(each.name for each in asked if each.is_rule_based)
    return rules if request.models or len(rules) == len(asked) else frozenset()
