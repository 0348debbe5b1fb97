"""Adding a flow: the files of a stream's models, and of the dbt project where there is none yet."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.files.feeds import Feed, chosen_feeds, feeds_of, no_feeds
from infra.lake.files.tables import LandingTable
from infra.lake.model.lake_model import LakeModel
from infra.lake.models.dbt_files import generated_dbt_files
from infra.lake.models.project import FOLDER, PROFILES, PROJECT, read_project
from infra.landing.flows.flow import Flow, flow_of
from infra.landing.flows.model_text import fact_text, living_text, model_text
from infra.landing.flows.models_yaml import Entry, fact_entry, flow_entries, named_in, yaml_with
from infra.landing.flows.profile_text import profile_text
from infra.scaffold.added import Added


def add_flow(model: LakeModel, landing: str, source: str, stem: str, domain: str | None) -> Added:
    """The files of a stream's flow; `domain`: with a model below dag/enriched/. No file that is there is changed, but for
    the YAML of the models, at its end. Raises UserError where the stream is not fed, or all of it is there.
    """
    flow = flow_of(_feed(model, landing, source, stem))
    wanted = dict(_models(flow, domain))
    new = {path: text for path, text in wanted.items() if not (model.root / path).exists()}
    if not new:
        raise UserError(f"{', '.join(wanted)}: the models are there already")
    _refuse_taken(model.root, new)
    completed, refused = _described(model.root, flow, domain)
    first = {path: text for path, text in _project(model).items() if not (model.root / path).exists()}
    generated = generated_dbt_files(model, begin=True).texts
    completed |= {path: text for path, text in generated.items() if _read(model.root, path) != text}
    steps = ["lakeform landing feed", f"cd {FOLDER} && dbt build --select {flow.name}+"]
    return Added({**first, **new}, completed, refused=refused, next=tuple(steps))


def _feed(model: LakeModel, landing: str, source: str, stem: str) -> Feed:
    feeds = feeds_of(model, landing)
    if not feeds:
        raise no_feeds(model, landing)
    return min(chosen_feeds(feeds, source, stem), key=lambda feed: feed.order)


def _models(flow: Flow, domain: str | None) -> Iterator[tuple[str, str]]:
    """(path, text) of each model."""
    folder = f"{FOLDER}/processed/{flow.feed.source}"
    yield f"{folder}/{flow.name}.sql", model_text(flow)
    if flow.merges:
        yield f"{folder}/{flow.living}.sql", living_text(flow)
    if domain is not None:
        yield f"{FOLDER}/enriched/{domain}/{_fact(flow.feed.table)}.sql", fact_text(flow)


def _fact(table: LandingTable) -> str:
    return f"fct_{table.short}"


def _refuse_taken(root: Path, new: dict[str, str]) -> None:
    """Raise UserError where dbt would find two models of one name."""
    known = {one.name: one.file for one in read_project(root).models}
    for path in new:
        if other := known.get(Path(path).stem.lower()):
            raise UserError(f"{path}: dbt needs names that are apart, and {other} has the same")


def _described(root: Path, flow: Flow, domain: str | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """(path -> text of the YAML with entries for the new models, what could not be added)."""
    source = flow.feed.source
    wanted: dict[str, list[Entry]] = {f"{FOLDER}/processed/{source}/_{source}__models.yml": flow_entries(flow)}
    if domain is not None:
        wanted[f"{FOLDER}/enriched/{domain}/_{domain}__models.yml"] = [fact_entry(_fact(flow.feed.table), flow)]
    texts, refused = dict[str, str](), list[str]()
    for path, entries in wanted.items():
        old = _read(root, path)
        missing = [entry for entry in entries if entry["name"] not in named_in(old)]
        text = yaml_with(old, missing) if missing else old
        if text is None:
            refused.append(
                f"{path} was left as it is, since its models are not at its end: add {_names(missing)} there"
            )
        elif text != old:
            texts[path] = text
    return texts, tuple(refused)


def _names(entries: list[Entry]) -> str:
    return " and ".join(str(entry["name"]) for entry in entries)


def _read(root: Path, path: str) -> str:
    if not (root / path).exists():
        return ""
    try:
        return read_text(str(root / path))
    except UnreadableError as error:
        raise UserError(f"{path}: {error}") from None


def _project(model: LakeModel) -> dict[str, str]:
    """Path -> text of what the dbt project is, where there is none."""
    folder = files("infra.landing.flows") / "project"
    return {
        PROJECT: (folder / "dbt_project.yml").read_text("utf-8"),
        PROFILES: profile_text(model.registry.lake.landings),
        f"{FOLDER}/.gitignore": (folder / "gitignore").read_text("utf-8"),
    }
