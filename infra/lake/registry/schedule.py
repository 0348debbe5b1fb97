"""Schedule: when a connection syncs: at fixed times, every so often, or by hand."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self
from zlib import crc32

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
    model_validator,
)

from infra.lake.documents import Strict, near_matches, refuse
from infra.lake.registry.cron import Cron, parse_cron
from infra.lake.registry.cron_cure import quartz_line
from infra.lake.registry.period import Period
from infra.lake.registry.schedule_words import clock_of, meant_by, one_schedule

CronText = Annotated[Cron, PlainValidator(parse_cron), WithJsonSchema({"type": "string"})]

_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_HOUR = 60


class CronSchedule(Strict):
    """Sync at fixed times."""

    cron: CronText = Field(description="Quartz: seconds minutes hours day-of-month month day-of-week, UTC")

    def cron_of(self, _entry_id: str) -> Cron:
        """The expression."""
        return self.cron


def _time(text: Any) -> str:
    if isinstance(text, str) and re.fullmatch(_TIME, text):
        return text
    raise refuse("wrong-type", "must be a time of day in UTC, from 00:00 to 23:59", _in_two_digits(text))


def _in_two_digits(text: Any) -> str:
    clock = clock_of(text)
    return f'write at: "{clock}"' if clock else 'for example at: "06:30"'


class EverySchedule(Strict):
    """Sync every so often; without `at`, the id of the connection decides the phase, so that syncs spread."""

    every: Period = Field(description="minutes that divide 60, or hours that divide 24: 15m, 1h, 6h, 24h")
    at: Annotated[str, PlainValidator(_time), WithJsonSchema({"type": "string", "pattern": f"^{_TIME}$"})] | None = (
        Field(default=None, description='first start of the day, UTC: "06:30"; default: by the id of the connection')
    )

    @model_validator(mode="after")
    def _first_of_the_day(self) -> Self:
        if self.at is None or _minutes(self.at) < self.every.minutes:
            return self
        first = _clock(_minutes(self.at) % self.every.minutes)
        message = f"is not the first start of the day: every {self.every} begins before {_clock(self.every.minutes)}"
        raise refuse("wrong-type", message, f'write at: "{first}", which starts at {self.at} too', at=("at",))

    def starts_at(self, entry_id: str) -> str:
        """The first start of the day, `06:30`, UTC: `at`, else crc32 of the id modulo the period, for ever the same."""
        return self.at or _clock(crc32(entry_id.encode()) % self.every.minutes)

    def cron_of(self, entry_id: str) -> Cron:
        """The Quartz expression that starts at these times."""
        return Cron(self.every.line(_minutes(self.starts_at(entry_id))))


def _minutes(clock: str) -> int:
    return int(clock[:2]) * _HOUR + int(clock[3:])


def _clock(minutes: int) -> str:
    """`06:30`; of a whole day 24:00."""
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"


_FORMS = 'must be "manual", {every: ...} or {cron: ...}'
_EXAMPLES = 'for example {every: 6h} or {cron: "0 0 * * * ?"}'
_KEYS = {"cron": "@cron", "every": "@every", "at": "@every"}
_ZONES = ("timezone", "time_zone", "cron_timezone", "cronTimeZone")


def _schedule_kind(value: Any) -> str:
    """The form that is meant, by its keys, also by misspelt ones."""
    if not isinstance(value, (dict, CronSchedule, EverySchedule)):
        return "@manual"
    keys = value if isinstance(value, dict) else type(value).model_fields
    meant = [near for key in keys for near in ([key] if key in _KEYS else near_matches(key, _KEYS))]
    return _KEYS[meant[0]] if meant else "@cron"


def _schedule(value: Any) -> Any:
    if isinstance(value, dict):
        _check_keys(value)
    elif isinstance(value, list):
        raise refuse("wrong-type", "a connection has one schedule, not a list", one_schedule(value))
    elif isinstance(value, (str, bool, int, float)) and value != "manual":
        _refuse_scalar(value)
    return value


def _check_keys(value: dict[str, Any]) -> None:
    for key in _ZONES:
        if key in value:
            reason = "a time zone cannot be set: the Terraform provider has none, and Airbyte's public API writes UTC"
            raise refuse("cron-timezone", reason, "write the hours in UTC", at=(key,))
    for key in ("every", "at"):
        if "cron" in value and key in value:
            raise refuse("wrong-type", f'"cron" and "{key}" are both given', "keep one of them", at=(key,))
    foreign = next((key for key in value if not near_matches(key, _KEYS)), None)
    if foreign is not None and not value.keys() & _KEYS:
        meant = meant_by(value)
        fix = f"write {meant}" if meant else 'write {every: 6h}, {cron: "0 0 * * * ?"} or manual'
        raise refuse("unknown-key", f'a schedule has no key "{foreign}"', fix, at=(foreign,))


def _refuse_scalar(value: Any) -> None:
    line = quartz_line(value) if isinstance(value, str) else None
    if line:
        raise refuse("wrong-type", "a cron expression belongs under the key cron", f'write {{cron: "{line}"}}')
    meant = meant_by(value)
    close = isinstance(value, str) and near_matches(value, ("manual",))
    raise refuse("wrong-type", _FORMS, 'did you mean "manual"?' if close else f"write {meant}" if meant else _EXAMPLES)


Schedule = Annotated[
    Annotated[Literal["manual"], Tag("@manual")]
    | Annotated[CronSchedule, Tag("@cron")]
    | Annotated[EverySchedule, Tag("@every")],
    Discriminator(_schedule_kind),
    BeforeValidator(_schedule),
]
