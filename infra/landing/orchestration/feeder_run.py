"""FeederRun: one run over the chosen tables of a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import dagster as dg

from infra.base.errors import UserError
from infra.lake.files.feeds import Feed
from infra.landing.engine.engine import Engine
from infra.landing.engine.opening import open_engine
from infra.landing.feed.ended import Ended
from infra.landing.feed.facts import TableFacts, read_facts
from infra.landing.feed.fed import Fed, failures
from infra.landing.feed.found_file import Listing
from infra.landing.feed.landing_feed import SourceRun, Wish, folders_of, note_look, unknown_files
from infra.landing.feed.landing_replay import replay_stream
from infra.landing.feed.ledger import prepare
from infra.landing.feed.look import recent_days
from infra.landing.feed.renames import note_renames
from infra.landing.feed.replay import Wanted
from infra.landing.feed.server_jobs import FeedKey, ask_servers
from infra.landing.feed.state import now
from infra.landing.orchestration.dbt_models import DbtModel
from infra.landing.orchestration.feed_config import FeedConfig
from infra.landing.orchestration.location import Location, SourceFeeds
from infra.landing.orchestration.models_run import ModelsRun, Told, with_news
from infra.landing.orchestration.results import check_results, materialization
from infra.landing.orchestration.servers import Servers
from infra.landing.orchestration.specs import table_key
from infra.landing.settings import LandingSettings
from infra.landing.types.targets import target_of


@dataclass(frozen=True)
class FeederRun:
    """What a run does. Tables that are committed stay, whatever becomes of the next one.

    Attributes:
        sample: rows that are shown of each table.
        models: those of the source, which the run goes on to.
    """

    location: Location
    source: SourceFeeds
    servers: Servers
    sample: int
    models: Sequence[DbtModel]
    context: dg.AssetExecutionContext

    def go(self, config: FeedConfig) -> Iterator[Told]:
        """Feed or replay, and tell of each table; then build the models. Raises Failure at the end, for all that failed."""
        failed, done = list[str](), list[Fed]()
        try:
            settings = self.location.settings
            wanted = config.replay.wanted(settings)
            for feed, fed, facts in self._replayed(settings, wanted) if wanted else self._fed(settings, config):
                done.append(fed)
                yield from self._told(feed, fed, facts)
        except UserError as error:
            failed.append(str(error))
        models = ModelsRun(self.location, self.context)
        yield from models.go(self._chosen_models(models, done))
        # What is wrong with the landing itself is met by both.
        failed = list(dict.fromkeys([*failures(done), *failed, *models.failed]))
        if failed:
            raise dg.Failure("\n".join(failed), allow_retries=False)

    @property
    def _tables(self) -> dict[str, Sequence[Feed]]:
        chosen = self.context.selected_asset_keys
        return {name: feeds for name, feeds in self.source.tables.items() if table_key(feeds[0].table) in chosen}

    def _chosen_models(self, models: ModelsRun, done: Sequence[Fed]) -> Sequence[DbtModel]:
        """All that were chosen, where no table was; else those with something new."""
        chosen = models.chosen(self.models)
        if not chosen or not self._tables:
            return chosen
        try:
            return with_news(self.location.settings, chosen, {fed.table for fed in done if fed.files or fed.deleted})
        except UserError as error:
            models.failed.append(str(error))
            return []

    def _fed(self, settings: LandingSettings, config: FeedConfig) -> Iterator[tuple[Feed, Fed, TableFacts | None]]:
        feeds = self.source.feeds(list(self._tables))
        wish = Wish(config.everything, config.retry, self._ended(feeds))
        days = None if wish.everything else recent_days(datetime.now(UTC).date(), settings.recent)
        looked = list[Listing]()
        with open_engine(settings) as engine:
            prepare(engine)
            note_renames(engine)
            run = SourceRun(engine, folders_of(settings, self.location.feeds), days, wish, looked)
            for fed in run.feed_source(feeds):
                yield self._with_facts(engine, self._tables[fed.table][0], fed)
            if wish.everything:
                note_look(engine, looked, unknown_files(engine, looked))

    def _ended(self, feeds: Sequence[Feed]) -> Mapping[FeedKey, Ended]:
        """What servers say of jobs; of a server that is not there, the files have to say it."""
        if not all(self.servers.is_configured(stack) for stack in {feed.stack for feed in feeds}):
            return {}
        try:
            return ask_servers(self.location.model, feeds, self.location.environ)
        except UserError as error:
            self.context.log.warning("%s; the files alone say which rows are alive", error)
            return {}

    def _replayed(self, settings: LandingSettings, wanted: Wanted) -> Iterator[tuple[Feed, Fed, TableFacts | None]]:
        for name, feeds in self._tables.items():
            try:
                fed = replay_stream(settings, self.location.feeds, feeds, wanted, drop=False)
            except UserError as error:
                fed = Fed(name, failure=str(error))
            with open_engine(settings) as engine:
                yield self._with_facts(engine, feeds[0], fed)

    def _with_facts(self, engine: Engine, feed: Feed, fed: Fed) -> tuple[Feed, Fed, TableFacts | None]:
        try:
            return feed, fed, read_facts(engine, target_of(feed), self.sample)
        except UserError as error:
            return feed, replace(fed, failure=fed.failure or str(error)), None

    def _told(self, feed: Feed, fed: Fed, facts: TableFacts | None) -> Iterator[Told]:
        for line in (*fed.notes, *(f"{path}: {reason}" for path, reason in sorted(fed.problems.items()))):
            self.context.log.warning("%s: %s", fed.table, line)
        if fed.failure:
            self.context.log.error("%s: %s", fed.table, fed.failure)
        if facts is None:
            return
        if fed.files or fed.deleted:
            yield materialization(feed, fed, facts, now())
        else:
            self.context.log.info("%s: nothing new", fed.table)
        checks = {key.name for key in self.context.selected_asset_check_keys if key.asset_key == table_key(feed.table)}
        yield from (one for one in check_results(feed, fed, facts, now()) if one.check_name in checks)
